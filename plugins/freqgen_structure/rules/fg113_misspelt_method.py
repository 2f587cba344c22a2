import difflib
import re
from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.interface import CALLBACKS, METHODS, PLAIN
from freqgen_structure.nodes import text_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.rules.fg108_old_names import METHODS as OLD
from freqgen_structure.rules.fg112_misspelt_attribute import put_aside
from freqgen_structure.signatures import POPULATE, informative_calls

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
    "custom_entry_rate": "custom_entry_price",
    "custom_exit_rate": "custom_exit_price",
    "custom_buy_price": "custom_entry_price",
    "custom_sell_price": "custom_exit_price",
    "entry_price": "custom_entry_price",
    "exit_price": "custom_exit_price",
    "adjust_entry_rate": "adjust_entry_price",
    "adjust_exit_rate": "adjust_exit_price",
    "position_adjustment": "adjust_trade_position",
    "adjust_trade": "adjust_trade_position",
    "stoploss_custom": "custom_stoploss",
    "on_order_filled": "order_filled",
    "on_start": "bot_start",
    "loop_start": "bot_loop_start",
    "get_informative_pairs": "informative_pairs",
    "additional_pairs": "informative_pairs",
    "entry_timeout": "check_entry_timeout",
    "exit_timeout": "check_exit_timeout",
}
_TIMEFRAME = re.compile(r"(?<![0-9a-z])[1-9][0-9]*[mhdw](?![0-9a-z])")


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
        _HEAD + "    def _custom_exit(self, pair, **kwargs):\n        return None\n",
        _HEAD + "    def go(self, df):\n        return getattr(self, 'custom_stop')(df)\n"
        "    def custom_stop(self, df):\n        return df\n",
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
            code=_HEAD + "    def populate_exit_trend_(self, dataframe, metadata):\n"
            "        return dataframe\n",
            line=5,
            fixed=_HEAD + "    def populate_exit_trend(self, dataframe, metadata):\n"
            "        return dataframe\n",
        ),
        Bad(
            code=_HEAD + "    def custom_stop(self, df):\n        return df\n",
            line=5,
        ),
        Bad(
            code=_HEAD + "    def populate_indicators_1h(self, dataframe, metadata):\n"
            "        return dataframe\n",
            line=5,
        ),
    )

    def check(self) -> None:
        found = list(self.misspelt())
        meant = Counter(known for _, known in found)
        for method, known in found:
            if known is None:
                self._bare(method)
                continue
            there, fits = known in self.source.methods, _fits(method, known)
            self.report(
                method.name,
                f"nothing calls the method {method.name.value}",
                hint=f"{known} is there as well: keep one" if there else f"call it {known}",
                severity=Severity.ERROR if fits and not there else Severity.WARNING,
                edits=[self.replace(method.name, known)]
                if fits and not there and meant[known] == 1
                else (),
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
            needed = known in POPULATE and known not in self.source.methods
            if put_aside(name) and not needed:
                continue
            if name.startswith("populate_indicators_") and not needed:
                yield method, None
            elif known is not None:
                yield method, known

    def _bare(self, method: cst.FunctionDef) -> None:
        timeframe = _TIMEFRAME.search(method.name.value)
        self.report(
            method.name,
            f"nothing calls the method {method.name.value}",
            hint=f'decorate it with @informative("{timeframe[0] if timeframe else "1h"}"), '
            "or leave it out",
        )

    def _read(self, method: cst.FunctionDef) -> bool:
        name = method.name.value
        if any(text_of(node) == name for node in self.source.all(cst.SimpleString)):
            return True  # getattr(self, "name")
        return any(
            n.value == name and not isinstance(self.source.parent(n), cst.FunctionDef)
            for n in self.source.all(cst.Name)
        )


def _fits(method: cst.FunctionDef, known: str) -> bool:
    """Whether a method takes what Freqtrade would give it under the other name."""
    own = [p.name.value for p in (*method.params.posonly_params, *method.params.params)][1:]
    if known in CALLBACKS:
        return set(own) <= set(CALLBACKS[known].parameters)
    return len(own) == (2 if known in POPULATE else 0) or known not in {*POPULATE, *PLAIN}


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
