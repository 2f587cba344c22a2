"""Where a strategy merges slower candles by itself, so that they are known before they close."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from freqgen_behaviour.columns import Source

_MERGING = frozenset({"merge", "merge_asof", "merge_ordered", "join", "concat", "map", "reindex"})
_FETCHING = frozenset({"get_pair_dataframe", "historic_ohlcv"})
_KNOWN_LATER = ("timedelta", "to_offset", "dateoffset", "label='right'", 'label="right"')
"""What code has that moves the dates of slower candles to where they close."""

FETCHED = (
    "a slower candle is known when it has closed, not when it opens: let Freqtrade's "
    "merge_informative_pair merge it"
)
RESAMPLED = (
    "a resampled candle is known when it has closed: resample with label='right' or shift it by "
    "one slower candle, or use @informative"
)


@dataclass
class _Slow:
    """A frame of slower candles.

    :param hint: What to write instead.
    :param text: The statements that made it, as far as they are read.
    :param names: Its name, and those of the frames that it was made of.
    """

    hint: str
    text: str
    names: frozenset[str]


@dataclass(frozen=True)
class Merge:
    """A statement that brings slower candles into the strategy's own.

    :param line: Its first line.
    :param last: Its last one.
    :param frames: Names that the slower frames had; empty where they have none.
    :param text: How they were made.
    """

    line: int
    last: int
    frames: frozenset[str]
    hint: str
    text: str


@dataclass
class _Reader:
    """Follows the names of slower frames through one function."""

    source: str
    slow: dict[str, _Slow] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)

    def read(self, function: ast.AST) -> None:
        for statement in _simple(function):
            text = ast.get_source_segment(self.source, statement) or ""
            frames = frozenset(_names(statement) & {*self.slow})
            hint = _made(statement)
            own = {*_assigned(statement)} <= {*self.slow}
            if _calls(statement, _MERGING) and (frames or hint) and not own:
                made = [self.slow[name] for name in sorted(frames)]
                self.merges.append(
                    Merge(
                        statement.lineno,
                        statement.end_lineno or statement.lineno,
                        frozenset().union(*(one.names for one in made)),
                        hint or made[0].hint,
                        " ".join([*(one.text for one in made), text]),
                    )
                )
                continue
            for name in _assigned(statement):
                if name in self.slow:
                    self.slow[name].text += f"\n{text}"
                elif hint or (frames and _whole(statement, frames)):
                    first = self.slow[min(frames)] if frames else _Slow(hint, "", frozenset())
                    self.slow[name] = _Slow(
                        hint or first.hint, f"{first.text}\n{text}", first.names | {name}
                    )


def find(source: Source, column: str, line: int | None, seen: bool) -> Merge | None:
    """The merge through which a column came that is known too early.

    :param line: The line that assigns it, if there is one.
    :param seen: Whether a run found that line.
    """
    merges = [m for m in _merges(source.text) if not _moved(m.text)]
    if not merges:
        return None
    if line is not None and seen:
        if own := [m for m in merges if m.line <= line <= m.last]:
            return own[0]
        frame = next(_frames(source.statement(line)), "")
        if after := [m for m in merges if frame in m.frames and m.line > line]:
            return after[0]
        if not source.mentions(line, column):
            return None
        merges = [m for m in merges if m.line < line]
    telling = [m for m in merges if _tells(m.text, column)]
    if not telling and line is None and len(merges) == 1:
        return merges[0]
    return telling[-1] if telling else None


def _frames(statement: str) -> Iterator[str]:
    """Names of the frames of which a statement assigns columns."""
    for node in ast.parse(statement).body:
        yield from _assigned(node)


def _tells(text: str, column: str) -> bool:
    """Whether code names a column."""
    return any(f"{quote}{column}{quote}" in text for quote in "'\"") or f"{column}=" in text


def _moved(text: str) -> bool:
    lower = text.lower().replace(" ", "")
    return any(word in lower for word in _KNOWN_LATER)


def _merges(text: str) -> list[Merge]:
    found: list[Merge] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            reader = _Reader(text)
            reader.read(node)
            found += reader.merges
    return sorted(found, key=lambda merge: merge.line)


def _simple(function: ast.AST) -> Iterator[ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Return]:
    """Assignments and returns in order, without those of functions in the function."""
    for node in ast.iter_child_nodes(function):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Return):
            yield node
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _simple(node)


def _names(node: ast.AST) -> set[str]:
    """Names that are read."""
    return {
        one.id
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)
    }


def _calls(statement: ast.AST, names: frozenset[str]) -> bool:
    for node in ast.walk(statement):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else ""
            if (name or getattr(function, "id", "")) in names:
                return True
    return False


def _made(statement: ast.AST) -> str:
    """The hint for what makes slower candles in a statement; empty if nothing does."""
    if _calls(statement, _FETCHING) and "self.timeframe" not in ast.unparse(statement):
        return FETCHED
    return RESAMPLED if _calls(statement, frozenset({"resample"})) else ""


def _assigned(statement: ast.stmt) -> Iterator[str]:
    """Names of what a statement assigns to, or to a column of which it assigns."""
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = list(statement.targets)
    elif isinstance(statement, ast.AnnAssign | ast.AugAssign):
        targets = [statement.target]
    for target in targets:
        owner: ast.expr = target
        while isinstance(owner, ast.Subscript | ast.Attribute):
            owner = owner.value
        if isinstance(owner, ast.Name):
            yield owner.id


def _whole(statement: ast.stmt, frames: frozenset[str]) -> bool:
    """Whether a statement makes a name for slower candles out of others."""
    value = getattr(statement, "value", None)
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    while isinstance(value, ast.Call | ast.Attribute | ast.Subscript):
        value = value.func if isinstance(value, ast.Call) else value.value
    return (
        isinstance(value, ast.Name)
        and value.id in frames
        and all(isinstance(target, ast.Name) for target in targets)
    )
