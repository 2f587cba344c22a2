from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.columns import columns_of
from freqgen_structure.constants import numbers
from freqgen_structure.definitions import definitions_of
from freqgen_structure.rule import Bad, Rule

_EXITS = frozenset({"exit_long", "exit_short"})
# What may end a trade without a signal.
_METHODS = frozenset(
    "custom_exit custom_sell custom_roi custom_stoploss adjust_trade_position "
    "confirm_trade_entry bot_loop_start bot_start".split()
)
_NEVER = 1.0
"""A profit, as a ratio, that no trade waits for."""

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n    stoploss = -0.1\n"
_ENTRY = (
    "    def populate_entry_trend(self, dataframe, metadata):\n"
    "        dataframe.loc[dataframe['a'] > 1, 'enter_long'] = 1\n        return dataframe\n"
    "    def populate_exit_trend(self, dataframe, metadata):\n"
)
_NONE = "        return dataframe\n"
_EXIT = "        dataframe.loc[dataframe['a'] < 1, 'exit_long'] = 1\n        return dataframe\n"


class NoExit(Rule):
    """FG336: nothing but a loss ends a trade.

    There is no exit signal, no ``minimal_roi`` that a trade could reach, no trailing stop and no
    method that exits: every trade runs until its stoploss, or for ever.
    """

    SEVERITY = Severity.WARNING
    HINT = "write exit_long in populate_exit_trend, or set minimal_roi or a trailing stop"
    VALID = (
        _HEAD + _ENTRY + _EXIT,
        _HEAD + "    minimal_roi = {'0': 0.04}\n" + _ENTRY + _NONE,
        _HEAD + "    trailing_stop = True\n" + _ENTRY + _NONE,
        _HEAD + _ENTRY + _NONE + "    def custom_exit(self, pair, trade, **kwargs):\n"
        "        return 'done'\n",
        _HEAD + _ENTRY + "        return self.signals(dataframe)\n",
    )
    INVALID: ClassVar = (
        Bad(code=_HEAD + _ENTRY + _NONE, line=9),
        Bad(
            code=_HEAD
            + "    minimal_roi = {'0': 100}\n"
            + _ENTRY
            + "        dataframe['exit_long'] = 0\n        return dataframe\n",
            line=10,
        ),
        Bad(
            code=_HEAD + "    minimal_roi = {}\n    trailing_stop = False\n" + _ENTRY + _NONE,
            line=11,
        ),
    )

    def check(self) -> None:
        method = self.source.methods.get("populate_exit_trend")
        entry = self.source.methods.get("populate_entry_trend")
        if method is None or entry is None or self.source.foreign_bases:
            return
        if _METHODS & set(self.source.methods) or self._roi() or self._trails():
            return
        if self._signals() or self._handed_on(method):
            return
        self.report(method.name, "no exit signal, and nothing else takes a profit")

    def _roi(self) -> bool:
        """Whether a table may take a profit."""
        found = self.source.attributes.get("minimal_roi")
        if found is None:
            return False
        value = found[1]
        if not isinstance(value, cst.Dict):
            return True
        for element in value.elements:
            known = numbers(self.source, element.value)
            if not known.complete or any(number < _NEVER for number in known.known):
                return True
        return False

    def _trails(self) -> bool:
        found = self.source.attributes.get("trailing_stop")
        return found is not None and not (
            isinstance(found[1], cst.Name) and found[1].value == "False"
        )

    def _signals(self) -> bool:
        columns = columns_of(self.source)
        if columns.opaque and not self.source.uses_freqai:
            return True
        if any(pattern.fullmatch(name) for name in _EXITS for pattern in columns.patterns):
            return True
        for name in _EXITS:
            for one in definitions_of(self.source).of(name):
                known = numbers(self.source, one.value) if one.value is not None else None
                if known is None or not known.complete or known.known != {0.0}:
                    return True
        return bool({use.name for use in columns.writes} & {"sell", "exit"})

    def _handed_on(self, method: cst.FunctionDef) -> bool:
        """Whether a function of the file may write the signal."""
        return any(
            isinstance(call.func, cst.Attribute)
            and isinstance(call.func.value, cst.Name)
            and call.func.value.value in {"self", "super"}
            for call in self.source.below(method.body, cst.Call)
        )
