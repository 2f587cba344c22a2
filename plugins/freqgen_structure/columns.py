"""Which columns of the dataframe a strategy writes and reads, as far as its text shows.

Made for few false alarms: wherever a column may come from somewhere that the text does not
show, nothing is said about unwritten columns at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from freqgen import CANDLE_COLUMNS
from freqgen_structure.column_names import ANY, informative_pattern, name_pattern, written_names
from freqgen_structure.containers import is_container, is_kept_by_key
from freqgen_structure.nodes import argument, dotted, text_of
from freqgen_structure.signatures import (
    POPULATE,
    dataframe_parameter,
    informative_calls,
)
from freqgen_structure.unseen_columns import adds_unseen

if TYPE_CHECKING:
    from freqgen_structure.source import Source

SIGNALS = ("enter_long", "enter_short", "exit_long", "exit_short", "enter_tag", "exit_tag")
"""Columns that Freqtrade reads."""

CANDLES = frozenset({*CANDLE_COLUMNS, "date"})

# Written by Freqtrade itself where the configuration asks for public trades.
_ORDERFLOW = frozenset(
    "trades orderflow imbalances stacked_imbalances_bid stacked_imbalances_ask "
    "max_delta min_delta bid ask delta total_trades".split()
)
_GIVEN = CANDLES | _ORDERFLOW | frozenset(SIGNALS)
_LOCATORS = frozenset({"loc", "at"})
# What technical calls the columns of another timeframe that it made of the same candles.
_RESAMPLED = re.compile(r"resample_\d+_(?P<column>.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnUse:
    """One place where a column is named.

    :param method: The method that it happens in, or ``None``.
    """

    name: str
    node: cst.CSTNode
    method: str | None


@dataclass(slots=True, kw_only=True)
class Columns:
    """What a file does with columns.

    :param writes: Every column that is written under a plain name.
    :param patterns: What the names of columns written under computed names look like.
    :param reads: Every column that is read, or named in any other way.
    :param certain: Reads of the dataframe that Freqtrade passes along, no other.
    :param opaque: Whether columns may come from somewhere that the file does not show.
    """

    writes: list[ColumnUse] = field(default_factory=list)
    patterns: list[re.Pattern[str]] = field(default_factory=list)
    reads: list[ColumnUse] = field(default_factory=list)
    certain: list[ColumnUse] = field(default_factory=list)
    informative: list[re.Pattern[str]] = field(default_factory=list)
    opaque: bool = False

    def exists(self, name: str) -> bool:
        """Whether some statement of the file may write the column ``name``."""
        if self.opaque or name in _GIVEN or name in {use.name for use in self.writes}:
            return True
        if any(pattern.fullmatch(name) for pattern in self.patterns):
            return True
        for pattern in self.informative:
            match = pattern.fullmatch(name)
            column = match.groupdict().get("column") if match else None
            if match and (column is None or (column != name and self.exists(column))):
                return True
        return False


def columns_of(source: Source) -> Columns:
    """The columns of a file; computed once for each."""
    return source.once(_collected)


def _collected(source: Source) -> Columns:
    return _Collector(source).collect()


class _Collector:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.columns = Columns()
        self.stores: set[cst.CSTNode] = set()
        self.analysed: dict[cst.FunctionDef, set[str]] = {}

    def collect(self) -> Columns:
        columns = self.columns
        columns.opaque = self.source.uses_freqai or self.source.foreign_bases
        for assign in self.source.all(cst.Assign):
            for target in assign.targets:
                self._store(target.target, assign.value)
        for annotated in self.source.all(cst.AnnAssign):
            if annotated.value is not None:
                self._store(annotated.target, annotated.value)
        for augmented in self.source.all(cst.AugAssign):
            self._store(augmented.target, augmented.value)
        for call in self.source.all(cst.Call):
            self._call(call)
        self._flow()
        for subscript in self.source.all(cst.Subscript):
            if subscript not in self.stores:
                self._load(subscript)
        for method in self.source.methods.values():
            for arguments in informative_calls(self.source, method):
                columns.informative.append(informative_pattern(arguments))
        columns.writes.sort(key=lambda use: self.source.position(use.node))
        return columns

    def _use(self, name: str, node: cst.CSTNode) -> ColumnUse:
        function = self.source.function_of(node)
        return ColumnUse(name=name, node=node, method=function.name.value if function else None)

    # -- writes ------------------------------------------------------------

    def _store(self, target: cst.BaseExpression, value: cst.BaseExpression) -> None:
        if isinstance(target, cst.Tuple | cst.List):
            for element in target.elements:
                self._store(element.value, value)
        elif isinstance(target, cst.Subscript):
            self.stores.add(target)
            key = _column_key(target)
            base = target.value
            if key is None or is_container(self.source, base) or is_kept_by_key(self.source, base):
                return
            if isinstance(base, cst.Subscript) and _column_text(base) is not None:
                return  # rows of a column, as in frame["x"][5]
            self._write(key)
        elif isinstance(target, cst.Attribute) and target.attr.value == "columns":
            self._write(value)

    def _write(self, key: cst.BaseExpression) -> None:
        if isinstance(key, cst.List | cst.Tuple):
            for element in key.elements:
                self._write(element.value)
            return
        names = written_names(self.source, key)
        if names is not None:
            self.columns.writes += [self._use(name, key) for name in sorted(names)]
        elif not _is_number(key):
            self.columns.patterns.append(name_pattern(key, self.source))

    def _call(self, call: cst.Call) -> None:
        if not isinstance(call.func, cst.Attribute):
            if isinstance(call.func, cst.Name) and call.func.value == "DataFrame":
                self._frame(call)
            return
        name = call.func.attr.value
        if name == "insert" and len(call.args) >= 3:
            self._write(call.args[1].value)
        elif name == "assign":
            for arg in call.args:
                if arg.keyword is not None:
                    self.columns.writes.append(self._use(arg.keyword.value, arg.keyword))
                else:
                    self.columns.patterns.append(ANY)
        elif name in {"rename", "add_prefix", "add_suffix", "set_axis"}:
            self._rename(call)
        elif name == "DataFrame":
            self._frame(call)
        elif name == "update" and dotted(call.func.value) in {"dataframe", "df"}:
            self.columns.patterns.append(ANY)

    def _rename(self, call: cst.Call) -> None:
        mapping = argument(call, 99, "columns")
        if isinstance(mapping, cst.Lambda):
            self._renamed_by(mapping)
            return
        if not isinstance(mapping, cst.Dict):
            self.columns.patterns.append(ANY)
            return
        for element in mapping.elements:
            if isinstance(element, cst.DictElement):
                self._write(element.value)
            else:
                self.columns.patterns.append(ANY)

    def _renamed_by(self, function: cst.Lambda) -> None:
        """``lambda name: f"btc_{name}" if … else name``, which gives each column its new name."""
        given = {param.name.value for param in function.params.params}
        bodies: list[cst.BaseExpression] = [function.body]
        while bodies:
            body = bodies.pop()
            if isinstance(body, cst.IfExp):
                bodies += [body.body, body.orelse]
            elif not (isinstance(body, cst.Name) and body.value in given):
                self.columns.patterns.append(name_pattern(body, self.source))

    def _frame(self, call: cst.Call) -> None:
        data = argument(call, 0, "data")
        if isinstance(data, cst.Dict):
            for element in data.elements:
                if isinstance(element, cst.DictElement):
                    self._write(element.key)
        named = argument(call, 2, "columns")
        if named is not None:
            self._write(named)

    # -- where the dataframe goes ------------------------------------------

    def _flow(self) -> None:
        """Find out whether columns may be added outside the file, and follow the callbacks."""
        for call in self.source.all(cst.Call):
            path = self.source.imported(call.func) or dotted(call.func) or ""
            name = path.rpartition(".")[2]
            if name == "merge_informative_pair":
                self.columns.informative.append(self._merge_pattern(call))
            elif name == "resampled_merge":
                self.columns.informative.append(_RESAMPLED)
        self.columns.opaque = self.columns.opaque or adds_unseen(self.source)
        for function in self.source.all(cst.FunctionDef):
            self.analysed[function] = set(self._analysed(function))

    def _merge_pattern(self, call: cst.Call) -> re.Pattern[str]:
        suffix = argument(call, 7, "suffix")
        timeframe = argument(call, 3, "timeframe_inf")
        text = None
        if suffix is not None:
            text = text_of(suffix)
        elif timeframe is not None:
            text = text_of(timeframe)
            path = dotted(timeframe) or ""
            constant = self.source.attributes.get(path.removeprefix("self."))
            if text is None and constant is not None:
                text = text_of(constant[1])
        if text is None or argument(call, 5, "append_timeframe") is not None:
            return ANY if suffix is None and timeframe is None else re.compile(r".+_.+")
        return re.compile(rf".+_{re.escape(text)}")

    # -- reads -------------------------------------------------------------

    def _load(self, node: cst.Subscript) -> None:
        key = _column_key(node)
        if key is None:
            return
        items = [e.value for e in key.elements] if isinstance(key, cst.List | cst.Tuple) else [key]
        certain = self._is_frame(node)
        for item in items:
            for name in self.source.strings(item) or ():
                use = self._use(name, item)
                self.columns.reads.append(use)
                if certain and text_of(item) is not None:
                    self.columns.certain.append(use)

    def _is_frame(self, node: cst.Subscript) -> bool:
        """Whether a subscript reads the dataframe that Freqtrade passes along."""
        base = node.value
        function = self.source.function_of(node)
        if function is None or function not in self.source.methods.values():
            return False
        rows = False
        while isinstance(base, cst.Attribute | cst.Subscript | cst.Call):
            if isinstance(base, cst.Attribute) and base.attr.value in {"loc", "at", "iloc"}:
                rows = rows or base.attr.value == "iloc"
                base = base.value
            elif isinstance(base, cst.Subscript) and isinstance(base.value, cst.Attribute):
                base = base.value  # the last row of the frame, as in frame.iloc[-1]["rsi"]
            elif _unsqueezed(base) is not base:
                base = _unsqueezed(base)
            else:
                return False
        if not isinstance(base, cst.Name):
            return False
        if base.value in self.analysed.get(function, ()):
            return True
        name = function.name.value
        populates = name in POPULATE or bool(informative_calls(self.source, function))
        return populates and base.value == dataframe_parameter(function) and not rows

    def _analysed(self, function: cst.FunctionDef) -> Iterator[str]:
        """Names bound, once, to the analysed dataframe or to one of its rows."""
        frames: set[str] = set()
        bound: dict[str, int] = {}
        for assign in self.source.below(function.body, cst.Assign):
            for target in assign.targets:
                for name in self.source.below(target.target, cst.Name):
                    bound[name.value] = bound.get(name.value, 0) + 1
        for assign in self.source.below(function.body, cst.Assign):
            bind = assign.targets[0].target
            if isinstance(bind, cst.Tuple) and _method(assign.value) == "get_analyzed_dataframe":
                first = bind.elements[0].value
                if isinstance(first, cst.Name) and bound[first.value] == 1:
                    frames.add(first.value)
            elif isinstance(bind, cst.Name) and bound[bind.value] == 1:
                value = _unsqueezed(assign.value)
                if isinstance(value, cst.Subscript) and dotted(value.value) in {
                    f"{frame}.iloc" for frame in frames
                }:
                    frames.add(bind.value)
        yield from frames


def _unsqueezed(node: cst.BaseExpression) -> cst.BaseExpression:
    """``row`` of ``row.squeeze()``, which holds the same columns."""
    match node:
        case cst.Call(func=cst.Attribute(value=row, attr=cst.Name(value="squeeze"))):
            return row
    return node


def _method(node: cst.CSTNode) -> str | None:
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        return node.func.attr.value
    return None


def _is_number(key: cst.BaseExpression) -> bool:
    if isinstance(key, cst.UnaryOperation):
        return _is_number(key.expression)
    return isinstance(key, cst.Integer | cst.Float)


def _column_text(node: cst.Subscript) -> str | None:
    key = _column_key(node)
    return text_of(key) if key is not None else None


def _column_key(node: cst.Subscript) -> cst.BaseExpression | None:
    """The expression that names the column in ``frame[…]`` or ``frame.loc[…, …]``."""
    located = isinstance(node.value, cst.Attribute) and node.value.attr.value in {
        *_LOCATORS,
        "iloc",
        "iat",
    }
    if located:
        named = isinstance(node.value, cst.Attribute) and node.value.attr.value in _LOCATORS
        if not named or len(node.slice) != 2:
            return None
        element = node.slice[1].slice
    elif len(node.slice) == 1:
        element = node.slice[0].slice
    else:
        return None
    return element.value if isinstance(element, cst.Index) else None
