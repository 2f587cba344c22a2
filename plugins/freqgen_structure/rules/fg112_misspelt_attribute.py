import difflib
import re
from ast import literal_eval
from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.interface import ATTRIBUTES
from freqgen_structure.nodes import dotted, text_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.rules.fg108_old_names import ATTRIBUTES as OLD

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"

# Names that are far from the letters of what they mean, and mean nothing else.
_MEANT = {
    "roi": "minimal_roi",
    "min_roi": "minimal_roi",
    "minimum_roi": "minimal_roi",
    "roi_table": "minimal_roi",
    "stop": "stoploss",
    "stop_loss_pct": "stoploss",
    "interval": "timeframe",
    "tf": "timeframe",
    "candle_interval": "timeframe",
    "warmup": "startup_candle_count",
    "warmup_candles": "startup_candle_count",
    "startup_period": "startup_candle_count",
    "startup_candles": "startup_candle_count",
    "allow_short": "can_short",
    "enable_short": "can_short",
    "use_custom_stop": "use_custom_stoploss",
    "use_custom_sl": "use_custom_stoploss",
    "custom_stoploss_enabled": "use_custom_stoploss",
    "enable_position_adjustment": "position_adjustment_enable",
    "position_adjustment": "position_adjustment_enable",
    "trailing_stop_offset": "trailing_stop_positive_offset",
    "trailing_stoploss": "trailing_stop",
    "max_trades": "max_open_trades",
    "max_entry_adjustment": "max_entry_position_adjustment",
    "max_entry_adjustments": "max_entry_position_adjustment",
    "max_position_adjustment": "max_entry_position_adjustment",
    "max_position_adjustments": "max_entry_position_adjustment",
    "max_dca_entries": "max_entry_position_adjustment",
    "max_safety_orders": "max_entry_position_adjustment",
    "trailing_positive": "trailing_stop_positive",
    "trailing_offset": "trailing_stop_positive_offset",
    "only_offset_is_reached": "trailing_only_offset_is_reached",
    "process_new_candles_only": "process_only_new_candles",
    "only_process_new_candles": "process_only_new_candles",
    "only_new_candles": "process_only_new_candles",
    "order_type": "order_types",
    "time_in_force": "order_time_in_force",
}
_NEAR = 0.86
_TYPES: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(
        (
            "can_short",
            "position_adjustment_enable",
            "process_only_new_candles",
            "trailing_only_offset_is_reached",
            "trailing_stop",
            "use_custom_roi",
            "use_custom_stoploss",
            "use_exit_signal",
            "exit_profit_only",
            "ignore_roi_if_entry_signal",
        ),
        bool,
    ),
    **dict.fromkeys(("minimal_roi", "order_types", "order_time_in_force", "plot_config"), dict),
    **dict.fromkeys(
        ("stoploss", "trailing_stop_positive", "trailing_stop_positive_offset"), (int, float)
    ),
    "timeframe": str,
    "startup_candle_count": int,
}
_ASIDE = re.compile(
    r"_.*|.*_|.*\d|x[a-z].*|.*_(old|off|bak|backup|disabled|unused|saved)", re.IGNORECASE
)


class MisspeltAttribute(Rule):
    """FG112: a class attribute has nearly the name of one that Freqtrade reads.

    ``stop_loss`` or ``time_frame`` is an attribute like any other: nothing reads it, and the
    strategy goes on with the default, or with what a configuration says.
    """

    VALID = (
        _HEAD + "    stoploss = -0.1\n    timeframe = '1h'\n    trailing_stop = True\n",
        _HEAD + "    stop_loss = -0.1\n    def f(self):\n        return self.stop_loss\n",
        _HEAD + "    informative_timeframe = '1h'\n    buy_params = {}\n    max_trades_a_day = 3\n",
        _HEAD + "    time_frame = '1h'\n    timeframe = time_frame\n",
        _HEAD + "    _trailing_stop = True\n    stoploss_old = -0.2\n    trailing_stop2 = True\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "    stop_loss: float = -0.1  # ten\n",
            line=5,
            fixed=_HEAD + "    stoploss: float = -0.1  # ten\n",
        ),
        Bad(
            code=_HEAD + "    x = 1\n    minimal_ROI = {}\n",
            line=6,
            fixed=_HEAD + "    x = 1\n    minimal_roi = {}\n",
        ),
        Bad(
            code=_HEAD + "    startup_candles_count = 30\n",
            line=5,
            fixed=_HEAD + "    startup_candle_count = 30\n",
        ),
        Bad(
            code=_HEAD + "    use_custom_stop_loss = True\n",
            line=5,
            fixed=_HEAD + "    use_custom_stoploss = True\n",
        ),
        Bad(
            code=_HEAD + "    order_type = {}\n    def f(self, order_type):\n"
            "        return order_type\n",
            line=5,
            fixed=_HEAD + "    order_types = {}\n    def f(self, order_type):\n"
            "        return order_type\n",
        ),
        Bad(code=_HEAD + "    time_frame = '1h'\n    timeframe = '5m'\n", line=5),
        Bad(code=_HEAD + "    x = 1\n    trailing_stops = [1, 2]\n", line=6),
    )

    def check(self) -> None:
        if self.source.strategy is None or self.source.foreign_bases:
            return
        found = list(self._misspelt())
        meant = Counter(known for _, known, _ in found)
        for node, known, value in found:
            name = node.value
            there = known in self.source.attributes or known in self.source.methods
            self.report(
                node,
                f"nothing reads the attribute {name}",
                hint=f"{known} is set as well: leave {name} out" if there else f"call it {known}",
                severity=Severity.WARNING if there else Severity.ERROR,
                edits=[self.replace(node, known)]
                if not there and meant[known] == 1 and self._fits(known, value)
                else (),
            )

    def _misspelt(self) -> Iterator[tuple[cst.Name, str, cst.BaseExpression]]:
        """The attributes, the name that is meant, and the value."""
        for name, (node, value) in self.source.attributes.items():
            if name in ATTRIBUTES or name in OLD or name.endswith("_params"):
                continue
            known = None if put_aside(name) else _meant(name)
            if known is None or self._read(name, node) or self._is_parameter(value):
                continue
            if isinstance(node, cst.Name):
                yield node, known, value

    def _fits(self, known: str, value: cst.BaseExpression) -> bool:
        """Whether a value is of the type that the attribute has; unknown ones may be."""
        wanted = _TYPES.get(known)
        if wanted is None or (isinstance(value, cst.Name) and value.value not in {"True", "False"}):
            return True
        try:
            plain = literal_eval(self.text(value))
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            return True
        return isinstance(plain, wanted) and (wanted is bool) == isinstance(plain, bool)

    def _read(self, name: str, node: cst.CSTNode) -> bool:
        named = any(
            n.value == name and n is not node and self._is_attribute(n)
            for n in self.source.all(cst.Name)
        )
        return named or any(text_of(s) == name for s in self.source.all(cst.SimpleString))

    def _is_attribute(self, name: cst.Name) -> bool:
        """Whether a name may be the attribute: behind a dot, or in the body of the class."""
        parent = self.source.parent(name)
        if isinstance(parent, cst.Attribute):
            return True
        return not isinstance(parent, cst.Param | cst.Arg) and self.source.function_of(name) is None

    def _is_parameter(self, value: cst.BaseExpression) -> bool:
        return isinstance(value, cst.Call) and (dotted(value.func) or "").endswith("Parameter")


def put_aside(name: str) -> bool:
    """Whether a name looks like one that its author has switched off, and not like a slip."""
    return _ASIDE.fullmatch(name) is not None


def _meant(name: str) -> str | None:
    """The attribute that a name is nearly that of."""
    plain = {known.replace("_", "").lower(): known for known in sorted(ATTRIBUTES)}
    bare = name.replace("_", "").lower()
    if bare in plain:
        return plain[bare]
    if name.lower() in _MEANT:
        return _MEANT[name.lower()]
    near = difflib.get_close_matches(bare, plain, n=1, cutoff=_NEAR)
    return plain[near[0]] if near else None
