"""The parameters that a strategy lets hyperopt choose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.nearest import nearest
from freqgen_structure.nodes import dotted

if TYPE_CHECKING:
    from freqgen_structure.source import Source

NUMERIC = frozenset({"IntParameter", "DecimalParameter", "RealParameter"})
KINDS = NUMERIC | {"CategoricalParameter", "BooleanParameter"}

AUTOMATIC = ("buy", "sell", "enter", "exit", "protection")
"""Spaces that Freqtrade knows by the beginning of a parameter's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter.

    :param name: The attribute's name.
    :param node: Where it is named.
    :param kind: Such as ``IntParameter``.
    :param owner: The class whose body it stands in, or ``None``.
    """

    name: str
    node: cst.CSTNode
    call: cst.Call
    kind: str
    owner: cst.ClassDef | None


def kind_of_call(source: Source, call: cst.Call) -> str | None:
    """The kind of parameter that a call makes, if it makes one."""
    paths = source.imports(call.func)
    path = paths[0] if paths else dotted(call.func) or ""
    name = path.rpartition(".")[2]
    foreign = bool(paths) and not path.startswith("freqtrade.")
    return name if name in KINDS and not foreign else None


_OWN = frozenset({"default", "space", "optimize", "load"})
_NUMBERS = frozenset({"low", "high", "decimals"})
_PASSED = frozenset({"step", "log", "name"})
_SAME = {
    "min": "low", "max": "high", "minimum": "low", "maximum": "high", "start": "low",
    "stop": "high", "end": "high", "lower": "low", "upper": "high", "value": "default",
    "optimise": "optimize", "choices": "categories", "options": "categories",
}  # fmt: skip


def misspelt_keyword(kind: str, node: cst.Call) -> tuple[cst.Name, str] | None:
    """The first keyword of a parameter that must be a slip, and what it must mean."""
    known = _OWN | (_NUMBERS if kind in NUMERIC else {"categories"})
    given = {arg.keyword.value for arg in node.args if arg.keyword is not None}
    for arg in node.args:
        word = arg.keyword.value if arg.keyword is not None else ""
        if not word or word in known | _PASSED or arg.keyword is None:
            continue
        right = _SAME.get(word) or nearest(word, known, synonyms=False)
        if right is not None and right in known and right not in given:
            return arg.keyword, right
    return None


def parameters_of(source: Source) -> list[Parameter]:
    """All parameters that a file gives a name, in its order."""
    return list(_found(source))


def _found(source: Source) -> Iterator[Parameter]:
    for call in source.all(cst.Call):
        kind = kind_of_call(source, call)
        if kind is None:
            continue
        holder = source.parent(call)
        if isinstance(holder, cst.Assign):
            target: cst.CSTNode = holder.targets[0].target
        elif isinstance(holder, cst.AnnAssign):
            target = holder.target
        else:
            continue
        name = target.attr if isinstance(target, cst.Attribute) else target
        if isinstance(name, cst.Name):
            owner = _owner(source, call) if isinstance(target, cst.Name) else None
            yield Parameter(name=name.value, node=target, call=call, kind=kind, owner=owner)


def _owner(source: Source, call: cst.Call) -> cst.ClassDef | None:
    for outer in source.ancestors(call):
        if isinstance(outer, cst.ClassDef):
            return outer
        if isinstance(outer, cst.FunctionDef | cst.Lambda):
            return None
    return None


def own_parameters(source: Source) -> dict[str, Parameter]:
    """The parameters in the body of the strategy's class, by name."""
    return {p.name: p for p in parameters_of(source) if p.owner in source.lineage and p.owner}
