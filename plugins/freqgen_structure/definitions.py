"""What each column of the dataframe is assigned, place by place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.columns import columns_of
from freqgen_structure.signatures import informative_calls

if TYPE_CHECKING:
    from freqgen_structure.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One place where a column gets values.

    :param target: What is assigned to.
    :param value: What the column gets there; ``None`` where the text does not show it.
    :param whole: Whether all rows get it, and not only some.
    :param base: Whether it is a column of the base candles, not of an informative pair.
    """

    name: str
    target: cst.CSTNode
    value: cst.BaseExpression | None
    whole: bool
    base: bool


class Definitions:
    """All places of a file where columns get values, by name."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._found: dict[str, list[Definition]] = {}
        self.columns = columns_of(source)
        for assign in source.all(cst.Assign):
            for target in assign.targets:
                self._add(target.target, assign.value)
        for annotated in source.all(cst.AnnAssign):
            if annotated.value is not None:
                self._add(annotated.target, annotated.value)
        for augmented in source.all(cst.AugAssign):
            self._add(augmented.target, None)
        seen = {d.target for group in self._found.values() for d in group}
        for use in self.columns.writes:
            holder = next(
                (a for a in source.ancestors(use.node) if isinstance(a, cst.Subscript)), None
            )
            if holder is None or holder not in seen:
                self._keep(use.name, use.node, self._keyword_value(use.node), whole=True)

    @property
    def names(self) -> frozenset[str]:
        """The columns that are written under a plain name."""
        return frozenset(self._found)

    def of(self, name: str) -> tuple[Definition, ...]:
        """Every place where a column gets values; empty where there may be others."""
        if any(pattern.fullmatch(name) for pattern in self.columns.patterns):
            return ()
        return tuple(self._found.get(name, ()))

    def all(self) -> Iterator[Definition]:
        """Every definition of the file."""
        for group in self._found.values():
            yield from group

    def _keyword_value(self, node: cst.CSTNode) -> cst.BaseExpression | None:
        """The value of a column in ``frame.assign(column=value)``."""
        arg = self._source.parent(node)
        call = self._source.parent(arg) if isinstance(arg, cst.Arg) else None
        if (
            isinstance(call, cst.Call)
            and isinstance(call.func, cst.Attribute)
            and call.func.attr.value == "assign"
            and isinstance(arg, cst.Arg)
        ):
            return arg.value if arg.keyword is node else None
        return None

    def _add(self, target: cst.BaseExpression, value: cst.BaseExpression | None) -> None:
        if isinstance(target, cst.Tuple | cst.List):
            parts = _parts(value, len(target.elements))
            for element, part in zip(target.elements, parts, strict=True):
                self._add(element.value, part)
            return
        if not isinstance(target, cst.Subscript):
            return
        base = target.value
        located = isinstance(base, cst.Attribute) and base.attr.value in {"loc", "at"}
        if len(target.slice) != (2 if located else 1):
            return
        index = target.slice[-1].slice
        if not isinstance(index, cst.Index):
            return
        rows = target.slice[0].slice
        everything = isinstance(rows, cst.Slice) and rows.lower is None and rows.upper is None
        whole = not located or everything
        key = index.value
        if isinstance(key, cst.List | cst.Tuple):
            parts = _parts(value, len(key.elements))
            for element, part in zip(key.elements, parts, strict=True):
                for name in self._source.strings(element.value) or ():
                    self._keep(name, target, part, whole=whole)
            return
        for name in self._source.strings(key) or ():
            self._keep(name, target, value, whole=whole)

    def _keep(
        self, name: str, target: cst.CSTNode, value: cst.BaseExpression | None, *, whole: bool
    ) -> None:
        function = self._source.function_of(target)
        base = function is None or not informative_calls(self._source, function)
        self._found.setdefault(name, []).append(
            Definition(name=name, target=target, value=value, whole=whole, base=base)
        )


def definitions_of(source: Source) -> Definitions:
    """The definitions of a file; computed once for each."""
    return source.once(Definitions)


def _parts(value: cst.BaseExpression | None, count: int) -> list[cst.BaseExpression | None]:
    """What each of several targets gets of a value."""
    if isinstance(value, cst.Tuple | cst.List) and len(value.elements) == count:
        return [element.value for element in value.elements]
    return [None] * count


def has_no_condition(one: Definition) -> bool:
    """Whether no condition chooses the rows; ``dataframe.loc[(), 'x']`` has an empty one."""
    if one.whole:
        return True
    if not isinstance(one.target, cst.Subscript):
        return False
    rows = one.target.slice[0].slice
    return (
        isinstance(rows, cst.Index)
        and isinstance(rows.value, cst.Tuple)
        and not (rows.value.elements)
    )
