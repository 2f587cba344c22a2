"""Candles that have not happened yet, read in every spelling."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.benchmarks.mutations.making import MARK, Change, Sound, operator

lookahead = operator("lookahead")
NUMPY = "import numpy as np"
PANDAS = "import pandas as pd"


def everywhere(sound: Sound, *templates: str, imports: tuple[str, ...] = ()) -> Iterator[Change]:
    """Each read of a column and each made column, through each template.

    ``{x}`` is what was there, ``{f}`` the frame. The line of the defect is where the template
    begins or ends, and everything between.
    """
    more = [part for line in imports for part in sound.importing(line)]
    for template in templates:
        for node, frame, _ in sound.reads:
            yield [*more, sound.swap(node, _filled(sound, node, frame, template))]
        for node, frame, _ in sound.made:
            yield [*more, sound.swap(node.value, _filled(sound, node.value, frame, template))]


def _filled(sound: Sound, node: ast.expr, frame: str, template: str) -> str:
    head, found, tail = template.partition("{x}")
    head, tail = head.replace("{f}", frame), tail.replace("{f}", frame)
    x = sound.atom(node).replace("\n", "\n" + MARK) if found else ""
    text = f"{MARK}{head}{x}{MARK}{tail}" if found else MARK + head
    return text.replace("{x}", sound.atom(node))


@lookahead
def negative_shift(sound: Sound) -> Iterator[Change]:
    yield from everywhere(
        sound,
        "{x}.shift(-1)",
        "{x}.shift(periods=-1)",
        "{x}.shift(-3)",
        "{x}.shift(1 - 2)",
        "{x}.shift(-1, fill_value=0)",
        "{x}.shift(periods=-2, fill_value=0.0)",
        "{x}.shift(int(-1))",
        "{x}.shift(-int(2))",
        "{x}.shift(+1).shift(-2)",
    )


@lookahead
def negative_shift_of_a_name(sound: Sound) -> Iterator[Change]:
    """The number stands in a variable, an attribute of the class, a constant of the module."""
    for node, _, _ in sound.made:
        value = sound.atom(node.value)
        yield [
            sound.before(node, "ahead = -1\n"),
            sound.swap(node.value, f"{MARK}{value}{MARK}.shift(ahead)"),
        ]
        yield [
            sound.before(node, "ahead = 2\n"),
            sound.swap(node.value, f"{MARK}{value}{MARK}.shift(-ahead)"),
        ]
        yield [
            sound.before(node, "for step in (-1, -2):\n    pass\n"),
            sound.swap(node.value, f"{MARK}{value}{MARK}.shift(step)"),
        ]
        yield [
            sound.attribute("look = 1"),
            sound.swap(node.value, f"{MARK}{value}{MARK}.shift(-self.look)"),
        ]
        yield [
            sound.attribute("look = -1"),
            sound.swap(node.value, f"{MARK}{value}{MARK}.shift(periods=self.look)"),
        ]
        yield [
            *sound.importing("AHEAD = -2"),
            sound.swap(node.value, f"{MARK}{value}{MARK}.shift(AHEAD)"),
        ]


@lookahead
def rolled(sound: Sound) -> Iterator[Change]:
    yield from everywhere(
        sound,
        "np.roll({x}, -1)",
        "np.roll({x}, shift=-1)",
        "np.roll({x}.to_numpy(), -2)",
        imports=(NUMPY,),
    )
    yield from everywhere(
        sound,
        "np.append({x}.values[1:], np.nan)",
        "np.concatenate([{x}.to_numpy()[1:], [np.nan]])",
        imports=(NUMPY,),
    )


@lookahead
def negative_difference(sound: Sound) -> Iterator[Change]:
    yield from everywhere(
        sound,
        "{x}.diff(-1)",
        "{x}.diff(periods=-1)",
        "{x}.pct_change(-1)",
        "{x}.pct_change(periods=-3)",
        "{x}.pct_change(-1, fill_method=None)",
    )


@lookahead
def whole_column(sound: Sound) -> Iterator[Change]:
    yield from everywhere(
        sound,
        "({x} - {x}.mean())",
        "({x} / {x}.max())",
        "({x} - {x}.min()) / ({x}.max() - {x}.min())",
        "(({x} - {x}.mean()) / {x}.std())",
        "{x} / {x}.median()",
        "{x}.sub({x}.mean())",
        "{x}.div({x}.quantile(0.9))",
        "{x}.clip(upper={x}.quantile(0.95))",
        "{x}.rank(pct=True)",
        "{x} / {x}.sum()",
    )
    yield from everywhere(
        sound,
        "{x} - np.mean({x})",
        "{x} / np.max({x})",
        "{x} - np.percentile({x}.dropna(), 50)",
        "{x} / np.nanstd({x})",
        "({x} - np.nanmin({x}))",
        imports=(NUMPY,),
    )


@lookahead
def threshold_of_the_whole_column(sound: Sound) -> Iterator[Change]:
    """A bound that is computed from all candles."""
    for node, frame, column in sound.reads:
        compare = sound.parents[node]
        if not isinstance(compare, ast.Compare) or compare.left is not node:
            continue
        for bound in (
            f'{frame}["{column}"].mean()',
            f'{frame}["{column}"].quantile(0.8)',
            f"{frame}.{column}.median()",
            f'{frame}["{column}"].max() * 0.9',
        ):
            yield [sound.swap(compare.comparators[0], MARK + bound)]
        statement = next(s for s in _statements(sound, compare))
        yield [
            sound.before(statement, f'{MARK}bound = {frame}["{column}"].quantile(0.75)\n'),
            sound.swap(compare.comparators[0], f"{MARK}bound"),
        ]


def _statements(sound: Sound, node: ast.AST) -> Iterator[ast.stmt]:
    while node in sound.parents:
        if isinstance(node, ast.stmt):
            yield node
            return
        node = sound.parents[node]


@lookahead
def last_row(sound: Sound) -> Iterator[Change]:
    yield from everywhere(
        sound,
        "({x} - {x}.iloc[-1])",
        "({x} / {x}.iat[-1])",
        "({x} - {x}.values[-1])",
        "({x} / {x}.to_numpy()[-1])",
        "({x} - {x}.tail(1).item())",
        "({x} / {x}.iloc[-1:].mean())",
        "({x} - {x}.tail(20).mean())",
    )


@lookahead
def last_row_decides(sound: Sound) -> Iterator[Change]:
    """``if`` the last candle says so, all candles are marked."""
    for node, _, _, frame in sound.marks:
        column = sound.reads[0][2] if sound.reads else "close"
        body = sound.text[slice(*sound.line_of(node))]
        body = "".join("    " + line for line in body.splitlines(keepends=True))
        indent = sound.indent(node)
        for test in (
            f'{frame}["{column}"].iloc[-1] > 0',
            f'{frame}.iloc[-1]["{column}"] > 0',
            f'{frame}["{column}"].values[-1] > 0',
            f'{frame}.loc[{frame}.index[-1], "{column}"] > 0',
        ):
            start, end = sound.line_of(node)
            yield [
                sound.swap(node, "")._replace(
                    start=start, end=end, text=f"{indent}if {MARK}{test}:\n{body}"
                )
            ]


@lookahead
def centred(sound: Sound) -> Iterator[Change]:
    yield from everywhere(
        sound,
        "{x}.rolling(5, center=True).mean()",
        "{x}.rolling(window=11, center=True).max()",
        "{x}.rolling(7, min_periods=1, center=True).median()",
        "{x}.rolling(5, 1, True).mean()",
    )
    yield from everywhere(
        sound,
        'np.convolve({x}, np.ones(5) / 5, "same")',
        'np.convolve({x}, np.ones(5) / 5, mode="same")',
        "np.gradient({x})",
        imports=(NUMPY,),
    )


@lookahead
def backward_fill(sound: Sound) -> Iterator[Change]:
    yield from everywhere(
        sound,
        "{x}.bfill()",
        "{x}.bfill(limit=3)",
        "{x}.ffill().bfill()",
        '{x}.interpolate(method="linear")',
        "{x}.interpolate()",
        '{x}.interpolate(limit_direction="both")',
        '{x}.reindex({f}.index, method="bfill")',
    )
    for method, frame in sound.frames:
        last = method.body[-1]
        if isinstance(last, ast.Return) and method.name == "populate_indicators":
            yield [sound.before(last, f"{frame} = {MARK}{frame}.bfill()\n")]
            yield [sound.swap(last, f"return {MARK}{frame}.bfill()")]


@lookahead
def backwards(sound: Sound) -> Iterator[Change]:
    yield from everywhere(
        sound,
        "{x}[::-1].rolling(5).mean()[::-1]",
        "{x}.iloc[::-1].rolling(5).max().iloc[::-1]",
        "{x}[::-1].cummax()[::-1]",
        "{x}.iloc[::-1].ewm(span=5).mean().iloc[::-1]",
        "{x}.sort_index(ascending=False).rolling(3).min().sort_index()",
        "{x}.loc[::-1].cumsum()",
        "{x}[::-1].expanding().mean()",
    )
    yield from everywhere(
        sound,
        "np.flip(np.maximum.accumulate(np.flip({x}.to_numpy())))",
        "{x}.values[::-1]",
        "np.flipud({x}.values)",
        imports=(NUMPY,),
    )
