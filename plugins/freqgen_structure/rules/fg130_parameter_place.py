from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.parameters import Parameter, own_parameters, parameters_of
from freqgen_structure.rule import Bad, Rule

_HEAD = "from freqtrade.strategy import IntParameter, IStrategy\n\n\n"
_CLASS = "class S(IStrategy):\n"
_RSI = "IntParameter(10, 40, default=30, space='buy')\n"
_ENTRY = "    def populate_entry_trend(self, dataframe, metadata):\n"


class ParameterPlace(Rule):
    """FG130: a hyperopt parameter is not where hyperopt finds it.

    Parameters are attributes in the body of the strategy's class. One that a method makes, or
    that the file has by itself, is never optimised and never loaded from a result. ``.range``
    goes through all values while indicators are made, in ``populate_indicators``; where signals
    are made there is one value, ``.value``.
    """

    VALID = (
        _HEAD + _CLASS + "    buy_rsi = " + _RSI,
        _HEAD
        + _CLASS
        + "    buy_n = "
        + _RSI
        + "    def populate_indicators(self, dataframe, metadata):\n"
        "        for n in self.buy_n.range:\n            dataframe[f'x_{n}'] = n\n",
    )
    INVALID: ClassVar = (
        Bad(code=_HEAD + _CLASS + _ENTRY + "        self.buy_rsi = " + _RSI, line=6),
        Bad(code=_HEAD + "buy_rsi = " + _RSI + "\n\n" + _CLASS + "    x = 1\n", line=4),
        Bad(
            code=_HEAD
            + _CLASS
            + "    buy_n = "
            + _RSI
            + _ENTRY
            + "        for n in self.buy_n.range:\n            dataframe['enter_long'] = n\n",
            line=7,
        ),
    )

    def check(self) -> None:
        if self.source.strategy is None:
            return
        for parameter in parameters_of(self.source):
            if parameter.owner is None and not self._becomes_attribute(parameter):
                self.report(
                    parameter.node,
                    f"hyperopt does not find the parameter {parameter.name} here",
                    hint="make it an attribute in the body of the class",
                    severity=Severity.WARNING,
                )
        names = own_parameters(self.source)
        for use in self.source.all(cst.Attribute):
            inner = use.value
            if (
                use.attr.value == "range"
                and isinstance(inner, cst.Attribute)
                and inner.attr.value in names
                and self._signals(use)
            ):
                self.report(
                    use,
                    f"{inner.attr.value}.range has one value where signals are made",
                    hint=f"write {self.text(inner)}.value, without a loop",
                    severity=Severity.WARNING,
                )

    def _signals(self, node: cst.CSTNode) -> bool:
        function = self.source.function_of(node)
        name = function.name.value if function is not None else ""
        return name in {"populate_entry_trend", "populate_exit_trend"}

    def _becomes_attribute(self, parameter: Parameter) -> bool:
        """Whether a parameter of the file is given to a class by its name."""
        return any(
            n.value == parameter.name and n is not parameter.node
            for owner in self.source.lineage
            for statement in owner.body.body
            if isinstance(statement, cst.SimpleStatementLine)
            for n in self.source.below(statement, cst.Name)
        )
