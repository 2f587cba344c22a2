"""Which loops go through the candles one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.constants import numbers
from freqgen_structure.kinds import Kinds, kinds_of
from freqgen_structure.nodes import dotted, index_of
from freqgen_structure.vocabulary import LOCATORS, Kind

if TYPE_CHECKING:
    from freqgen_structure.source import Source

ROW_BY_ROW = frozenset({"iterrows", "itertuples"})
"""Methods of a dataframe that no other object has, and that give its rows."""

_AROUND = frozenset({"enumerate", "zip", "reversed", "list", "tuple", "iter", "sorted", "tqdm"})
_PARTS = frozenset({"head", "tail", "nlargest", "nsmallest", "sample"})
_VALUES = frozenset({"to_numpy", "tolist", "to_list", "items", "iteritems", "copy", "ravel"})
_LOCATORS = LOCATORS | {"ix"}


class Rows:
    """Tells of the loops of a file whether they go over rows.

    Loops over a few rows that are cut out, over periods, timeframes or pairs do not.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.kinds: Kinds = kinds_of(source)

    def all(self, node: cst.BaseExpression) -> bool:
        """Whether going through ``node`` is going through all candles."""
        match node:
            case cst.Call(func=cst.Name(value="range"), args=args):
                return any(self.count(arg.value) for arg in args)
            case cst.Call(func=cst.Name(value=name), args=args) if name in _AROUND:
                return any(self.all(arg.value) for arg in args)
            case cst.Call(func=cst.Attribute(value=base, attr=attr), args=args):
                if attr.value in _VALUES:
                    return self._many(base) or self._index(base)
                if attr.value in {"to_dict", "to_records"}:
                    return self.kinds.of(base) is Kind.FRAME and (
                        attr.value == "to_records" or "records" in self._texts(args)
                    )
                path = self.source.imported(node.func) or ""
                if path in {"numpy.arange", "numpy.ndindex"}:
                    return any(self.count(arg.value) for arg in args)
                if path in {"numpy.nditer", "numpy.ndenumerate", "tqdm.tqdm"}:
                    return any(self.all(arg.value) for arg in args)
        if isinstance(node, cst.Name):
            inner = self.source.value(node)
            if isinstance(inner, cst.Call) and (
                isinstance(inner.func, cst.Name) or self.source.imported(inner.func)
            ):
                return self.all(inner) or self._many(node)
        if self.few(node):
            return False
        return self._many(node) or self._index(node) or self._frame_values(node)

    def count(self, node: cst.BaseExpression, steps: int = 6) -> bool:
        """Whether a number is that of the candles, or about that."""
        match node:
            case cst.Call(func=cst.Name(value="len"), args=[cst.Arg(value=value)]):
                return not self.few(value) and (
                    self._many(value)
                    or self._index(value)
                    or self.kinds.of(value) is Kind.FRAME
                    or self._frame_values(value)
                )
            case cst.Subscript(value=cst.Attribute(value=base, attr=cst.Name(value="shape"))):
                first = numbers(self.source, index_of(node)).single if index_of(node) else None
                whole = self.kinds.of(base) is Kind.FRAME or self._many(base)
                return whole and first == 0 and not self.few(base)
            case cst.Attribute(value=base, attr=cst.Name(value="size")):
                return (self._many(base) or self._index(base)) and not self.few(base)
            case cst.BinaryOperation(left=left, operator=cst.Add() | cst.Subtract(), right=right):
                return self.count(left, steps) != self.count(right, steps)
            case cst.Call(func=cst.Name(value="int" | "max" | "min"), args=args):
                return any(self.count(arg.value, steps) for arg in args)
            case cst.Name() if steps:
                values = self.source.values(node)
                return any(v is not None and self.count(v, steps - 1) for v in values)
        return False

    def _texts(self, args: object) -> set[str]:
        found: set[str] = set()
        for arg in args if isinstance(args, list | tuple) else ():
            found |= self.source.strings(arg.value) or set()
        return found

    def _many(self, node: cst.BaseExpression) -> bool:
        kind = self.kinds.of(node)
        if kind is not None and kind.many:
            return not self.few(node)
        # kinds says nothing of the values of a column as an array.
        match node:
            case cst.Call(func=cst.Attribute(value=base, attr=cst.Name(value=name))):
                return name in {"to_numpy", "tolist", "to_list"} and self._many(base)
            case cst.Attribute(value=base, attr=cst.Name(value="values")):
                return self._many(base)
            case cst.Name():
                value = self.source.value(node)
                return isinstance(value, cst.Call | cst.Attribute) and self._many(value)
        return False

    def _frame_values(self, node: cst.BaseExpression) -> bool:
        match node:
            case cst.Call(func=cst.Attribute(value=base, attr=cst.Name(value="to_numpy"))):
                return self.kinds.of(base) is Kind.FRAME
            case cst.Attribute(value=base, attr=cst.Name(value="values")):
                return self.kinds.of(base) is Kind.FRAME
        return False

    def _index(self, node: cst.BaseExpression) -> bool:
        """Whether it is the index of a frame or a column, or a part with no known end."""
        if isinstance(node, cst.Subscript):
            return self._index(node.value) and not self.few(node)
        return (
            isinstance(node, cst.Attribute)
            and node.attr.value == "index"
            and (self.kinds.of(node.value) is Kind.FRAME or self._many(node.value))
            and not self.few(node.value)
        )

    def few(self, node: cst.BaseExpression, steps: int = 6) -> bool:
        """Whether only some rows are taken: the last ten, or those that a condition chooses."""
        match node:
            case cst.Call(func=cst.Attribute(value=base, attr=attr)):
                return attr.value in _PARTS or self.few(base, steps)
            case cst.Attribute(value=base):
                return self.few(base, steps)
            case cst.Subscript(value=base):
                return (
                    self.few(base, steps)
                    or any(
                        isinstance(one.slice, cst.Slice) and self._bounded(one.slice)
                        for one in node.slice[:1]
                    )
                    or self._chosen(node)
                )
            case cst.Name() if steps:
                values = self.source.values(node)
                return bool(values) and all(
                    value is not None and self.few(value, steps - 1) for value in values
                )
        return False

    def _bounded(self, part: cst.Slice) -> bool:
        """``[-10:]``, ``[:5]`` and ``[3:8]``, but not ``[5:]``, ``[:-1]`` nor ``[::-1]``."""
        lower = numbers(self.source, part.lower).single if part.lower else None
        upper = numbers(self.source, part.upper).single if part.upper else None
        if part.upper is None:
            return lower is not None and lower < 0
        return upper is not None and (upper >= 0 or (lower is not None and lower < 0))

    def _chosen(self, node: cst.Subscript) -> bool:
        index = index_of(node)
        return index is not None and self.kinds.of(index) is Kind.BOOLS

    # -- what a loop does ------------------------------------------------------------------

    def carries(self, loop: cst.For | cst.While) -> bool:
        """Whether each round needs the one before, and touches nothing of pandas.

        Such a loop over plain values, as that of a Supertrend, cannot be written in one piece.
        """
        if any(self._pandas(node) for node in self.source.below(loop.body, cst.Subscript)):
            return False
        stored: set[str] = set()
        for kind in (cst.AssignTarget, cst.AugAssign):
            for node in self.source.below(loop.body, kind):
                stored |= set(_names(node.target))  # type: ignore[attr-defined]
        control = (
            set(_names(loop.target)) if isinstance(loop, cst.For) else _steps(self.source, loop)
        )
        return any(self._needs_itself(loop, name) for name in stored - control)

    def _pandas(self, node: cst.Subscript) -> bool:
        base = node.value
        if isinstance(base, cst.Attribute) and base.attr.value in _LOCATORS:
            return True
        kind = self.kinds.of(base)
        return kind is Kind.FRAME or (kind in {Kind.SERIES, Kind.BOOLS} and not self._array(base))

    def _array(self, node: cst.BaseExpression) -> bool:
        """Whether it holds plain values, which kinds calls a column as well."""
        match node:
            case cst.Attribute(attr=cst.Name(value="values" | "array")):
                return True
            case cst.Call(func=cst.Attribute(attr=cst.Name(value="to_numpy" | "tolist"))):
                return True
            case cst.Name():
                values = self.source.values(node)
                return bool(values) and all(v is not None and self._array(v) for v in values)
        return False

    def _needs_itself(self, loop: cst.For | cst.While, name: str) -> bool:
        """Whether a name that a loop sets is read before that, or at another place of it."""
        set_in_full = False
        for changed in self.source.below(loop.body, cst.AugAssign):
            if isinstance(changed.target, cst.Name) and changed.target.value == name:
                return True
        for node in self.source.below(loop.body, cst.Name):
            if node.value != name:
                continue
            parent = self.source.parent(node)
            if isinstance(parent, cst.AssignTarget):
                value = self.source.parent(parent)
                again = isinstance(value, cst.Assign) and any(
                    n.value == name for n in self.source.below(value.value, cst.Name)
                )
                if again and not set_in_full:
                    return True
                set_in_full = True
            elif isinstance(parent, cst.Subscript) and parent.value is node:
                index = index_of(parent)
                if isinstance(index, cst.BinaryOperation | cst.UnaryOperation):
                    return True
            elif not set_in_full:
                return True
        return False


def _names(target: cst.CSTNode) -> Iterator[str]:
    """The names that a target sets, ``x`` of ``x[i]`` included."""
    match target:
        case cst.Name(value=value):
            yield value
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            for element in elements:
                yield from _names(element.value)
        case cst.Subscript(value=base):
            yield from _names(base)


def _steps(source: Source, loop: cst.While) -> set[str]:
    """The names that the condition of a loop compares: what counts its rounds."""
    return {node.value for node in source.below(loop.test, cst.Name)}


def looped(source: Source, node: cst.CSTNode) -> cst.For | cst.While | None:
    """The innermost loop whose body holds ``node``, within its function."""
    inner = node
    for outer in source.ancestors(node):
        if isinstance(outer, cst.FunctionDef | cst.Lambda | cst.ClassDef):
            return None
        if isinstance(outer, cst.For | cst.While) and inner is outer.body:
            return outer
        inner = outer
    return None


def called(node: cst.Call) -> str:
    """The last name of what is called."""
    return (dotted(node.func) or "").rpartition(".")[2] or (
        node.func.attr.value if isinstance(node.func, cst.Attribute) else ""
    )


CALLBACKS = frozenset(
    "adjust_entry_price adjust_exit_price adjust_order_price adjust_trade_position "
    "bot_loop_start check_entry_timeout check_exit_timeout confirm_trade_entry "
    "confirm_trade_exit custom_entry_price custom_exit custom_exit_price custom_roi "
    "custom_stake_amount custom_stoploss leverage order_filled".split()
)
"""What Freqtrade calls for every trade, order or round of the bot."""


def often_called(source: Source, *, populate: bool = False) -> dict[cst.FunctionDef, str]:
    """The methods that run in callbacks, and the callback that each runs in.

    Methods that they call are among them, but none that the making of columns calls as well.

    :param populate: Begin with the methods that make columns instead as well.
    """
    methods = source.methods
    columns = {name for name in methods if name.startswith("populate_")}
    found = _reached(source, {name: name for name in methods if name in CALLBACKS})
    made = _reached(source, {name: name for name in columns})
    if populate:
        return {methods[name]: root for name, root in {**found, **made}.items()}
    return {methods[name]: root for name, root in found.items() if name not in made}


def _reached(source: Source, roots: dict[str, str]) -> dict[str, str]:
    """The methods that some methods call on ``self``, over any number of steps."""
    found = dict(roots)
    queue = list(roots)
    while queue:
        name = queue.pop(0)
        for call in source.below(source.methods[name].body, cst.Call):
            owner, _, called_name = (dotted(call.func) or "").rpartition(".")
            if owner == "self" and called_name in source.methods and called_name not in found:
                found[called_name] = found[name]
                queue.append(called_name)
    return found
