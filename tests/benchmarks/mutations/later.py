"""Candles that have not happened yet, reached through resampling, fits, merges and loops."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.benchmarks.mutations.lookahead import NUMPY, PANDAS, everywhere
from tests.benchmarks.mutations.making import MARK, Change, Sound, operator

lookahead = operator("lookahead")


@lookahead
def resampled(sound: Sound) -> Iterator[Change]:
    yield from everywhere(
        sound,
        '{f}["date"].dt.floor("1d").map({f}.resample("1d", on="date")["close"].last())',
        '{f}["date"].dt.floor("4h").map({f}.set_index("date")["close"].resample("4h").max())',
        '{f}.set_index("date")["high"].resample("1D", label="left").max()'
        '.reindex({f}["date"], method="ffill").to_numpy()',
        '{f}.groupby({f}["date"].dt.floor("1d"))["close"].transform("last")',
        '{f}.groupby({f}["date"].dt.date)["high"].transform("max")',
        '{f}.groupby(pd.Grouper(key="date", freq="1D"))["low"].transform("min")',
        imports=(PANDAS,),
    )


@lookahead
def extrema(sound: Sound) -> Iterator[Change]:
    for node, frame, _ in sound.made:
        for line, code in (
            (
                "from scipy.signal import argrelextrema",
                f'argrelextrema({frame}["low"].to_numpy(), np.less, order=5)[0]',
            ),
            (
                "import scipy.signal",
                f'scipy.signal.argrelextrema({frame}["low"].values, np.less_equal)[0]',
            ),
            ("from scipy.signal import find_peaks", f'find_peaks({frame}["close"], distance=5)[0]'),
            ("from scipy import signal", f'signal.find_peaks(-{frame}["close"])[0]'),
        ):
            yield [
                *sound.importing(NUMPY),
                *sound.importing(line),
                sound.before(node, f"points = {MARK}{code}\n"),
                sound.swap(
                    node.value,
                    f"{MARK}({sound.src(node.value)}) * np.isin({frame}.index, points)",
                ),
            ]
    yield from everywhere(
        sound, "savgol_filter({x}, 11, 2)", imports=("from scipy.signal import savgol_filter",)
    )
    yield from everywhere(
        sound,
        "gaussian_filter1d({x}, 3)",
        imports=("from scipy.ndimage import gaussian_filter1d",),
    )
    yield from everywhere(
        sound,
        "filtfilt([0.2] * 5, [1.0], {x})",
        "detrend({x})",
        imports=("from scipy.signal import detrend, filtfilt",),
    )


@lookahead
def fitted(sound: Sound) -> Iterator[Change]:
    """Scalers and fits that see the whole column."""
    yield from everywhere(
        sound,
        "StandardScaler().fit_transform({x}.to_frame())[:, 0]",
        "StandardScaler().fit_transform({x}.values.reshape(-1, 1)).ravel()",
        imports=("from sklearn.preprocessing import StandardScaler",),
    )
    yield from everywhere(
        sound,
        "MinMaxScaler().fit_transform({x}.to_frame())[:, 0]",
        imports=("from sklearn.preprocessing import MinMaxScaler",),
    )
    yield from everywhere(sound, "zscore({x})", imports=("from scipy.stats import zscore",))
    yield from everywhere(
        sound,
        "{x} - np.polyval(np.polyfit({f}.index, {x}, 1), {f}.index)",
        "np.fft.irfft(np.fft.rfft({x})[:20], len({f}))",
        imports=(NUMPY,),
    )
    yield from everywhere(sound, "pd.qcut({x}, 4, labels=False)", imports=(PANDAS,))


@lookahead
def merged_by_date(sound: Sound) -> Iterator[Change]:
    for call in sound.calls("merge_informative_pair"):
        left, right = (sound.src(arg) for arg in call.args[:2])
        for text in (
            f'{left}.merge({right}, on="date", how="left", suffixes=("", "_inf"))',
            f'pd.merge({left}, {right}, on="date", how="left", suffixes=("", "_inf"))',
            f'pd.merge_asof({left}, {right}, on="date", suffixes=("", "_inf"))',
            f'pd.merge_asof({left}, {right}, on="date", direction="nearest")',
            f'{left}.merge({right}, left_on="date", right_on="date", how="left").ffill()',
        ):
            yield [*sound.importing(PANDAS), sound.swap(call, MARK + text)]
    for method, _ in sound.frames:
        for decorator in method.decorator_list:
            if "informative" not in ast.unparse(decorator):
                continue
            target, frame = sound.indicators
            timeframe = ast.unparse(decorator.args[0])
            first = target.body[1] if isinstance(target.body[0], ast.Expr) else target.body[0]
            inf = f'inf = self.dp.get_pair_dataframe(metadata["pair"], {timeframe})\n'
            for text, column in (
                (f'{frame}.merge(inf, on="date", how="left", suffixes=("", "_big"))', "close_big"),
                (
                    f'{frame}.set_index("date").join(inf.set_index("date"), rsuffix="_big")'
                    ".reset_index()",
                    "close_big",
                ),
            ):
                for node, _, _ in sound.made[:1]:
                    yield [
                        sound.before(first, f"{inf}{frame} = {MARK}{text}\n"),
                        sound.swap(
                            node.value, f'({sound.src(node.value)}) * {frame}["{column}"].ffill()'
                        ),
                    ]
            for node, _, _ in sound.made[:1]:
                text = f'{frame}["date"].map(inf.set_index("date")["close"]).ffill()'
                yield [
                    sound.before(first, inf),
                    sound.swap(node.value, f"{MARK}({sound.src(node.value)}) * {MARK}{text}"),
                ]
            break


@lookahead
def direction_forward(sound: Sound) -> Iterator[Change]:
    """A label of what comes next, used as if it were known."""
    for node, _, _ in sound.made:
        for text in (
            '{f}["close"].shift(-1) > {f}["close"]',
            '({f}["close"].shift(-5) / {f}["close"] - 1)',
            '{f}["high"].rolling(5).max().shift(-5)',
            '{f}["low"][::-1].rolling(3).min()[::-1]',
            '({f}["close"].diff(-1) * -1)',
        ):
            frame = sound.indicators[1]
            yield [sound.swap(node.value, MARK + text.replace("{f}", frame))]


@lookahead
def next_row_in_a_loop(sound: Sound) -> Iterator[Change]:
    for node, frame, column in sound.made:
        for text in (
            f"for i in range(len({frame}) - 1):\n"
            f'    {frame}.loc[i, "{column}"] = {MARK}{frame}.loc[i + 1, "close"]\n',
            f'values = {frame}["close"].to_numpy()\n'
            f"for i in range(len(values) - 1):\n"
            f'    {frame}.loc[i, "{column}"] = {MARK}values[i + 1] - values[i]\n',
            f"for i in range(len({frame}) - 2):\n"
            f'    {frame}.loc[i, "{column}"] = {MARK}{frame}["close"].iloc[i + 2]\n',
        ):
            start, end = sound.line_of(node)
            yield [
                sound.before(node, sound_line(sound, node)),
                sound.instead(node, text)._replace(start=start, end=end),
            ]


def sound_line(sound: Sound, node: ast.stmt) -> str:
    """The statement's own text, without its indentation."""
    start, end = sound.line_of(node)
    text = sound.text[start:end]
    indent = sound.indent(node)
    return "".join(line.removeprefix(indent) for line in text.splitlines(keepends=True))
