"""Whether a column is read at all, so that one that knows the future may only be plotted.

The answer is yes wherever it cannot be told. Every place that holds a dataframe must be one of
those known here, with the columns that are taken out of it named in the text; then a column whose
name stands nowhere else than where it is assigned and in ``plot_config`` is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.column_names import name_pattern
from freqgen_structure.columns import CANDLES, SIGNALS, columns_of
from freqgen_structure.frames import Frames
from freqgen_structure.nodes import root_of, text_of
from freqgen_structure.signatures import informative_calls

if TYPE_CHECKING:
    from freqgen_structure.source import Source

# What Freqtrade reads, or did under older names.
_READ_BY_FREQTRADE = CANDLES | {*SIGNALS, "buy", "sell", "buy_tag", "sell_tag"}

# Methods of a series that give another one and keep nothing.
_SERIES = frozenset(
    "abs add astype between bfill backfill clip cummax cummin cumsum diff div eq ewm ffill fillna "
    "ge gt interpolate isna le lt max mean median min mul ne notna pct_change pow quantile "
    "rolling round rsub shift std sub sum truediv var where".split()
)
_FUNCTIONS = re.compile(
    r"talib\.(abstract\.)?[A-Z][A-Z0-9_]*|(technical|freqtrade\.vendor)\.qtpylib\.[\w.]+|"
    r"numpy\.(abs|absolute|exp|log|log1p|maximum|minimum|nan_to_num|roll|select|sign|sqrt|where)"
)
_MOST_COLUMNS = 30
"""Columns of one file that are looked for; each takes a pass over its strings."""


@dataclass(slots=True)
class _Kept:
    """What is computed once for each file."""

    frames: dict[str, Frames] = field(default_factory=dict)
    answers: dict[tuple[str, str], bool] = field(default_factory=dict)


def unread_column(source: Source, node: cst.BaseExpression) -> str | None:
    """The column that the value of ``node`` goes into, if nothing in the file reads it.

    :return: The name of the column, of the first one where several are assigned; ``None`` if the
        value goes elsewhere, or if something may read it.
    """
    targets = _assigned(source, node)
    if not targets or not all(_unread(source, frame, column) for frame, column in targets):
        return None
    return targets[0][1]


def unread_target(source: Source, targets: Iterable[cst.CSTNode]) -> str | None:
    """The first column that is assigned, if all targets are columns that nothing reads."""
    found = [_target(target) for target in targets]
    known = [target for target in found if target is not None]
    if not known or len(known) != len(found):
        return None
    return known[0][1] if all(_unread(source, *target) for target in known) else None


def _assigned(source: Source, node: cst.CSTNode) -> list[tuple[str, str]]:
    """Frame and column of every target that gets the value of ``node``, and nothing else does."""
    current = node
    parent = source.parent(node)
    if _in_place(node):
        return []
    while isinstance(parent, cst.BaseExpression | cst.Arg | cst.ComparisonTarget | cst.Element):
        if not _passes(source, parent, current):
            return []
        current, parent = parent, source.parent(parent)
    if source.function_of(node) is None:
        return []
    if isinstance(parent, cst.Assign) and parent.value is current:
        found = [_target(target.target) for target in parent.targets]
    elif isinstance(parent, cst.AnnAssign) and parent.value is current:
        found = [_target(parent.target)]
    else:
        return []
    targets = [target for target in found if target is not None]
    return targets if len(targets) == len(found) else []


def _in_place(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Call) and any(
        arg.star or (arg.keyword is not None and arg.keyword.value in {"inplace", "out"})
        for arg in node.args
    )


def _passes(source: Source, parent: cst.CSTNode, child: cst.CSTNode) -> bool:
    """Whether ``parent`` makes a new value of its part ``child``, and keeps it nowhere."""
    match parent:
        case cst.Call():
            if _in_place(parent):
                return False
            if parent.func is child:  # a method of the value, named where its attribute is
                return isinstance(child, cst.Attribute) and child.attr.value in _SERIES
            if isinstance(parent.func, cst.Attribute) and not source.imported(parent.func):
                # Not add, by which a set keeps what it is given.
                return parent.func.attr.value in _SERIES - {"add"}
            return _FUNCTIONS.fullmatch(source.imported(parent.func) or "") is not None
        case cst.Attribute():
            called = source.parent(parent)
            method = isinstance(called, cst.Call) and called.func is parent
            return method or parent.attr.value == "values"
        case cst.Subscript():
            return parent.value is child and _column(parent) is not None
        case cst.Arg() | cst.ComparisonTarget() | cst.Comparison() | cst.BinaryOperation():
            return True
        case cst.UnaryOperation() | cst.IfExp() | cst.List() | cst.Tuple() | cst.Element():
            return True
    return False


def _target(node: cst.CSTNode) -> tuple[str, str] | None:
    """Frame and column of ``frame["column"]`` and ``frame.loc[rows, "column"]``."""
    if not isinstance(node, cst.Subscript):
        return None
    base, column = node.value, _column(node)
    if isinstance(base, cst.Attribute) and base.attr.value == "loc" and len(node.slice) == 2:
        base = base.value
    elif len(node.slice) != 1:
        return None
    return (base.value, column) if isinstance(base, cst.Name) and column is not None else None


def _column(node: cst.Subscript) -> str | None:
    index = node.slice[-1].slice
    return text_of(index.value) if isinstance(index, cst.Index) else None


def _kept(_: Source) -> _Kept:
    return _Kept()


def _unread(source: Source, frame: str, column: str) -> bool:
    kept = source.once(_kept)
    key = (frame, column)
    if key not in kept.answers:
        if len(kept.answers) >= _MOST_COLUMNS:
            return False
        frames = kept.frames.get(frame) or Frames(source, frame)
        kept.frames[frame] = frames
        kept.answers[key] = not _may_be_read(source, frames, column)
    return kept.answers[key]


def _may_be_read(source: Source, frames: Frames, column: str) -> bool:
    if column in _READ_BY_FREQTRADE or source.uses_freqai or source.foreign_bases:
        return True
    if frames.opaque:
        return True
    renamed, anywhere = _renamed(source)
    for key in frames.computed:
        begins = name_pattern(key).pattern.partition(".*")[0].replace("\\", "")
        if anywhere or (name_pattern(key).fullmatch(column) is not None):
            return True
        if renamed and (begins.startswith(column) or column.startswith(begins)):
            return True
    quoted = re.escape(column)
    edges = (r"(?<![^\W_])", r"(?![^\W_])") if renamed else (r"(?<!\w)", r"(?!\w)")
    named = re.compile(quoted if anywhere else f"{edges[0]}{quoted}{edges[1]}")
    if any(
        named.search(node.attr.value) and not _plots(source, node) and not _called(source, node)
        for node in source.all(cst.Attribute)
    ):
        return True
    return any(
        named.search(text) and not _harmless(source, node, column) for node, text in _texts(source)
    )


def _called(source: Source, node: cst.Attribute) -> bool:
    """Whether an attribute is a method that is called, which no column is."""
    call = source.parent(node)
    return isinstance(call, cst.Call) and call.func is node


def _renamed(source: Source) -> tuple[bool, bool]:
    """Whether columns get a suffix, and whether their names may change in any other way."""
    calls = [c for m in source.all(cst.FunctionDef) for c in informative_calls(source, m)]
    return (
        bool(calls or columns_of(source).informative),
        any(call.asset or call.fmt or not call.plain for call in calls),
    )


def _texts(source: Source) -> Iterator[tuple[cst.CSTNode, str]]:
    for node in source.all(cst.SimpleString, cst.ConcatenatedString):
        if isinstance(node, cst.BaseExpression):
            yield node, text_of(node) or ""
    for part in source.all(cst.FormattedStringText):
        yield part, part.value


def _harmless(source: Source, node: cst.CSTNode, column: str) -> bool:
    """Whether a text that names a column is none that reads it."""
    parent = source.parent(node)
    if isinstance(parent, cst.ConcatenatedString):
        return _harmless(source, parent, column)
    if isinstance(parent, cst.Expr):
        return True  # it documents
    if _plots(source, node):
        return True
    subscript = next((a for a in source.ancestors(node) if isinstance(a, cst.Subscript)), None)
    if subscript is None or text_of(node) != column:
        return False
    target = _target(subscript)
    if target is None or target[1] != column:
        return False
    holder = source.parent(subscript)
    if isinstance(holder, cst.AssignTarget) or (
        isinstance(holder, cst.AnnAssign) and holder.target is subscript
    ):
        return True
    # What makes the column anew of itself, as in frame["x"] = frame["x"].ffill(), reads nothing.
    into = _assigned(source, subscript)
    return bool(into) and all(name == column for _, name in into)


def _plots(source: Source, node: cst.CSTNode) -> bool:
    """Whether ``node`` stands in ``plot_config``, and takes nothing out of a frame there."""
    inside = node
    for outer in source.ancestors(node):
        if isinstance(outer, cst.SubscriptElement):
            holder = source.parent(outer)
            chain = _root(holder) if holder is not None else ""
            if chain != "plot_config":
                return False
        elif isinstance(outer, cst.Assign):
            if all(_root(target.target) == "plot_config" for target in outer.targets):
                return True
        elif isinstance(outer, cst.AnnAssign):
            if _root(outer.target) == "plot_config":
                return True
        elif isinstance(outer, cst.FunctionDef):
            return outer.name.value == "plot_config" and inside is outer.body
        inside = outer
    return False


def _root(node: cst.CSTNode) -> str:
    """The name under ``name[…][…]`` or ``self.name[…]``."""
    while isinstance(node, cst.Subscript):
        node = node.value
    chain = root_of(node)
    if chain is None:
        return ""
    name, attributes = chain
    return ".".join(attributes) if name.value == "self" else ".".join([name.value, *attributes])
