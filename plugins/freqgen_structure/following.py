"""Where the value of an expression goes: into columns, into a decision, or nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.calls import bound_arguments, is_given_all_candles
from freqgen_structure.constants import numbers
from freqgen_structure.nodes import argument, dotted
from freqgen_structure.series import Candles
from freqgen_structure.vocabulary import LOCATORS, Kind

if TYPE_CHECKING:
    from freqgen_structure.source import Source

# What only shows something, or asks how much there is.
_SHOWING = frozenset("print len isinstance type id hash range".split())
_MESSAGES = frozenset("debug info warning error exception critical log send_msg warn".split())
_ADDING = frozenset("append extend add insert update setdefault".split())
_MOST_STEPS = 400


@dataclass(slots=True)
class Flow:
    """Where the value of an expression goes.

    :ivar columns: The targets that are assigned it, or what is made of it.
    :ivar decides: Whether columns are written or not, depending on it.
    :ivar delayed: Whether a shift moves it to later candles on the way.
    :ivar elsewhere: Whether it goes somewhere that cannot be followed.
    """

    columns: list[cst.BaseExpression] = field(default_factory=list)
    decides: bool = False
    delayed: bool = False
    elsewhere: bool = False

    @property
    def used(self) -> bool:
        """Whether it goes anywhere but into messages."""
        return bool(self.columns) or self.decides or self.elsewhere


def flow_of(candles: Candles, *nodes: cst.BaseExpression) -> Flow:
    """Follow the value of ``nodes`` to where it ends."""
    follower = _Follower(candles)
    follower.run(nodes)
    return follower.flow


class _Follower:
    def __init__(self, candles: Candles) -> None:
        self.candles = candles
        self.source: Source = candles.source
        self.flow = Flow()
        self._queue: list[cst.CSTNode] = []
        self._seen: set[cst.CSTNode] = set()
        self._followed: set[tuple[str, cst.CSTNode | None]] = set()

    def run(self, nodes: Iterable[cst.CSTNode]) -> None:
        self._queue += nodes
        for _ in range(_MOST_STEPS):
            if not self._queue:
                return
            current = self._queue.pop()
            if current not in self._seen:
                self._seen.add(current)
                self._step(current)
        self.flow.elsewhere = True

    def _step(self, node: cst.CSTNode) -> None:
        """Look at what is around ``node``, whose value is followed."""
        parent = self.source.parent(node)
        match parent:
            case cst.Arg():
                self._argument(parent)
            case cst.Assign():
                for target in parent.targets:
                    self._store(target.target)
            case cst.AnnAssign() | cst.AugAssign():
                if parent.value is node:
                    self._store(parent.target)
            case cst.NamedExpr():
                self._store(parent.target)
                self._queue.append(parent)
            case cst.If() | cst.While():
                self._condition(parent)
            case cst.IfExp():
                self._queue.append(parent)
            case cst.Comparison():
                if not any(
                    isinstance(c.operator, cst.Is | cst.IsNot | cst.In | cst.NotIn)
                    for c in parent.comparisons
                ):
                    self._queue.append(parent)
            case cst.For():
                if parent.iter is node:
                    self._store(parent.target)
                    self._condition(parent)
            case cst.Return():
                self._returned(parent)
            case cst.Lambda():
                self._handed_on(parent)
            case cst.Yield():
                self.flow.elsewhere = True
            case cst.Call(func=cst.Attribute(attr=cst.Name(value="shift"))) if parent.func is node:
                periods = argument(parent, 0, "periods")
                self.flow.delayed |= not numbers(self.source, periods).negative
                self._queue.append(parent)
            case cst.BaseExpression() | cst.ComparisonTarget() | cst.BaseElement():
                self._queue.append(parent)
            case cst.BaseDictElement():
                self._queue.append(parent)
            case cst.Index() | cst.Slice() | cst.SubscriptElement() | cst.CompFor() | cst.CompIf():
                self._queue.append(parent)
            case cst.BaseFormattedStringContent():
                self._queue.append(parent)
            case cst.AssignTarget():  # a selection of rows that are written
                if isinstance(node, cst.Subscript):
                    self._subscript(node)

    def _argument(self, arg: cst.Arg) -> None:
        call = self.source.parent(arg)
        if not isinstance(call, cst.Call):
            self.flow.elsewhere = True
            return
        name = (dotted(call.func) or "").rpartition(".")[2]
        if isinstance(call.func, cst.Name) and name in _SHOWING:
            return
        path = self.source.imported(call.func)
        if path is not None and path.startswith(("logging.", "warnings.")):
            return
        if isinstance(call.func, cst.Attribute) and (path is None or _is_logger(call.func)):
            name = call.func.attr.value
            if name in _MESSAGES:
                return
            if name in _ADDING and self.candles.kind(call.func.value) is None:
                self._stored_in(call.func.value)
                return
        functions = self.candles.called(call)
        for function in functions:
            for param, given in bound_arguments(self.source, call, function):
                if given is arg:
                    self._reads(param.name, function)
            if isinstance(function, cst.Lambda):
                self._queue.append(call)
        if functions:
            return
        if isinstance(self.source.parent(call), cst.Expr):
            self.flow.elsewhere = True
        if self.source.imported(call.func) == "numpy.roll":
            periods = argument(call, 1, "shift")
            self.flow.delayed |= periods is not None and not numbers(self.source, periods).negative
        self._queue.append(call)

    def _store(self, target: cst.BaseExpression) -> None:
        match target:
            case cst.Name():
                self._reads(target, self.source.function_of(target))
            case cst.Tuple() | cst.List():
                for element in target.elements:
                    self._store(element.value)
            case cst.Subscript():
                self._subscript(target)
            case _:
                self.flow.elsewhere = True

    def _subscript(self, target: cst.Subscript) -> None:
        base = target.value
        if isinstance(base, cst.Attribute) and base.attr.value in LOCATORS:
            base = base.value
        kind = self.candles.kind(base)
        if kind is not None:
            self.flow.columns.append(target)
        if kind is not Kind.FRAME:
            self._stored_in(base)

    def _stored_in(self, base: cst.BaseExpression) -> None:
        """A list, a dictionary or an array has the value: follow its name."""
        if isinstance(base, cst.Name):
            self._reads(base, self.source.function_of(base))
        else:
            self.flow.elsewhere = True

    def _condition(self, node: cst.If | cst.While | cst.For) -> None:
        """What is done or not done, depending on the value."""
        stored = [
            *(t.target for t in self.source.below(node, cst.AssignTarget)),
            *(part.target for part in self.source.below(node, cst.AugAssign)),
        ]
        for target in stored:
            base = target.value if isinstance(target, cst.Subscript) else None
            if isinstance(base, cst.Attribute):
                base = base.value
            if base is not None and self.candles.kind(base) is not None:
                self.flow.decides = True
            elif isinstance(target, cst.Name):
                self._reads(target, self.source.function_of(target))
            else:
                self.flow.elsewhere = True
        for call in self.source.below(node.body, cst.Call):
            match call.func:
                case cst.Attribute(
                    value=cst.Name() as listed, attr=cst.Name(value="append" | "extend")
                ):
                    self._reads(listed, self.source.function_of(listed))

    def _returned(self, node: cst.Return) -> None:
        function = self.source.function_of(node)
        if function is None or is_given_all_candles(self.source, function):
            self.flow.decides = True  # part of the frame that Freqtrade gets back
            return
        calls = self.candles.callers(function)
        names = self.source.named(self.source.module, function.name.value)
        handed = [n for n in names if isinstance(self.source.parent(n), cst.Arg)]
        self._queue += calls
        for name in handed:
            self._handed_on(name)
        self.flow.elsewhere |= not calls and not handed

    def _handed_on(self, function: cst.BaseExpression) -> None:
        """What calls a function that it is given has its result."""
        arg = self.source.parent(function)
        call = self.source.parent(arg) if isinstance(arg, cst.Arg) else None
        if isinstance(call, cst.Call):
            self._queue.append(call)
        else:
            self.flow.elsewhere = True

    def _reads(self, name: cst.Name, function: cst.CSTNode | None) -> None:
        """Follow what reads ``name`` in its function."""
        key = (name.value, function)
        if key not in self._followed:
            self._followed.add(key)
            self._queue += _loads(self.source, name, function or self.source.module)


def _is_logger(func: cst.Attribute) -> bool:
    return isinstance(func.value, cst.Name) and func.value.value in {"log", "logger", "LOGGER"}


def _loads(source: Source, name: cst.Name, within: cst.CSTNode) -> Iterator[cst.Name]:
    for node in source.named(within, name.value):
        if node is name:
            continue
        match source.parent(node):
            case cst.Attribute(attr=other) | cst.Arg(keyword=other) if other is node:
                continue
            case cst.Param(name=other) | cst.AssignTarget(target=other) if other is node:
                continue
            case cst.AnnAssign(target=other) | cst.AugAssign(target=other) if other is node:
                continue
            case cst.For(target=other) if other is node:
                continue
        yield node


def reads_of(source: Source, name: cst.Name) -> list[cst.Name]:
    """Where the name is read in its function."""
    return list(_loads(source, name, source.function_of(name) or source.module))
