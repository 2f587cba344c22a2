"""Slips that a study of hand-written cases found missed: texts, methods, lists and times."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.benchmarks.mutations.making import MARK, Change, Sound, operator

silent = operator("silent")
interface = operator("interface")
outdated = operator("outdated")


@silent
def method_not_called(sound: Sound) -> Iterator[Change]:
    for node, frame, column in sound.made:
        value = f'{frame}["{column}"]'
        for text in (f"{value}.abs", f"{value}.rolling(5).mean", f"{value}.rolling(5)"):
            indent = sound.indent(node)
            whole = sound.src(node)
            yield [sound.swap(node, f"{whole}\n{indent}{MARK}{value} = {text}")]


@silent
def text_of_another_kind(sound: Sound) -> Iterator[Change]:
    for node, _, _ in sound.reads:
        compare = sound.parents[node]
        if isinstance(compare, ast.Compare) and isinstance(compare.comparators[0], ast.Constant):
            number = compare.comparators[0]
            if isinstance(compare.ops[0], ast.Lt | ast.Gt):
                yield [sound.swap(number, f'{MARK}"{sound.src(number)}"')]


@silent
def conditions_gathered_wrongly(sound: Sound) -> Iterator[Change]:
    for node, condition, columns, frame in sound.marks:
        test, column = sound.src(condition), sound.src(columns)
        value, indent = sound.src(node.value), sound.indent(node)
        start = f"gathered = []\n{indent}gathered.append({test})\n{indent}"
        for joined in ("all(gathered)", "any(gathered)", "reduce(gathered)"):
            text = f"{start}{MARK}{frame}.loc[{joined}, {column}] = {value}"
            yield [sound.swap(node, text), *sound.importing("from functools import reduce")]


@silent
def rows_and_columns_swapped(sound: Sound) -> Iterator[Change]:
    for node, condition, columns, frame in sound.marks:
        test, column = sound.src(condition), sound.src(columns)
        if "\n" not in test:
            text = f"{MARK}{frame}.loc[{column}, {test}] = {sound.src(node.value)}"
            yield [sound.swap(node, text)]


@interface
def text_never_given(sound: Sound) -> Iterator[Change]:
    if "leverage" not in sound.methods:
        for wrong in ("buy", "sell", "LONG"):
            yield [
                sound.method(
                    "def leverage(self, pair, current_time, current_rate, proposed_leverage, "
                    "max_leverage, entry_tag, side, **kwargs):\n"
                    f'    return 2.0 if {MARK}side == "{wrong}" else 1.0\n'
                )
            ]


@interface
def base_not_set_up(sound: Sound) -> Iterator[Change]:
    if "__init__" not in sound.methods:
        for given in ("", ", config", ", config: dict"):
            yield [sound.method(f"def __init__(self{given}):{MARK}\n    self.notes = {{}}\n")]


@outdated
def unit_of_times(sound: Sound) -> Iterator[Change]:
    for node, frame, column in sound.made:
        for kind in ('"int64"', "int"):
            for by in ("// 10**9", "/ 1e9"):
                text = f'{frame}["date"].astype({kind}) {by} * 0 + {frame}["{column}"]'
                whole, indent = sound.src(node), sound.indent(node)
                new = f'{whole}\n{indent}{MARK}{frame}["{column}"] = {text}'
                yield [sound.swap(node, new)]
