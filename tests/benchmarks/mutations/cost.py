"""What is right, and takes a hundred times as long as it need."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.benchmarks.mutations.making import MARK, Change, Sound, operator

cost = operator("cost")
MA = '{f}["close"].rolling(10).mean()'


def loops(sound: Sound, *templates: str, imports: tuple[str, ...] = ()) -> Iterator[Change]:
    """Code behind a made column that changes it in a loop: ``{f}`` frame, ``{c}`` column."""
    for node, frame, column in sound.made:
        for template in templates:
            text = template.replace("{f}", frame).replace("{c}", column)
            start = sound.line_of(node)[1]
            yield [
                *[part for line in imports for part in sound.importing(line)],
                sound.before(node, "")._replace(
                    start=start,
                    end=start,
                    text="".join(
                        sound.indent(node) + line for line in text.splitlines(keepends=True)
                    ),
                ),
            ]


@cost
def loop_over_rows(sound: Sound) -> Iterator[Change]:
    yield from loops(
        sound,
        'for i in §range(1, len({f})):\n    {f}.loc[i, "{c}"] = {f}.loc[i, "{c}"] * 2\n',
        'for i in §range(len({f})):\n    if {f}["volume"].iloc[i] == 0:\n'
        '        {f}.loc[i, "{c}"] = 0\n',
        'for i in §range({f}.shape[0]):\n    {f}.loc[i, "{c}"] = {f}["close"][i] - 1\n',
        'for i in §{f}.index:\n    {f}.at[i, "{c}"] = {f}.at[i, "{c}"] + 1\n',
        'for i in §range(len({f}["close"])):\n    {f}.loc[{f}.index[i], "{c}"] = i\n',
        'n = len({f})\nfor i in §range(n):\n    {f}.loc[i, "{c}"] = {f}["open"].iat[i]\n',
        'out = []\nfor value in §{f}["{c}"]:\n    out.append(value * 2)\n{f}["{c}"] = out\n',
        'out = []\nfor value in §{f}["{c}"].values:\n    out.append(value + 1)\n{f}["{c}"] = out\n',
        'out = []\nfor a, b in §zip({f}["{c}"], {f}["close"]):\n    out.append(a - b)\n'
        '{f}["{c}"] = out\n',
        'out = []\nfor i, value in §enumerate({f}["{c}"]):\n    out.append(value * i)\n'
        '{f}["{c}"] = out\n',
    )


@cost
def iterrows(sound: Sound) -> Iterator[Change]:
    yield from loops(
        sound,
        'for i, row in §{f}.iterrows():\n    {f}.loc[i, "{c}"] = row["{c}"] * 2\n',
        'for index, row in §{f}.iterrows():\n    {f}.at[index, "{c}"] = row["close"] - 1\n',
        "out = []\nfor row in §{f}.itertuples():\n    out.append(row.close * 2)\n"
        '{f}["{c}"] = out\n',
        'out = []\nfor _, row in §{f}[["open", "close"]].iterrows():\n'
        '    out.append(row["open"] - row["close"])\n{f}["{c}"] = out\n',
        "out = []\nfor row in §{f}.itertuples(index=False):\n    out.append(row.close)\n"
        '{f}["{c}"] = out\n',
        'for i, value in §{f}["{c}"].items():\n    {f}.loc[i, "{c}"] = value * 2\n',
        'out = []\nfor row in §{f}.to_dict("records"):\n    out.append(row["close"])\n'
        '{f}["{c}"] = out\n',
        '{f}["{c}"] = [row["close"] * 2 for _, row in §{f}.iterrows()]\n',
    )


@cost
def while_over_rows(sound: Sound) -> Iterator[Change]:
    yield from loops(
        sound,
        'i = 0\n§while i < len({f}):\n    {f}.loc[i, "{c}"] = {f}.loc[i, "{c}"] * 2\n    i += 1\n',
        'i = 1\nn = len({f})\n§while i < n:\n    {f}.loc[i, "{c}"] = i\n    i = i + 1\n',
        'i = {f}.shape[0] - 1\n§while i > 0:\n    {f}.loc[i, "{c}"] = 1\n    i -= 1\n',
    )


@cost
def apply_by_row(sound: Sound) -> Iterator[Change]:
    yield from loops(
        sound,
        '{f}["{c}"] = §{f}.apply(lambda row: row["close"] * 2, axis=1)\n',
        '{f}["{c}"] = §{f}.apply(lambda row: row["close"] - row["open"], axis="columns")\n',
        '{f}["{c}"] = §{f}[["open", "close"]].apply(lambda r: r.max(), axis=1)\n',
        '{f}["{c}"] = §{f}.apply(lambda row: row.close > row.open, 1).astype(int)\n',
        "def score(row):\n    return row['close'] * 2\n\n"
        '{f}["{c}"] = §{f}.apply(score, axis=1)\n',
    )


@cost
def function_per_window(sound: Sound) -> Iterator[Change]:
    yield from loops(
        sound,
        '{f}["{c}"] = §{f}["{c}"].rolling(10).apply(lambda w: w.iloc[-1] - w.iloc[0])\n',
        '{f}["{c}"] = §{f}["{c}"].rolling(10).apply(lambda w: w.mean())\n',
        '{f}["{c}"] = §{f}["{c}"].rolling(window=20, min_periods=1).apply(max)\n',
        '{f}["{c}"] = §{f}["close"].expanding().apply(lambda w: w.max())\n',
        "def slope(window):\n    return window.iloc[-1] - window.iloc[0]\n\n"
        '{f}["{c}"] = §{f}["{c}"].rolling(5).apply(slope)\n',
        '{f}["{c}"] = §{f}["{c}"].rolling(14).agg(lambda w: w.sum())\n',
    )
    yield from loops(
        sound,
        '{f}["{c}"] = §{f}["{c}"].rolling(10).apply(np.mean)\n',
        '{f}["{c}"] = §{f}["{c}"].rolling(10).apply(lambda w: np.std(w))\n',
        imports=("import numpy as np",),
    )


@cost
def function_per_value(sound: Sound) -> Iterator[Change]:
    yield from loops(
        sound,
        '{f}["{c}"] = §{f}["{c}"].apply(lambda value: value * 2)\n',
        '{f}["{c}"] = §{f}["{c}"].apply(lambda v: 1 if v > 0 else 0)\n',
        '{f}["{c}"] = §[value * 2 for value in {f}["{c}"]]\n',
        '{f}["{c}"] = §[a - b for a, b in zip({f}["{c}"], {f}["close"])]\n',
        '{f}["{c}"] = §[{f}["close"].iloc[i] for i in range(len({f}))]\n',
        '{f}["{c}"] = §{f}["{c}"].map(lambda value: value + 1)\n',
        '{f}["{c}"] = §list(map(lambda value: value * 2, {f}["{c}"]))\n',
    )
    yield from loops(
        sound,
        '{f}["{c}"] = §np.vectorize(lambda value: value * 2)({f}["{c}"])\n',
        imports=("import numpy as np",),
    )


@cost
def indicator_in_a_callback(sound: Sound) -> Iterator[Change]:
    head = "custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):"
    confirm = (
        "confirm_trade_entry(self, pair, order_type, amount, rate, time_in_force, current_time, "
        "entry_tag, side, **kwargs):"
    )
    talib = sound.importing("import talib.abstract as ta")
    for name, line, otherwise in (
        ("custom_exit", head, '"late" if value > 95 else None'),
        ("confirm_trade_entry", confirm, "value < 95"),
    ):
        if name in sound.methods:
            continue
        for body in (
            """frame, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)
            value = §ta.RSI(frame, timeperiod=9).iloc[-1]""",
            """frame = self.dp.get_pair_dataframe(pair, self.timeframe)
            value = §ta.EMA(frame, timeperiod=9).iloc[-1] / frame["close"].iloc[-1]""",
            """frame, _ = self.dp.get_analyzed_dataframe(pair=pair, timeframe=self.timeframe)
            value = §frame["close"].rolling(20).std().iloc[-1]""",
            """frame, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)
            value = §frame["close"].ewm(span=20).mean().iloc[-1]""",
        ):
            yield [
                *talib,
                sound.method(f"""
        def {line}
            {body}
            return {otherwise}
        """),
            ]


@cost
def pairs_in_a_callback(sound: Sound) -> Iterator[Change]:
    """All pairs are read again for each candle or trade."""
    if "custom_exit" not in sound.methods:
        yield [
            sound.method("""
        def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
            rising = 0
            for other in self.dp.current_whitelist():
                frame, _ = §self.dp.get_analyzed_dataframe(other, self.timeframe)
                rising += int(len(frame) and frame["close"].iat[-1] > frame["open"].iat[-1])
            return "market_falls" if rising == 0 else None
        """)
        ]
        yield [
            sound.method("""
        def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
            frames = {p: §self.dp.get_pair_dataframe(p, "1h") for p in self.dp.current_whitelist()}
            return "few" if len(frames) < 1 else None
        """)
        ]
    method, frame = sound.indicators
    last = method.body[-1]
    if isinstance(last, ast.Return):
        yield [
            sound.before(
                last,
                (
                    "for other in self.dp.current_whitelist():\n"
                    "    more = §self.dp.get_pair_dataframe(other, self.timeframe)\n"
                    f'    {frame}["open"] = {frame}["open"] + len(more) * 0\n'
                ),
            )
        ]


@cost
def computed_twice(sound: Sound) -> Iterator[Change]:
    for node, frame, column in sound.made:
        text = sound.src(node.value)
        if "ta." not in text or node not in sound.indicators[0].body:
            continue
        start = sound.line_of(node)[1]
        indent = sound.indent(node)
        lines = text.replace("\n", "\n" + MARK)
        for more in (
            f'{frame}["{column}_before"] = {MARK}({lines}).shift(1)\n{indent}'
            f'{frame}["{column}"] = ({frame}["{column}"] + {frame}["{column}_before"]) / 2\n',
            f'{frame}["{column}"] = ({frame}["{column}"] + {MARK}{lines}) / 2\n',
        ):
            yield [sound.before(node, "")._replace(start=start, end=start, text=indent + more)]


@cost
def growing_frame(sound: Sound) -> Iterator[Change]:
    pandas = ("import pandas as pd",)
    yield from loops(
        sound,
        "parts = pd.DataFrame()\nfor period in range(5, 9):\n"
        '    parts = §pd.concat([parts, {f}["close"].rolling(period).mean()], axis=1)\n'
        '{f}["{c}"] = parts.mean(axis=1)\n',
        "for period in range(5, 30):\n"
        '    {f} = §pd.concat([{f}, {f}["close"].rolling(period).mean().rename(f"m_{period}")], '
        'axis=1)\n{f}["{c}"] = {f}["m_7"]\n',
        "for period in range(5, 9):\n    work = §{f}.copy()\n"
        '    {f}["{c}"] = {f}["{c}"] + work["close"].rolling(period).mean()\n',
        "for period in (5, 7, 9):\n    work = §{f}.copy(deep=True)\n"
        '    {f}["{c}"] = {f}["{c}"] + work["close"].rolling(period).mean()\n',
        imports=pandas,
    )
    yield from loops(
        sound,
        "rows = §[]\nfor i in §range(len({f})):\n    rows = rows + [{f}['close'].iloc[i]]\n"
        '{f}["{c}"] = rows\n',
        "out = np.array([])\nfor value in §{f}['close'].to_numpy():\n"
        '    out = §np.append(out, value)\n{f}["{c}"] = out\n',
        imports=("import numpy as np",),
    )
