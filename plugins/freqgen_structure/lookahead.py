"""What the rules of lookahead share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import libcst as cst

from freqgen import Edit, Severity
from freqgen_structure.following import flow_of, reads_of
from freqgen_structure.nodes import argument, text_of
from freqgen_structure.rule import Rule
from freqgen_structure.series import candles_of
from freqgen_structure.unread import unread_column, unread_target

if TYPE_CHECKING:
    from freqgen_structure.source import Source

_TARGETS = "set_freqai_targets"


class LookaheadRule(Rule):
    """A rule that finds values of later candles."""

    def leak(
        self,
        node: cst.BaseExpression,
        message: str = "",
        *,
        certain: bool = True,
        where: cst.CSTNode | None = None,
        hint: str = "",
        edits: Iterable[Edit] = (),
    ) -> None:
        """Report ``node``, which has values of later candles.

        It is a warning where they only go into a column that nothing in the file reads, such as
        a Chikou span to be plotted: then running the strategy tells whether a signal follows it.

        :param certain: Whether the text shows that the candles are later ones.
        :param where: What to point at, if not at the name of what is called.
        """
        if self.is_target(node):
            return
        where = where or narrow(node)
        column = unread_column(self.source, node) or self._unread_at_the_end(node)
        if column is None:
            severity = None if certain else Severity.WARNING
            self.report(where, message, severity=severity, hint=hint, edits=edits)
            return
        self.report(
            where,
            f'{message or self.title()}; nothing reads the column "{column}" that they are in',
            hint="it may be plotted, but no signal and no callback may read it",
            severity=Severity.WARNING,
        )

    def spread(
        self,
        node: cst.BaseExpression,
        message: str,
        *,
        certain: bool = True,
        where: cst.CSTNode | None = None,
        hint: str = "",
        any_use: bool = True,
        through: Iterable[cst.BaseExpression] = (),
        edits: Iterable[Edit] = (),
    ) -> None:
        """Report ``node``, of which one value that knows all candles goes to every candle.

        Nothing is said where it only goes into messages, or runs in trading only. It is an error
        where it goes into columns, or decides whether they are written, and else a warning.

        :param any_use: Whether to warn of a use that cannot be followed.
        :param through: What else carries the value on.
        """
        if self.is_target(node) or self.trades_only(node):
            return
        flow = flow_of(candles_of(self.source), node, *through)
        if not flow.used or not (any_use or flow.columns):
            return
        unread = unread_target(self.source, flow.columns)
        if unread is not None and not flow.decides and not flow.elsewhere:
            message = f'{message}; nothing reads the column "{unread}" that it goes into'
            certain, edits = False, ()
        certain = certain and bool(flow.columns or flow.decides) and not self._in_a_trade(node)
        self.report(
            where or narrow(node),
            message,
            severity=None if certain else Severity.WARNING,
            hint=hint,
            edits=edits,
        )

    def _unread_at_the_end(self, node: cst.BaseExpression) -> str | None:
        """The column that nothing reads in which the value ends, by way of names and functions."""
        if not self._is_named(node):
            return None
        flow = flow_of(candles_of(self.source), node)
        if flow.decides or flow.elsewhere:
            return None
        return unread_target(self.source, flow.columns)

    def _is_named(self, node: cst.CSTNode) -> bool:
        """Whether the statement of ``node`` gives its value a name, or returns it."""
        for outer in self.source.ancestors(node):
            if isinstance(outer, cst.BaseSmallStatement):
                return isinstance(outer, cst.Return) or (
                    isinstance(outer, cst.Assign)
                    and all(isinstance(t.target, cst.Name) for t in outer.targets)
                )
        return False

    def trades_only(self, node: cst.CSTNode) -> bool:
        """Whether ``node`` stands under an ``if`` about how Freqtrade runs."""
        inside: cst.CSTNode = node
        for outer in self.source.ancestors(node):
            if (
                isinstance(outer, cst.If)
                and inside is outer.body
                and "runmode" in self.text(outer.test).lower()
            ):
                return True
            inside = outer
        return False

    def _in_a_trade(self, node: cst.CSTNode) -> bool:
        """Whether ``node`` stands under an ``if`` about an open trade, as a backtest has none."""
        inside: cst.CSTNode = node
        for outer in self.source.ancestors(node):
            if isinstance(outer, cst.If) and inside is outer.body:
                words = self.source.below(outer.test, cst.Name, cst.SimpleString)
                if any("trade" in self.text(word).lower() for word in words):
                    return True
            inside = outer
        return False

    def is_target(self, node: cst.CSTNode) -> bool:
        """Whether ``node`` is part of what FreqAI is to learn to predict, which lies ahead."""
        function = self.source.function_of(node)
        return function is not None and function.name.value == _TARGETS


class CandlesRule(LookaheadRule):
    """A rule about expressions that have a value for each candle; without any it is not run."""

    def check(self) -> None:
        """Look at the draft, if it has methods that compute columns."""
        self.candles = candles_of(self.source)
        if self.candles.functions:
            super().check()

    def reads(self, name: cst.Name) -> list[cst.Name]:
        """Where a name is read in its function."""
        return reads_of(self.source, name)


def narrow(node: cst.CSTNode) -> cst.CSTNode:
    """The part of ``node`` that a person would point at: of a chain of calls the last name.

    A chain may begin lines above, in the bracket of its statement.
    """
    if isinstance(node, cst.Call):
        return narrow(node.func)
    return node.attr if isinstance(node, cst.Attribute) else node


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """A method of a series or a frame that is called, in whatever way it is spelled.

    :param skipped: Arguments before the method's own.
    """

    source: Source
    call: cst.Call
    name: str
    skipped: int = 0

    def argument(self, position: int, keyword: str) -> cst.BaseExpression | None:
        """An argument of the method, out of ``**{…}`` as well."""
        return given(self.source, self.call, position + self.skipped, keyword)


def invocation(source: Source, call: cst.Call) -> Invocation | None:
    """The method that ``call`` calls, if it may be one of pandas.

    ``x.shift(1)``, ``pd.Series.shift(x, 1)``, ``x.transform("shift", 1)``,
    ``x.pipe(pd.Series.shift, 1)``, and ``move(1)`` after ``move = x.shift``.
    """
    func: cst.BaseExpression = call.func
    if isinstance(func, cst.Name):
        value = source.value(func)
        if not isinstance(value, cst.Attribute):
            return None
        func = value
    if not isinstance(func, cst.Attribute):
        return None
    name = func.attr.value
    path = source.imported(func)
    if path is not None and path.rpartition(".")[0] in _CLASSES:
        return Invocation(source=source, call=call, name=name, skipped=1)
    if name in {"transform", "apply", "agg", "aggregate", "pipe"} and call.args:
        first = call.args[0].value
        passed = text_of(first)
        path = source.imported(first) or ""
        if passed is None and path.rpartition(".")[0] in _CLASSES:
            passed = path.rpartition(".")[2]
        if passed is not None:
            return Invocation(source=source, call=call, name=passed, skipped=1)
    return Invocation(source=source, call=call, name=name)


_CLASSES = frozenset({"pandas.Series", "pandas.DataFrame"})


def given(source: Source, call: cst.Call, position: int, keyword: str) -> cst.BaseExpression | None:
    """An argument by position or keyword, those of ``*[…]`` and ``**{…}`` included."""
    found = argument(call, position, keyword)
    if found is not None:
        return found
    place = 0
    for arg in call.args:
        value = arg.value
        if arg.star and isinstance(value, cst.Name):
            value = source.value(value) or value
        if arg.star == "**" and isinstance(value, cst.Dict):
            for pair in value.elements:
                if isinstance(pair, cst.DictElement) and text_of(pair.key) == keyword:
                    return pair.value
        elif arg.star == "**" and isinstance(value, cst.Call):  # dict(window=5, center=True)
            inner = argument(value, 99, keyword)
            if inner is not None:
                return inner
        elif arg.star == "*" and isinstance(value, cst.List | cst.Tuple):
            elements = value.elements
            if place <= position < place + len(elements):
                return elements[position - place].value
            place += len(elements)
        elif arg.keyword is None and not arg.star:
            place += 1
    return None


class FunctionRule(CandlesRule):
    """A rule about functions of libraries that look at all the values they are given.

    :cvar FUNCTIONS: Their paths; one that ends in a dot stands for all below it.
    :cvar MESSAGE: What is wrong; ``{name}`` is the function's name.
    """

    FUNCTIONS: ClassVar[frozenset[str]] = frozenset()
    MESSAGE: ClassVar[str] = ""

    def visit_Call(self, node: cst.Call) -> None:  # noqa: N802
        """Report a call of such a function that is given columns."""
        path = self.source.imported(node.func)
        if path is None:
            return
        prefix = path.rpartition(".")[0] + "."
        if (path in self.FUNCTIONS or prefix in self.FUNCTIONS) and self.leaks(node, path):
            self.found(node, path.rpartition(".")[2])

    def leaks(self, node: cst.Call, path: str) -> bool:  # noqa: ARG002  (for rules to override)
        """Whether the call is given a value for each candle."""
        return any(self.sees(arg.value) for arg in node.args)

    def sees(self, node: cst.BaseExpression) -> bool:
        """Whether an argument has a value for each candle, or is made of such ones."""
        if isinstance(node, cst.List | cst.Tuple):
            return any(self.sees(element.value) for element in node.elements)
        return self.candles.has_candles(node)

    def found(self, node: cst.Call, name: str) -> None:
        """Report the call."""
        self.spread(node, self.MESSAGE.format(name=name))
