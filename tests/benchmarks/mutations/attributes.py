"""Attributes of a strategy, and its parameters, that are not what Freqtrade takes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.benchmarks.mutations.making import MARK, Change, Part, Sound, operator

interface = operator("interface")


def value_of(sound: Sound, name: str, *texts: str) -> Iterator[Change]:
    """The attribute with each of these values."""
    if name in sound.attributes:
        node = sound.attributes[name]
        for text in texts:
            start = sound.span(node)[0]
            yield [Part(start, start, MARK), sound.swap(node.value, MARK + text)]


@interface
def stoploss_value(sound: Sound) -> Iterator[Change]:
    node = sound.attributes.get("stoploss")
    if node is not None:
        number = abs(float(ast.literal_eval(node.value)))
        yield from value_of(
            sound,
            "stoploss",
            str(number),
            str(-number * 100),
            f'"-{number}"',
            "-2",
            "None",
            f"[-{number}]",
            "True",
            "0",
        )


@interface
def roi_value(sound: Sound) -> Iterator[Change]:
    yield from value_of(
        sound,
        "minimal_roi",
        '{"zero": 0.05}',
        "[0.05, 0.03]",
        "0.05",
        '{"0": "0.05"}',
        '{"10m": 0.02, "0": 0.05}',
        '{"0": None}',
        '{"0": 0.05, "1h": 0.01}',
        "{0.5: [0.1]}",
    )


@interface
def timeframe_spelling(sound: Sound) -> Iterator[Change]:
    node = sound.attributes.get("timeframe")
    if node is None or not isinstance(node.value, ast.Constant):
        return
    text = node.value.value
    number, unit = text[:-1], text[-1]
    for wrong in (
        f"{number}{unit.upper()}" if unit != "m" else f"{number}min",
        f"{unit}{number}",
        f"{number} {unit}",
        {"m": f"{number}minutes", "h": f"{number}hour", "d": f"{number}day"}.get(unit, "1x"),
        "60min",
        "",
        "hourly",
        "1hr",
    ):
        yield from value_of(sound, "timeframe", f'"{wrong}"')
    yield from value_of(sound, "timeframe", "5", "60", "None", '["1h"]')


@interface
def attribute_types(sound: Sound) -> Iterator[Change]:
    wrong = {
        "startup_candle_count": ('"200"', "None", "-5", "20.5", "[30]"),
        "trailing_stop": ('"True"', '"yes"'),
        "can_short": ('"False"', '"no"'),
        "process_only_new_candles": ('"True"',),
        "use_exit_signal": ('"yes"',),
        "max_open_trades": ('"three"', "None"),
        "order_types": ('"limit"', '["limit", "limit"]'),
        "order_time_in_force": ('"GTC"',),
        "position_adjustment_enable": ('"True"',),
        "max_entry_position_adjustment": ('"3"',),
        "trailing_stop_positive": ('"0.01"', "-0.01"),
        "use_custom_stoploss": ('"True"',),
        "unfilledtimeout": ("10",),
        "protections": ('"CooldownPeriod"',),
    }
    for name, texts in wrong.items():
        yield from value_of(sound, name, *texts)


@interface
def trailing_contradiction(sound: Sound) -> Iterator[Change]:
    if "trailing_stop" in sound.attributes or "trailing_stop_positive" in sound.attributes:
        return
    for text in (
        f"trailing_stop = True\ntrailing_stop_positive = 0.02\n"
        f"{MARK}trailing_stop_positive_offset = 0.01\n"
        "trailing_only_offset_is_reached = True",
        f"trailing_stop = True\ntrailing_stop_positive = 0.02\n"
        f"{MARK}trailing_only_offset_is_reached = True",
        f"{MARK}trailing_stop_positive = 0.01\n{MARK}trailing_stop_positive_offset = 0.02",
    ):
        yield [sound.attribute(text)]


@interface
def removed_attribute(sound: Sound) -> Iterator[Change]:
    """Names of versions before 3."""
    if "timeframe" in sound.attributes:
        node = sound.attributes["timeframe"]
        start, _ = sound.span(node)
        yield [Part(start, start + len("timeframe"), MARK + "ticker_interval")]
    for name, old in (
        ("use_exit_signal", "use_sell_signal"),
        ("exit_profit_only", "sell_profit_only"),
        ("ignore_roi_if_entry_signal", "ignore_roi_if_buy_signal"),
    ):
        if name in sound.attributes:
            start = sound.span(sound.attributes[name])[0]
            yield [Part(start, start + len(name), MARK + old)]
        else:
            yield [sound.attribute(f"{MARK}{old} = True")]
    if "order_types" not in sound.attributes:
        yield [
            sound.attribute(
                f'order_types = {{{MARK}"buy": "limit", "sell": "limit", "stoploss": "market", '
                '"stoploss_on_exchange": False}'
            )
        ]
    if "INTERFACE_VERSION" in sound.attributes:
        yield from value_of(sound, "INTERFACE_VERSION", "2", "1", '"3"')


@interface
def parameter_outside_a_space(sound: Sound) -> Iterator[Change]:
    found = [call for call in sound.calls("") if ast.unparse(call.func).endswith("Parameter")]
    for call in found:
        holder = sound.parents[call]
        if not isinstance(holder, ast.Assign) or sound.parents[holder] is not sound.cls:
            continue
        name = holder.targets[0].id
        keywords = {k.arg: k for k in call.keywords}
        if "space" in keywords and not name.startswith(("buy_", "sell_", "enter_", "exit_")):
            word = keywords["space"]
            before = sound.text.rindex(",", 0, sound.span(word)[0])
            start = sound.span(holder)[0]
            yield [
                Part(start, start, MARK),
                Part(before, sound.span(word)[1], ""),
            ]
        numbers = [a for a in call.args if isinstance(a, ast.Constant)]
        if len(numbers) >= 2 and "Categorical" not in ast.unparse(call.func):
            low, high = numbers[:2]
            yield [
                sound.swap(low, MARK + sound.src(high)),
                sound.swap(high, MARK + sound.src(low)),
            ]
        if "default" in keywords and "Int" in ast.unparse(call.func):
            yield [sound.swap(keywords["default"].value, MARK + "100000")]
            yield [
                Part(
                    sound.text.rindex(",", 0, sound.span(keywords["default"])[0]),
                    sound.span(keywords["default"])[1],
                    MARK,
                )
            ]
    for node in ast.walk(sound.cls):
        if (
            isinstance(node, ast.Attribute)
            and node.attr == "value"
            and ast.unparse(node.value).startswith("self.")
            and node.value.attr
            in {
                sound.parents[c].targets[0].id
                for c in found
                if isinstance(sound.parents[c], ast.Assign)
            }
        ):
            yield [sound.swap(node, MARK + sound.src(node.value))]


@interface
def attribute_is_missing(sound: Sound) -> Iterator[Change]:
    for name in ("stoploss", "timeframe"):
        node = sound.attributes.get(name)
        if node is not None and f"self.{name}" not in sound.text and len(sound.cls.bases) == 1:
            start = sound.span(sound.cls)[0]
            yield [Part(start, start, MARK), Part(*sound.line_of(node), "")]


@interface
def attribute_misspelt(sound: Sound) -> Iterator[Change]:
    for name, wrong in (
        ("stoploss", "stop_loss"),
        ("minimal_roi", "minimal_ROI"),
        ("timeframe", "time_frame"),
        ("startup_candle_count", "startup_candles"),
        ("can_short", "can_shorts"),
        ("use_custom_stoploss", "use_custom_stop_loss"),
        ("process_only_new_candles", "process_only_new_candle"),
        ("trailing_stop_positive", "trailing_stop_positiv"),
        ("position_adjustment_enable", "position_adjustment_enabled"),
        ("minimal_roi", "minimum_roi"),
    ):
        node = sound.attributes.get(name)
        if node is not None and f"self.{name}" not in sound.text:
            start, _ = sound.span(node)
            if name == "process_only_new_candles" and ast.unparse(node.value) == "True":
                continue  # its default: nothing changes
            if name == "can_short" and ast.unparse(node.value) == "False":
                continue
            yield [Part(start, start + len(name), MARK + wrong)]


@interface
def startup_too_short(sound: Sound) -> Iterator[Change]:
    periods = [
        k.value.value
        for call in ast.walk(sound.indicators[0])
        if isinstance(call, ast.Call)
        for k in call.keywords
        if k.arg == "timeperiod" and isinstance(k.value, ast.Constant)
    ]
    node = sound.attributes.get("startup_candle_count")
    if node is not None and periods and max(periods) >= 20:
        yield from value_of(sound, "startup_candle_count", "5", "0", str(max(periods) // 3))
