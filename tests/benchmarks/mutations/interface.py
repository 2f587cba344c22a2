"""What Freqtrade does not call, does not load, or calls in another way than it is written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.benchmarks.mutations.making import (
    MARK,
    POPULATE,
    SIGNALS,
    Change,
    Part,
    Sound,
    operator,
)

interface = operator("interface")

OLD = {"populate_entry_trend": "populate_buy_trend", "populate_exit_trend": "populate_sell_trend"}
OLD_COLUMNS = {
    "enter_long": "buy",
    "exit_long": "sell",
    "enter_short": "sell_short",
    "enter_tag": "buy_tag",
    "exit_tag": "sell_tag",
}
CALLBACKS = {
    "custom_stoploss": "custom_stop_loss",
    "custom_exit": "custom_sell",
    "confirm_trade_entry": "confirm_entry",
    "custom_stake_amount": "custom_stake",
    "adjust_trade_position": "adjust_position",
    "leverage": "custom_leverage",
    "custom_entry_price": "custom_entry",
}


def name_of(sound: Sound, method: ast.FunctionDef) -> tuple[int, int]:
    """Where the name of a method stands."""
    start, end = sound.span(method)
    at = sound.text.index(method.name, sound.text.index("def ", start))
    assert at < end
    return at, at + len(method.name)


def renamed(sound: Sound, method: ast.FunctionDef, name: str) -> Change:
    return [Part(*name_of(sound, method), MARK + name)]


def strings(sound: Sound, *values: str) -> Iterator[ast.Constant]:
    """The string literals of the methods that are one of these values."""
    for method, _ in sound.frames:
        for node in ast.walk(method):
            if isinstance(node, ast.Constant) and node.value in values:
                yield node


@interface
def old_method_name(sound: Sound) -> Iterator[Change]:
    for name, old in OLD.items():
        if name in sound.methods:
            yield renamed(sound, sound.methods[name], old)


@interface
def old_column(sound: Sound) -> Iterator[Change]:
    for node in strings(sound, *OLD_COLUMNS):
        yield [sound.swap(node, f'{MARK}"{OLD_COLUMNS[node.value]}"')]


@interface
def misspelt_column(sound: Sound) -> Iterator[Change]:
    for node in strings(sound, "enter_long", "exit_long", "enter_short", "exit_short"):
        side = node.value.split("_")[1]
        for wrong in (
            node.value.replace("enter", "entry").replace("exit", "exits"),
            f"{side}_{node.value.split('_')[0]}",
            node.value[:-1],
            node.value.upper(),
            node.value.replace("_", "-"),
        ):
            yield [sound.swap(node, f'{MARK}"{wrong}"')]


@interface
def misspelt_method(sound: Sound) -> Iterator[Change]:
    for name, method in sound.methods.items():
        if name in POPULATE:
            for wrong in (name[:-1], f"{name}_", name.title(), name.replace("_", "", 1)):
                yield renamed(sound, method, wrong)
        elif name in CALLBACKS:
            yield renamed(sound, method, CALLBACKS[name])
            yield renamed(sound, method, name + "s" if not name.endswith("s") else name[:-1])
            if "_" in name:
                yield renamed(sound, method, name.replace("_", "", 1))


@interface
def missing_parameter(sound: Sound) -> Iterator[Change]:
    for method, _ in sound.frames:
        if len(method.args.args) == 3 and "metadata" not in ast.unparse(method.body):
            last, before = method.args.args[2], method.args.args[1]
            if any(isinstance(n, ast.Name) and n.id == last.arg for n in ast.walk(method)):
                continue
            start, _ = name_of(sound, method)
            head = Part(start, start, MARK)
            yield [head, Part(sound.span(before)[1], sound.span(last)[1], "")]
    for name, method in sound.methods.items():
        if name in CALLBACKS and method.args.kwarg is not None:
            arg = method.args.args[2]
            yield [
                Part(*name_of(sound, method), MARK + name),
                sound.swap(arg, f"{MARK}{arg.arg}_x"),
                *[
                    sound.swap(node, f"{arg.arg}_x")
                    for node in ast.walk(ast.Module(method.body, []))
                    if isinstance(node, ast.Name) and node.id == arg.arg
                ],
            ]


@interface
def missing_self(sound: Sound) -> Iterator[Change]:
    for method, _ in sound.frames:
        if not any(isinstance(n, ast.Name) and n.id == "self" for n in ast.walk(method)):
            first, second = method.args.args[:2]
            start, _ = name_of(sound, method)
            yield [
                Part(start, start, MARK),
                Part(sound.span(first)[0], sound.span(second)[0], MARK),
            ]


@interface
def missing_return(sound: Sound) -> Iterator[Change]:
    for method, _ in sound.frames:
        last = method.body[-1]
        if not isinstance(last, ast.Return) or len(method.body) < 2:
            continue
        start, _ = name_of(sound, method)
        before = method.body[-2]
        near = sound.line_of(last)
        head = Part(start, start, MARK)
        if not isinstance(before, ast.Expr):
            row = sound.at(before.end_lineno, before.end_col_offset)
            yield [head, Part(row, row, MARK), Part(*near, "")]
        yield [head, sound.swap(last, MARK + "return")]
        yield [head, sound.swap(last, MARK + "return None")]


@interface
def returns_something_else(sound: Sound) -> Iterator[Change]:
    for method, frame in sound.frames:
        last = method.body[-1]
        if not isinstance(last, ast.Return) or last.value is None:
            continue
        for text in (
            f'{frame}["close"]',
            "True",
            "metadata",
            f"{frame}, metadata",
            f"[{frame}]",
        ):
            yield [sound.swap(last.value, MARK + text)]


@interface
def returns_a_copy_made_before(sound: Sound) -> Iterator[Change]:
    """What was written went into another frame."""
    for method, frame in sound.frames:
        last = method.body[-1]
        if isinstance(last, ast.Return) and ast.unparse(last) == f"return {frame}":
            writes = [
                node
                for node in ast.walk(method)
                if isinstance(node, ast.Name)
                and node.id == frame
                and sound.span(node)[0] < sound.span(last)[0]
            ]
            first = method.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                first = method.body[1]
            if first is last or any(
                isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) for node in writes
            ):
                continue
            start, _ = name_of(sound, method)
            yield [
                Part(start, start, MARK),
                sound.before(first, f"{MARK}work = {frame}.copy()\n"),
                *[sound.swap(node, "work") for node in writes],
                sound.swap(last, MARK + sound.src(last)),
            ]


@interface
def switch_off(sound: Sound) -> Iterator[Change]:
    """A callback whose switch is off is never called."""
    for switch, name in (
        ("use_custom_stoploss", "custom_stoploss"),
        ("position_adjustment_enable", "adjust_trade_position"),
    ):
        if name not in sound.methods or switch not in sound.attributes:
            continue
        place = name_of(sound, sound.methods[name])
        node = sound.attributes[switch]
        here = Part(place[0], place[0], MARK)
        yield [here, Part(*sound.line_of(node), "")]
        yield [here, sound.swap(node.value, MARK + "False")]
    if "can_short" in sound.attributes:
        for node in strings(sound, "enter_short"):
            attribute = sound.attributes["can_short"]
            if ast.unparse(attribute.value) == "True":
                start = sound.span(node)[0]
                here = Part(start, start, MARK)
                yield [here, sound.swap(attribute.value, MARK + "False")]
                yield [here, Part(*sound.line_of(attribute), "")]
                break


@interface
def callback_without_switch(sound: Sound) -> Iterator[Change]:
    if "custom_stoploss" not in sound.methods:
        yield [
            sound.method(f"""
            def {MARK}custom_stoploss(self, pair, trade, current_time, current_rate,
                                current_profit, after_fill, **kwargs):
                return -0.02 if current_profit > 0.03 else None
            """)
        ]
    if "adjust_trade_position" not in sound.methods:
        yield [
            sound.method(f"""
            def {MARK}adjust_trade_position(self, trade, current_time, current_rate,
                                      current_profit, min_stake, max_stake,
                                      current_entry_rate, current_exit_rate,
                                      current_entry_profit, current_exit_profit, **kwargs):
                return trade.stake_amount if current_profit < -0.03 else None
            """)
        ]
    if "can_short" not in sound.attributes:
        for node, _, _, frame in sound.marks[:1]:
            yield [
                sound.before(
                    node,
                    f'{frame}.loc[{frame}["close"] > {frame}["open"] * 1.1, '
                    f'{MARK}"enter_short"] = 1\n',
                )
            ]


@interface
def stoploss_meaning(sound: Sound) -> Iterator[Change]:
    """A price, or percent, where a ratio is wanted."""
    if "custom_stoploss" in sound.methods:
        returns = [
            node
            for node in ast.walk(sound.methods["custom_stoploss"])
            if isinstance(node, ast.Return)
            and node.value is not None
            and ast.unparse(node.value) != "None"
        ]
        for node in returns:
            for text in (
                "current_rate * 0.98",
                "trade.open_rate * 0.95",
                "current_rate - 50",
                "-5",
                "0",
                '"-0.05"',
                "True",
                "trade.stop_loss",
            ):
                yield [sound.swap(node.value, MARK + text)]
        return
    for text in ("current_rate * 0.98", "trade.open_rate", "-3.0", "trade.stop_loss * 1.01"):
        code = f"""
            def custom_stoploss(self, pair, trade, current_time, current_rate,
                                current_profit, after_fill, **kwargs):
                return {MARK}{text}
            """
        yield [sound.attribute("use_custom_stoploss = True"), sound.method(code)]


@interface
def removed_api(sound: Sound) -> Iterator[Change]:
    """Callbacks and helpers that are gone, called or defined."""
    for code in (
        f"""
        def {MARK}custom_sell(self, pair, trade, current_time, current_rate, current_profit,
                        **kwargs):
            return "late" if current_profit > 0.2 else None
        """,
        f"""
        def {MARK}check_buy_timeout(self, pair, trade, order, **kwargs):
            return True
        """,
        f"""
        def {MARK}check_sell_timeout(self, pair, trade, order, **kwargs):
            return True
        """,
        f"""
        def confirm_trade_exit(self, pair, trade, order_type, amount, rate, time_in_force,
                               {MARK}sell_reason, current_time, **kwargs):
            return {MARK}sell_reason != "roi"
        """,
        f"""
        def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
            return "x" if {MARK}trade.sell_reason is None and current_profit > 0.3 else None
        """,
        f"""
        def bot_loop_start(self, current_time, **kwargs):
            self.frame = {MARK}self.dp.historic_ohlcv(self.dp.current_whitelist()[0], "1h")
        """,
        f"""
        def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
            frame = {MARK}self.dp.get_ohlcv_dataframe(pair, self.timeframe)
            return "x" if len(frame) > 100000 else None
        """,
    ):
        name = re.search(r"def §?(\w+)", code)[1]
        if name not in sound.methods:
            yield [sound.method(code)]


@interface
def informative_misused(sound: Sound) -> Iterator[Change]:
    for method, _ in sound.frames:
        for decorator in method.decorator_list:
            if "informative" not in ast.unparse(decorator):
                continue
            timeframe = decorator.args[0]
            start, _ = name_of(sound, method)
            yield [sound.swap(decorator, MARK + "informative")]
            yield [sound.swap(decorator, MARK + "informative()")]
            yield [sound.swap(timeframe, MARK + '"1H"')]
            yield [sound.swap(timeframe, MARK + '"60m"')]
            yield [sound.swap(timeframe, MARK + "60")]
            yield [Part(start - 4, start - 4, f"{MARK}async ")]
            if not any(isinstance(n, ast.Name) and n.id == "metadata" for n in ast.walk(method)):
                last, before = method.args.args[2], method.args.args[1]
                yield [
                    Part(start, start, MARK),
                    Part(sound.span(before)[1], sound.span(last)[1], ""),
                ]
    for method, _ in sound.signals:
        start = sound.line_of(method)[0]
        name = name_of(sound, method)[0]
        yield [
            *sound.importing("from freqtrade.strategy import informative"),
            Part(start, start, f'    {MARK}@informative("1d")\n'),
            Part(name, name, MARK),
        ]


@interface
def informative_below_the_timeframe(sound: Sound) -> Iterator[Change]:
    node = sound.attributes.get("timeframe")
    if node is None or ast.unparse(node.value).strip("'\"") == "1m":
        return
    for method, _ in sound.frames:
        for decorator in method.decorator_list:
            if "informative" in ast.unparse(decorator):
                old = ast.literal_eval(decorator.args[0])
                change = [sound.swap(decorator.args[0], f'{MARK}"1m"')]
                change += [
                    sound.swap(part, f'"{part.value.removesuffix(old)}1m"')
                    for part in ast.walk(sound.cls)
                    if isinstance(part, ast.Constant)
                    and isinstance(part.value, str)
                    and part.value.endswith(f"_{old}")
                    and part.value != f"_{old}"
                ]
                yield change


@interface
def unreached_method(sound: Sound) -> Iterator[Change]:
    """Async, static, or written outside the class."""
    for method, _ in sound.frames:
        start, _ = name_of(sound, method)
        yield [Part(start - 4, start - 4, f"{MARK}async ")]
        if method.name in SIGNALS and not method.decorator_list:
            yield [
                Part(
                    sound.line_of(method)[0], sound.line_of(method)[0], f"    {MARK}@staticmethod\n"
                ),
                Part(start, start, MARK),
            ]
            yield [
                Part(sound.line_of(method)[0], sound.line_of(method)[0], f"    {MARK}@property\n"),
                Part(start, start, MARK),
            ]


@interface
def no_strategy(sound: Sound) -> Iterator[Change]:
    for base in sound.cls.bases:
        if ast.unparse(base) == "IStrategy" and len(sound.cls.bases) == 1:
            start = sound.span(sound.cls)[0]
            at = sound.text.index("(", start)
            yield [Part(start, start, MARK), Part(at, sound.span(base)[1] + 1, "")]
            yield [Part(start, start, MARK), sound.swap(base, MARK + "object")]


@interface
def method_is_missing(sound: Sound) -> Iterator[Change]:
    for name in ("populate_indicators", "populate_entry_trend"):
        method = sound.methods.get(name)
        if method is not None and not method.decorator_list and len(sound.cls.bases) == 1:
            start = sound.span(sound.cls)[0]
            yield [Part(start, start, MARK), Part(*sound.line_of(method), "")]
