"""Signals that are not written where they seem to be, and results that nobody keeps."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.benchmarks.mutations.making import MARK, Change, Part, Sound, operator

silent = operator("silent")


@silent
def compared_instead_of_assigned(sound: Sound) -> Iterator[Change]:
    for node, _, _, _ in sound.marks:
        target = sound.src(node.targets[0]).replace("\n", "\n" + MARK)
        yield [sound.swap(node, f"{MARK}{target} == {sound.src(node.value)}")]


@silent
def wrong_mark(sound: Sound) -> Iterator[Change]:
    for node, _, columns, _ in sound.marks:
        start = sound.span(node)[0]
        if isinstance(columns, ast.Constant):
            for value in ("0", '"1"', '"buy"', "-1", "2", "None", "False"):
                yield [Part(start, start, MARK), sound.swap(node.value, MARK + value)]
        elif isinstance(node.value, ast.Tuple) and isinstance(columns, ast.List):
            yield [
                Part(start, start, MARK),
                sound.swap(
                    node.value,
                    f"{MARK}({', '.join(sound.src(e) for e in reversed(node.value.elts))})",
                ),
            ]
            yield [Part(start, start, MARK), sound.swap(node.value.elts[0], MARK + "0")]


@silent
def overwritten(sound: Sound) -> Iterator[Change]:
    """All signals are taken back."""
    for node, _, columns, frame in sound.marks:
        names = columns.elts[:1] if isinstance(columns, ast.List) else [columns]
        method = next(m for m, _ in sound.signals if node in ast.walk(m))
        last = method.body[-1]
        if isinstance(last, ast.Return) and isinstance(names[0], ast.Constant):
            for text in (
                f"{frame}[{sound.src(names[0])}] = 0",
                f"{frame}.loc[:, {sound.src(names[0])}] = 0",
            ):
                yield [sound.before(last, MARK + text + "\n")]


@silent
def written_as_an_attribute(sound: Sound) -> Iterator[Change]:
    for node, condition, columns, frame in sound.marks:
        if isinstance(columns, ast.Constant):
            test = sound.src(condition).replace("\n", "\n" + MARK)
            yield [sound.swap(node, f"{MARK}{frame}.{columns.value} = ({test}).astype(int)")]
    for node, frame, column in sound.made:
        if column.isidentifier():
            yield [sound.swap(node.targets[0], f"{MARK}{frame}.{column}")]


@silent
def result_is_thrown_away(sound: Sound) -> Iterator[Change]:
    for node, frame, column in sound.made:
        if not column.isidentifier():
            continue
        start = sound.line_of(node)[1]
        indent = sound.indent(node)
        for text in (
            f'{frame}["{column}"].shift(1)',
            f'{frame}["{column}"].fillna(0)',
            f"{frame}.fillna(0)",
            f'{frame}["{column}"].rolling(3).mean()',
            f'{frame}.drop(columns=["{column}"])',
            f'{frame}.rename(columns={{"{column}": "value"}})',
            f'{frame}["{column}"].replace([np.inf, -np.inf], np.nan)',
            f"{frame}.ffill()",
            f"ta.RSI({frame}, timeperiod=7)",
        ):
            if "np." in text and "import numpy as np" not in sound.text:
                continue
            if "ta." in text and "talib.abstract as ta" not in sound.text:
                continue
            yield [Part(start, start, f"{indent}{MARK}{text}\n")]


@silent
def rows_are_dropped(sound: Sound) -> Iterator[Change]:
    """The frame that is returned has fewer rows than Freqtrade gave."""
    for method, frame in sound.frames:
        last = method.body[-1]
        if method.name == "populate_indicators" and isinstance(last, ast.Return):
            for text in (
                f"{frame} = {MARK}{frame}.dropna()",
                f"{MARK}{frame}.dropna(inplace=True)",
                f'{frame} = {MARK}{frame}[{frame}["volume"] > 0]',
                f"{frame} = {MARK}{frame}.tail(500)",
                f"{frame} = {MARK}{frame}.iloc[50:]",
            ):
                yield [sound.before(last, text + "\n")]
            yield [sound.swap(last, f"return {MARK}{frame}.dropna()")]
