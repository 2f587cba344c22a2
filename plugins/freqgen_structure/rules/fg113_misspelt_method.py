import difflib
import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from freqgen import Edit, Severity
from freqgen_structure.editing import needed_name
from freqgen_structure.interface import METHODS
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.rules.fg108_old_names import METHODS as OLD
from freqgen_structure.signatures import informative_calls

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
_NEAR = 0.84
# Names that are far from the letters of what they mean, and mean nothing else.
_MEANT = {
    "populate_entry": "populate_entry_trend",
    "populate_entries": "populate_entry_trend",
    "populate_entry_signal": "populate_entry_trend",
    "populate_enter_trend": "populate_entry_trend",
    "populate_long_trend": "populate_entry_trend",
    "populate_exit": "populate_exit_trend",
    "populate_exits": "populate_exit_trend",
    "populate_exit_signal": "populate_exit_trend",
    "populate": "populate_indicators",
    "custom_stop": "custom_stoploss",
    "custom_sl": "custom_stoploss",
    "custom_stake": "custom_stake_amount",
    "stake_amount": "custom_stake_amount",
    "confirm_entry": "confirm_trade_entry",
    "confirm_exit": "confirm_trade_exit",
    "confirm_trade_enter": "confirm_trade_entry",
    "confirm_entry_trade": "confirm_trade_entry",
    "confirm_exit_trade": "confirm_trade_exit",
    "adjust_position": "adjust_trade_position",
    "custom_leverage": "leverage",
    "set_leverage": "leverage",
    "get_leverage": "leverage",
    "custom_exit_signal": "custom_exit",
    "entry_timeout": "check_entry_timeout",
    "exit_timeout": "check_exit_timeout",
}
_TIMEFRAME = re.compile(r"populate_indicators_(?P<timeframe>[1-9]\d*[mhdw])")


class MisspeltMethod(Rule):
    """FG113: a method has nearly the name of one that Freqtrade calls.

    ``custom_stop_loss`` is a method like any other: neither Freqtrade nor the strategy calls
    it. The same goes for ``populate_indicators_1h`` without ``@informative("1h")``.
    """

    VALID = (
        _HEAD + "    def custom_exit(self, pair, **kwargs):\n        return None\n",
        _HEAD + "    def custom_exit(self, pair, **kwargs):\n        return self.custom_exits()\n"
        "    def custom_exits(self):\n        return None\n",
        _HEAD + "    def stop_price(self, rate):\n        return rate\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "    def custom_stop_loss(self, pair, **kwargs):  # ours\n"
            "        return -0.1\n",
            line=5,
            fixed=_HEAD + "    def custom_stoploss(self, pair, **kwargs):  # ours\n"
            "        return -0.1\n",
        ),
        Bad(
            code=_HEAD + "    x = 1\n    def populate_entry(self, dataframe, metadata):\n"
            "        return dataframe\n",
            line=6,
            fixed=_HEAD + "    x = 1\n    def populate_entry_trend(self, dataframe, metadata):\n"
            "        return dataframe\n",
        ),
        Bad(
            code=_HEAD + "    def informative_pair(self):\n        return []\n",
            line=5,
            fixed=_HEAD + "    def informative_pairs(self):\n        return []\n",
        ),
        Bad(
            code=_HEAD + "    def custom_exit(self, pair, **kwargs):\n        return None\n"
            "    def custom_exits(self):\n        return None\n",
            line=7,
        ),
        Bad(
            code=_HEAD + "    def populate_indicators_1h(self, dataframe, metadata):\n"
            "        return dataframe\n",
            line=5,
            fixed="from freqtrade.strategy import IStrategy, informative\n\n\n"
            'class S(IStrategy):\n    @informative("1h")\n'
            "    def populate_indicators_1h(self, dataframe, metadata):\n"
            "        return dataframe\n",
        ),
    )

    def check(self) -> None:
        for method, known in self.misspelt():
            if known is None:
                self._bare(method)
                continue
            there = known in self.source.methods
            self.report(
                method.name,
                f"nothing calls the method {method.name.value}",
                hint=f"{known} is there as well: keep one" if there else f"call it {known}",
                severity=Severity.WARNING if there else Severity.ERROR,
                edits=() if there else [self.replace(method.name, known)],
            )

    def misspelt(self) -> Iterator[tuple[cst.FunctionDef, str | None]]:
        """The methods, and the name that is meant; ``None`` where a decorator is."""
        if self.source.strategy is None or self.source.foreign_bases:
            return
        for name, method in self.source.methods.items():
            if name in METHODS or name in OLD or self._read(method):
                continue
            if method.decorators or informative_calls(self.source, method):
                continue
            known = _meant(name)
            if name.startswith("populate_indicators_"):
                yield method, None
            elif known is not None:
                yield method, known

    def _bare(self, method: cst.FunctionDef) -> None:
        timeframe = _TIMEFRAME.fullmatch(method.name.value)
        if timeframe is None:
            self.report(
                method.name,
                f"nothing calls the method {method.name.value}",
                hint="decorate it with @informative, or call it",
                severity=Severity.WARNING,
            )
            return
        name, edits = needed_name(self.source, "freqtrade.strategy", "informative")
        start, _ = self.source.span(method)
        begin = self.source.text.rfind("\n", 0, start) + 1
        indent = self.source.text[begin:start]
        line = f'{indent}@{name}("{timeframe["timeframe"]}")\n'
        self.report(
            method.name,
            f"nothing calls the method {method.name.value}",
            hint=f'decorate it with @informative("{timeframe["timeframe"]}")',
            edits=() if indent.strip() else (*edits, Edit(start=begin, end=begin, text=line)),
        )

    def _read(self, method: cst.FunctionDef) -> bool:
        name = method.name.value
        return any(
            n.value == name and not isinstance(self.source.parent(n), cst.FunctionDef)
            for n in self.source.all(cst.Name)
        )


def _meant(name: str) -> str | None:
    """The method that a name is nearly that of."""
    plain = {known.replace("_", ""): known for known in sorted(METHODS)}
    bare = name.replace("_", "").lower()
    if bare in plain:
        return plain[bare]
    if name.lower() in _MEANT:
        return _MEANT[name.lower()]
    near = difflib.get_close_matches(bare, plain, n=1, cutoff=_NEAR)
    # A helper of a method may add a word to its name.
    longer = near and name.startswith(f"{plain[near[0]]}_")
    return plain[near[0]] if near and not longer else None
