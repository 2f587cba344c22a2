from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.columns import columns_of
from freqgen_structure.constants import numbers
from freqgen_structure.definitions import Definition, definitions_of, has_no_condition
from freqgen_structure.rule import Bad, Rule

_HEAD = (
    "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
    "    def populate_entry_trend(self, dataframe, metadata):\n"
)
_END = "        return dataframe\n"
_ENTRIES = ("enter_long", "enter_short")


class EmptyEntry(Rule):
    """FG301: the strategy never enters a trade.

    Trades begin where ``enter_long`` or ``enter_short`` is 1. A strategy that writes neither,
    or only 0, runs without a word and never trades. It is a warning where nothing in the method
    shows that an entry was meant: a strategy may be there to leave positions only, or to manage
    those that a person opens.
    """

    HINT = "write dataframe.loc[condition, 'enter_long'] = 1 in populate_entry_trend"
    VALID = (
        _HEAD + "        dataframe.loc[dataframe['rsi'] < 30, 'enter_long'] = 1\n" + _END,
        _HEAD + "        dataframe['enter_long'] = 0\n"
        "        dataframe.loc[dataframe['rsi'] < 30, ['enter_long', 'enter_tag']] = (1, 'x')\n"
        + _END,
        _HEAD + "        dataframe[f'enter_{self.side}'] = dataframe['rsi'] < 30\n" + _END,
        _HEAD + "        return self.signals(dataframe)\n",
        _HEAD + "        return dataframe.assign(enter_long=dataframe['rsi'] < 30)\n",
        # Freqtrade takes the name of interface version 2, which has a rule of its own.
        _HEAD + "        dataframe.loc[dataframe['rsi'] < 30, 'buy'] = 1\n" + _END,
    )
    INVALID: ClassVar = (
        Bad(code=_HEAD + "        dataframe['x'] = 1\n" + _END, line=5),
        Bad(code=_HEAD + _END, line=5),
        Bad(code=_HEAD + "        dataframe['enter_long'] = 0\n" + _END, line=5),
        Bad(code=_HEAD + "        dataframe.loc[(), 'enter_long'] = 0\n" + _END, line=5),
        Bad(
            code=_HEAD + "        dataframe.loc[dataframe['x'] > 1, 'exit_long'] = 1\n" + _END,
            line=5,
        ),
        Bad(
            code=_HEAD + "        dataframe['enter_long'] = 0\n        dataframe.loc[\n"
            "            dataframe['x'] > 1, ['enter_long', 'enter_tag']] = (0, 'dip')\n" + _END,
            line=8,
        ),
        Bad(
            code=_HEAD + "        dataframe['x'] = 1\n"
            "        dataframe.loc[dataframe['x'] > 1, 'enter_tag'] = 'dip'\n" + _END,
            line=7,
        ),
    )

    def check(self) -> None:
        method = self.source.methods.get("populate_entry_trend")
        if method is None or self.source.foreign_bases:
            return
        columns = columns_of(self.source)
        if any(pattern.fullmatch(name) for name in _ENTRIES for pattern in columns.patterns):
            return
        writes = [use for use in columns.writes if use.name in _ENTRIES]
        if not writes and any(use.name == "buy" for use in columns.writes):
            return
        defined = [one for name in _ENTRIES for one in definitions_of(self.source).of(name)]
        if any(not self._zero(one) for one in defined):
            return
        if not writes and self._handed_on(method):
            return
        # A condition that sets 0, or a tag alone, is where the signal was meant to be.
        meant = [
            one.value for one in defined if not has_no_condition(one) and one.value is not None
        ]
        tags = [one.target for one in definitions_of(self.source).of("enter_tag") if not one.whole]
        places = [*meant, *(tags if not writes else [])]
        others = any(
            use.method == method.name.value and use.name not in _ENTRIES for use in columns.writes
        )
        self.report(
            places[0] if len(places) == 1 else method.name,
            "populate_entry_trend never sets enter_long or enter_short to 1"
            if writes
            else "populate_entry_trend writes neither enter_long nor enter_short",
            severity=None if places or others else Severity.WARNING,
        )

    def _zero(self, one: Definition) -> bool:
        """Whether a place writes 0, ``False`` or nothing."""
        if one.value is None:
            return False
        known = numbers(self.source, one.value)
        empty = isinstance(one.value, cst.Name) and one.value.value == "None"
        return empty or (known.complete and known.known == {0.0})

    def _handed_on(self, method: cst.FunctionDef) -> bool:
        """Whether the dataframe goes to a function that this file does not show."""
        known = {f.name.value for f in self.source.all(cst.FunctionDef)}
        names = {p.name.value for p in method.params.params[1:2]}
        for call in self.source.below(method.body, cst.Call):
            given = {a.value.value for a in call.args if isinstance(a.value, cst.Name)}
            if given & names:
                path = self.source.imported(call.func)
                name = call.func.attr.value if isinstance(call.func, cst.Attribute) else ""
                if path is None and name and name not in known:
                    return True
        return False
