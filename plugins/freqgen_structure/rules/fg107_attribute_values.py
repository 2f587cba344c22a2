import difflib
import re
from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from freqgen_structure.nodes import number_of, text_of
from freqgen_structure.rule import Bad, Rule

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"

_FLAGS = (
    "can_short",
    "disable_dataframe_checks",
    "exit_profit_only",
    "ignore_roi_if_entry_signal",
    "position_adjustment_enable",
    "process_only_new_candles",
    "trailing_only_offset_is_reached",
    "trailing_stop",
    "use_custom_roi",
    "use_custom_stoploss",
    "use_exit_signal",
)
_USUAL = ("1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w")
_TIMEFRAME = re.compile(r"[1-9]\d*[smhdwMy]")
_ORDER_TYPES = ("entry", "exit", "stoploss", "stoploss_on_exchange")


class AttributeValues(Rule):
    """FG107: an attribute has a value that Freqtrade cannot use, or reads otherwise than meant.

    A stop loss is the loss that ends a trade, as a negative ratio: ``-0.05`` is 5 %, and a
    positive one would sell every trade at once. ``minimal_roi`` maps minutes to ratios. A
    timeframe is a number and a unit, such as ``1h``. Only literals are looked at.
    """

    VALID = (
        _HEAD
        + "    stoploss = -0.05\n    timeframe = '1h'\n    minimal_roi = {'0': 0.05, '60': 0}\n",
        _HEAD + "    stoploss: float = -1\n    minimal_roi = {0: 0.1, '30': -1}\n",
        _HEAD
        + "    stoploss = -ATR\n    timeframe = TF\n    minimal_roi = ROI\n    can_short = X\n",
        _HEAD + "    trailing_stop_positive = 0.01\n    trailing_stop_positive_offset = 0.02\n"
        "    trailing_stop = True\n    startup_candle_count: int = 50\n    max_open_trades = -1\n",
        _HEAD + "    order_types = {'entry': 'limit', 'exit': 'limit', 'stoploss': 'market',\n"
        "        'stoploss_on_exchange': False}\n",
    )
    INVALID: ClassVar = (
        Bad(code=_HEAD + "    stoploss = 0.05\n", line=5),
        Bad(code=_HEAD + "    stoploss = '-0.05'\n", line=5),
        Bad(code=_HEAD + "    x = 1\n    stoploss = -5\n", line=6),
        Bad(code=_HEAD + "    timeframe = '1hour'\n", line=5),
        Bad(code=_HEAD + "    timeframe = 60\n", line=5),
        Bad(code=_HEAD + "    minimal_roi = {'soon': 0.05}\n", line=5),
        Bad(code=_HEAD + "    minimal_roi = {'0': '0.05'}\n", line=5),
        Bad(code=_HEAD + "    minimal_roi = 0.05\n", line=5),
        Bad(code=_HEAD + "    trailing_stop = 'True'\n", line=5),
        Bad(code=_HEAD + "    can_short = 1\n", line=5),
        Bad(code=_HEAD + "    startup_candle_count = -5\n", line=5),
        Bad(code=_HEAD + "    startup_candle_count = 20.5\n", line=5),
        Bad(code=_HEAD + "    max_open_trades = 0\n", line=5),
        Bad(
            code=_HEAD + "    trailing_stop = True\n    trailing_stop_positive = 0.02\n"
            "    trailing_stop_positive_offset = 0.01\n",
            line=7,
        ),
        Bad(code=_HEAD + "    order_types = {'entry': 'limit', 'exit': 'limit'}\n", line=5),
        Bad(code=_HEAD + "    order_time_in_force = {'buy': 'GTC', 'sell': 'GTC'}\n", line=5),
    )

    def check(self) -> None:
        for name, (node, value) in self.source.attributes.items():
            for message, hint in self._problems(name, value):
                self.report(node, message, hint=hint)

    def _problems(self, name: str, value: cst.BaseExpression) -> Iterator[tuple[str, str]]:
        if name == "stoploss":
            yield from _stoploss(value)
        elif name == "timeframe":
            yield from _timeframe(value)
        elif name == "minimal_roi":
            yield from _roi(value)
        elif name in _FLAGS:
            yield from _flag(name, value)
        elif name in {"startup_candle_count", "max_entry_position_adjustment", "max_open_trades"}:
            yield from _count(name, value)
        elif name == "trailing_stop_positive_offset":
            yield from self._trailing(value)
        elif name in {"order_types", "order_time_in_force"}:
            needed = _ORDER_TYPES if name == "order_types" else ("entry", "exit")
            keys = _literal_keys(value)
            missing = [key for key in needed if keys is not None and key not in keys]
            if missing:
                yield f"{name} lacks {' and '.join(missing)}", f"it needs {', '.join(needed)}"

    def _trailing(self, value: cst.BaseExpression) -> Iterator[tuple[str, str]]:
        positive = self.source.attributes.get("trailing_stop_positive")
        on = self.source.attributes.get("trailing_stop")
        offset = number_of(value)
        distance = number_of(positive[1]) if positive else None
        if offset and distance and offset <= distance and on and _is_name(on[1], "True"):
            yield (
                "trailing_stop_positive_offset is not above trailing_stop_positive",
                "Freqtrade refuses to start; the offset is the profit at which trailing begins",
            )


def _is_name(value: cst.BaseExpression, name: str) -> bool:
    return isinstance(value, cst.Name) and value.value == name


def _literal(value: cst.BaseExpression) -> bool:
    """Whether a value is plainly no number: a text, container or constant name."""
    return isinstance(
        value, cst.SimpleString | cst.FormattedString | cst.Dict | cst.List | cst.Tuple | cst.Set
    ) or (isinstance(value, cst.Name) and value.value in {"True", "False", "None"})


def _stoploss(value: cst.BaseExpression) -> Iterator[tuple[str, str]]:
    number = number_of(value)
    hint = "write the loss that ends a trade as a negative ratio: stoploss = -0.05 is 5 %"
    if number is None:
        if _literal(value):
            yield "stoploss is not a number", hint
    elif number >= 0:
        yield "stoploss is not negative, so every trade would be closed at once", hint
    elif number < -1:
        yield "stoploss is below -1: a trade cannot lose more than its stake", hint


def _timeframe(value: cst.BaseExpression) -> Iterator[tuple[str, str]]:
    text = text_of(value)
    if text is None:
        if _literal(value) or number_of(value) is not None:
            yield "timeframe is not a text", 'write, for example, timeframe = "1h"'
    elif not _TIMEFRAME.fullmatch(text):
        near = difflib.get_close_matches(text.lower().replace(" ", ""), _USUAL, n=1, cutoff=0.4)
        yield f'"{text}" is not a timeframe', f'write "{near[0] if near else "1h"}"'


def _roi(value: cst.BaseExpression) -> Iterator[tuple[str, str]]:
    hint = 'write minutes and ratios, as in minimal_roi = {"0": 0.05, "60": 0.02}'
    if not isinstance(value, cst.Dict):
        if _literal(value) or number_of(value) is not None:
            yield "minimal_roi is not a dict", hint
        return
    for element in value.elements:
        if not isinstance(element, cst.DictElement):
            continue
        text, minutes = text_of(element.key), number_of(element.key)
        whole = minutes is not None and minutes >= 0 and minutes == int(minutes)
        if text is not None and not (text.isascii() and text.isdigit()):
            yield f'"{text}" is not a number of minutes', hint
        elif minutes is not None and not whole:
            yield "a key of minimal_roi is not a whole number of minutes", hint
        if number_of(element.value) is None and _literal(element.value):
            yield "a value of minimal_roi is not a ratio", hint


def _flag(name: str, value: cst.BaseExpression) -> Iterator[tuple[str, str]]:
    constant = isinstance(value, cst.Name) and value.value != "None"
    if not constant and (_literal(value) or number_of(value) is not None):
        yield f"{name} is neither True nor False", f"write {name} = True or {name} = False"


def _count(name: str, value: cst.BaseExpression) -> Iterator[tuple[str, str]]:
    number = number_of(value)
    if number is None:
        if _literal(value):
            yield f"{name} is not a number", f"write, for example, {name} = 3"
        return
    least = {"startup_candle_count": 0}.get(name, -1)
    zero_trades = name == "max_open_trades" and number == 0
    if number < least or zero_trades or (number != float("inf") and number != int(number)):
        yield f"{name} cannot be {number:g}", f"write a whole number, as in {name} = 30"


def _literal_keys(value: cst.BaseExpression) -> set[str] | None:
    if not isinstance(value, cst.Dict):
        return None
    keys = [text_of(e.key) if isinstance(e, cst.DictElement) else None for e in value.elements]
    return None if None in keys else {key for key in keys if key is not None}
