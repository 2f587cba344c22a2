"""What silently does nothing, or something else, while the bot runs on."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import talib

from tests.benchmarks.mutations.making import CANDLE, MARK, Change, Part, Sound, operator

silent = operator("silent")


@silent
def chained_assignment(sound: Sound) -> Iterator[Change]:
    for node, condition, columns, frame in sound.marks:
        name, value = columns, sound.src(node.value)
        if isinstance(columns, ast.List):
            name = columns.elts[0]
            value = "1"
        test, column = sound.src(condition), sound.src(name)
        for text in (
            f"{frame}[{column}][{test}] = {value}",
            f"{frame}.loc[{test}][{column}] = {value}",
            f"{frame}[{test}][{column}] = {value}",
            f"{frame}[{column}].loc[{test}] = {value}",
            f"{frame}.get({column})[{test}] = {value}",
            f"{frame}[[{column}]].loc[{test}] = {value}",
        ):
            yield [sound.swap(node, (MARK + text).replace("\n", "\n" + MARK))]


@silent
def chained_inplace(sound: Sound) -> Iterator[Change]:
    for method, frame in sound.frames:
        for node, its, column in sound.made:
            if its != frame or node not in method.body:
                continue
            start = sound.line_of(node)[1]
            indent = sound.indent(node)
            for text in (
                f'{frame}["{column}"].fillna(0, inplace=True)',
                f'{frame}["{column}"].ffill(inplace=True)',
                f'{frame}["{column}"].replace(0, 1, inplace=True)',
                f'{frame}["{column}"].clip(lower=1, inplace=True)',
                f"{frame}.{column}.fillna(value=1, inplace=True)",
                f'{frame}["{column}"].mask({frame}["volume"] == 0, 0, inplace=True)',
                f'{frame}["{column}"].iloc[:5] = 0',
            ):
                yield [Part(start, start, f"{indent}{MARK}{text}\n")]


OUTPUTS = {
    "BBANDS": ("upper, middle, lower", ("upperband", "middleband", "lowerband")),
    "MACD": ("line, signal, histogram", ("macd", "macdsignal", "macdhist")),
    "STOCH": ("slowk, slowd", ("slowk", "slowd")),
    "STOCHF": ("fastk, fastd", ("fastk", "fastd")),
    "STOCHRSI": ("fastk, fastd", ("fastk", "fastd")),
    "AROON": ("down, up", ("aroondown", "aroonup")),
}


@silent
def unpacked_talib(sound: Sound) -> Iterator[Change]:
    for node, frame, _ in sound.made:
        for function, (names, outputs) in OUTPUTS.items():
            value = node.value
            if (
                isinstance(value, ast.Subscript)
                and isinstance(value.value, ast.Call)
                and ast.unparse(value.value.func) == f"ta.{function}"
            ):
                output = outputs.index(value.slice.value)
                call = sound.src(value.value).replace("\n", "\n")
                wanted = names.split(", ")[output]
            elif isinstance(value, ast.Call) and ast.unparse(value.func) in ("ta.RSI", "ta.EMA"):
                call, wanted = f"ta.{function}({frame})", names.split(", ")[0]
            else:
                continue
            yield [
                sound.before(node, f"{MARK}{names} = {MARK}{call}\n"),
                sound.swap(value, wanted),
            ]
            blanks = ", ".join(n if n == wanted else "_" for n in names.split(", "))
            yield [
                sound.before(node, f"{MARK}({blanks}) = {MARK}{call}\n"),
                sound.swap(value, wanted),
            ]
            columns = ", ".join(
                sound.src(node.targets[0]) if n == wanted else f'{frame}["{n}_"]'
                for n in names.split(", ")
            )
            yield [sound.swap(node, f"{MARK}{columns} = {MARK}{call}")]


def operands(sound: Sound) -> Iterator[ast.BinOp]:
    """The conditions that ``&`` or ``|`` joins, outermost first."""
    for _, condition, _, _ in sound.marks:
        if isinstance(condition, ast.BinOp) and isinstance(condition.op, ast.BitAnd | ast.BitOr):
            yield condition


def wrapped(sound: Sound, node: ast.expr) -> str:
    """The node's source with the parentheses that it may need."""
    return f"({sound.src(node)})"


@silent
def logic_in_words(sound: Sound) -> Iterator[Change]:
    for node in operands(sound):
        word = "and" if isinstance(node.op, ast.BitAnd) else "or"
        left, right = wrapped(sound, node.left), wrapped(sound, node.right)
        text = f"{MARK}{left} {word} {MARK}{right}".replace("\n", "\n" + MARK)
        start, end = sound.span(node)
        yield [Part(start, end, text)]
        yield [Part(start, end, f"not {MARK}{right}")]
    for node, _, _ in sound.reads:
        compare = sound.parents[node]
        if isinstance(compare, ast.Compare) and compare.left is node:
            yield [sound.swap(compare, f"{MARK}(not ({sound.src(compare)}))")]
            yield [sound.swap(compare, f"{MARK}bool({sound.src(compare)})")]


@silent
def if_on_a_column(sound: Sound) -> Iterator[Change]:
    for node, condition, columns, frame in sound.marks:
        if not isinstance(columns, ast.Constant):
            continue
        test = sound.src(condition).replace("\n", "\n" + MARK)
        column = sound.src(columns)
        yield [sound.instead(node, f"if {MARK}({test}):\n    {frame}[{column}] = 1\n")]
        yield [sound.swap(node, f"{MARK}{frame}[{column}] = 1 if {MARK}({test}) else 0")]


@silent
def missing_parentheses(sound: Sound) -> Iterator[Change]:
    for node in operands(sound):
        if isinstance(node.left, ast.Compare) and isinstance(node.right, ast.Compare):
            sign = "&" if isinstance(node.op, ast.BitAnd) else "|"
            left, right = sound.src(node.left), sound.src(node.right)
            if "\n" in left + right:
                continue
            yield [Part(*sound.span(node), f"({MARK}{left} {sign} {MARK}{right})")]


@silent
def chained_comparison(sound: Sound) -> Iterator[Change]:
    for node, _, _ in sound.reads:
        compare = sound.parents[node]
        if isinstance(compare, ast.Compare) and compare.left is node:
            number = compare.comparators[0]
            if isinstance(number, ast.Constant):
                yield [sound.swap(compare, f"{MARK}(0 < {sound.src(compare)})")]
                yield [sound.swap(compare, f"{MARK}(-1000 <= {sound.src(node)} <= {number.value})")]


BOUNDED = {
    "RSI": (-5, 130),
    "MFI": (-1, 120),
    "ADX": (-3, 150),
    "STOCHF": (-2, 101),
    "WILLR": (-120, 20),
    "STOCHRSI": (-4, 100.5),
    "STOCH": (-1, 105),
    "AROON": (-1, 101),
}


@silent
def always_false(sound: Sound) -> Iterator[Change]:
    bounds: dict[str, tuple[float, float]] = {}
    for node, _, column in sound.made:
        text = ast.unparse(node.value)
        for function, between in BOUNDED.items():
            if text.startswith((f"ta.{function}(",)):
                bounds[column] = between
    for node, frame, column in sound.reads:
        compare = sound.parents[node]
        if not isinstance(compare, ast.Compare) or compare.left is not node:
            continue
        number, less = compare.comparators[0], isinstance(compare.ops[0], ast.Lt | ast.LtE)
        if column in bounds and isinstance(number, ast.Constant):
            low, high = bounds[column]
            yield [sound.swap(number, MARK + str(low if less else high))]
        series = sound.src(node)
        for text in (
            f"({series} == np.nan)",
            f"({series} == None)",
            f"({series} is None)",
            f"({series} < {series})",
            f"({series} != {series})",
            f'({series} == "high")',
            f"({frame}['high'] < {frame}['low'])",
            f"({frame}['close'] > {frame}['high'])",
            f"({frame}['volume'] < 0)",
            f"(({series} > 70) & ({series} < 30))",
            f"({series} is True)",
            f"({series} in [1, 2])",
        ):
            imports = sound.importing("import numpy as np") if "np." in text else []
            yield [*imports, sound.swap(compare, MARK + text)]


@silent
def entry_and_exit_on_one_candle(sound: Sound) -> Iterator[Change]:
    entries = [m for m in sound.marks if "enter_long" in ast.unparse(m[2])]
    exits = [m for m in sound.marks if "exit_long" in ast.unparse(m[2])]
    if entries and exits and entries[0][3] == exits[0][3] and len(entries) == len(exits) == 1:
        entry, leave = entries[0][1], exits[0][1]
        names = {n.id for n in ast.walk(entry) if isinstance(n, ast.Name)}
        if names <= {exits[0][3], "qtpylib", "self", "ta"}:
            for one, other in ((leave, entry), (entry, leave)):
                names = {n.id for n in ast.walk(other) if isinstance(n, ast.Name)}
                if names <= {exits[0][3], "qtpylib", "self", "ta"}:
                    text = sound.src(other).replace("\n", "\n" + MARK)
                    start = sound.span(exits[0][0])[0]
                    here = sound.span(entries[0][0])[0]
                    yield [
                        Part(start, start, MARK),
                        Part(here, here, MARK),
                        sound.swap(one, MARK + text),
                    ]


@silent
def column_is_never_written(sound: Sound) -> Iterator[Change]:
    for node, frame, column in sound.reads:
        if column in CANDLE:
            continue
        for wrong in (f"{column}s", f"{column}_14", column.upper() + "_", f"x{column}"):
            yield [sound.swap(node, f'{MARK}{frame}["{wrong}"]')]
    for node, frame, column in sound.made:
        if node in sound.indicators[0].body:
            reads = [r for r, _, c in sound.reads if c == column]
            rest = sound.text.count(f'"{column}"') + sound.text.count(f"'{column}'")
            if reads and rest == len(reads) + 1:
                place = [Part(sound.span(r)[0], sound.span(r)[0], MARK) for r in reads]
                yield [sound.swap(node.targets[0], f'{MARK}{frame}["{column}_new"]'), *place]
                yield [*place, Part(*sound.line_of(node), "")]


@silent
def indicator_is_never_used(sound: Sound) -> Iterator[Change]:
    method, frame = sound.indicators
    last = method.body[-1]
    if isinstance(last, ast.Return):
        for text in (
            f'{frame}["slow_mean"] = {frame}["close"].rolling(55).mean()',
            f'{frame}["spare"] = {frame}["close"].ewm(span=9).mean()',
            f'{frame}.loc[:, "gap"] = {frame}["open"] - {frame}["close"].shift(1)',
        ):
            yield [sound.before(last, MARK + text + "\n")]
        for node, _, column in sound.made:
            reads = [r for r, _, c in sound.reads if c == column]
            rest = sound.text.count(f'"{column}"') + sound.text.count(f"'{column}'")
            if node in method.body and reads and rest == len(reads) + 1:
                yield [
                    Part(sound.span(node)[0], sound.span(node)[0], MARK),
                    *[sound.swap(r, f'{frame}["close"]') for r in reads],
                ]


@silent
def unknown_function(sound: Sound) -> Iterator[Change]:
    wrong = {
        "ta.RSI": ("ta.RSII", "ta.rsi", "ta.Rsi"),
        "ta.EMA": ("ta.EMAA", "ta.ema", "ta.HMA", "ta.VWMA"),
        "ta.SMA": ("ta.SMMA", "ta.sma", "ta.ZLEMA"),
        "ta.ATR": ("ta.ATRR", "ta.SUPERTREND", "ta.atr"),
        "ta.BBANDS": ("ta.BBAND", "ta.BOLLINGER"),
        "ta.MACD": ("ta.MCAD",),
        "ta.ADX": ("ta.ADXX",),
        "ta.MFI": ("ta.MFII",),
        "qtpylib.crossed_above": ("qtpylib.cross_above", "qtpylib.crosses_above"),
        "qtpylib.crossed_below": ("qtpylib.cross_below", "qtpylib.crossed_under"),
        "qtpylib.bollinger_bands": ("qtpylib.bollinger_band",),
    }
    for name, others in wrong.items():
        for call in sound.calls(name):
            if ast.unparse(call.func) == name:
                for other in others:
                    # What one version of TA-Lib lacks another has.
                    if other.removeprefix("ta.") not in talib.get_functions():
                        yield [sound.swap(call.func, MARK + other)]


@silent
def wrong_keyword(sound: Sound) -> Iterator[Change]:
    for call in sound.calls("ta."):
        for keyword in call.keywords:
            for old, wrongs in (
                ("timeperiod", ("period", "length", "window", "time_period", "timeperoid")),
                ("nbdevup", ("nbdev_up", "std")),
                ("nbdevdn", ("nbdevdown",)),
                ("fastperiod", ("fast", "fast_period")),
                ("slowperiod", ("slow",)),
                ("fastk_period", ("fastk",)),
            ):
                if keyword.arg == old:
                    start = sound.span(keyword)[0]
                    for wrong in wrongs:
                        yield [Part(start, start + len(old), MARK + wrong)]
    for call in sound.calls(
        ("stoploss_from_open", "stoploss_from_absolute", "merge_informative_pair")
    ):
        if len(call.args) >= 2:
            start = sound.span(call.args[-1])[1]
            yield [Part(start, start, f", {MARK}profit=1")]
    for node in ast.walk(sound.tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("rolling", "ewm", "shift")
            and node.args
            and not node.keywords
        ):
            for word in ("period", "length", "n"):
                start = sound.span(node.args[0])[0]
                yield [Part(start, start, f"{MARK}{word}=")]


@silent
def wrong_output(sound: Sound) -> Iterator[Change]:
    wrong = {
        "lowerband": ("lower", "bb_lowerband", "lowband"),
        "upperband": ("upper", "bb_upperband"),
        "middleband": ("mid", "middle"),
        "macd": ("MACD",),
        "macdsignal": ("signal", "macd_signal"),
        "macdhist": ("histogram", "hist"),
        "slowk": ("k", "slow_k"),
        "slowd": ("d",),
        "fastk": ("k", "fast_k"),
        "fastd": ("fast_d",),
        "aroonup": ("up",),
    }
    for node in ast.walk(sound.tree):
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.value, ast.Call)
            and ast.unparse(node.value.func).startswith("ta.")
        ):
            for other in wrong.get(node.slice.value, ()):
                yield [sound.swap(node.slice, f'{MARK}"{other}"')]
