"""Where a column of a strategy comes from, and whether anything depends on it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from freqgen_behaviour.common import CANDLES, SIGNALS


@dataclass(frozen=True)
class Source:
    """A strategy's source, read for its columns. It is never run here.

    :param text: Python source that parses.
    """

    text: str
    _tree: ast.Module = field(init=False, compare=False)
    _lines: tuple[str, ...] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_tree", ast.parse(self.text))
        object.__setattr__(self, "_lines", tuple(self.text.split("\n")))

    def line(self, number: int | None) -> str:
        """A line of the text, without its indentation; empty if there is none."""
        if number is None or not 0 < number <= len(self._lines):
            return ""
        return self._lines[number - 1].strip()

    def line_of(self, column: str, seen: Mapping[str, int]) -> int | None:
        """The line that assigns a column.

        :param seen: Lines by column, as a run found them. A column of informative candles has
            another name there: it got its timeframe and asset when it was merged.
        """
        if column in seen:
            return seen[column]
        named = [name for name in seen if re.search(rf"(^|_){re.escape(name)}(_|$)", column)]
        if named:
            return seen[max(named, key=len)]
        named_in = [
            node.lineno
            for statement in _statements(self._tree)
            for node in _own(statement)
            if isinstance(node, ast.Constant) and node.value == column
        ]
        return min(named_in, default=None)

    def statement(self, line: int | None) -> str:
        """The smallest statement that a line is in; empty if there is none."""
        found: ast.stmt | None = None
        for node in ast.walk(self._tree):
            if isinstance(node, ast.stmt) and line is not None and _covers(node, line):
                smaller = found is None or (_height(node) <= _height(found))
                found = node if smaller else found
        return "" if found is None else ast.get_source_segment(self.text, found) or ""

    def mentions(self, line: int | None, column: str) -> bool:
        """Whether the statement of a line names a column, other than as what it assigns."""
        text = self.statement(line)
        if not text:
            return False
        try:
            tree = ast.parse(text)
        except SyntaxError:
            return False
        targets = set(map(id, _targets(tree)))
        return any(column in _names(node) for node in ast.walk(tree) if id(node) not in targets)

    def uses(self, column: str) -> bool:
        """Whether a signal or a callback may depend on a column.

        It does not if the source names it only where it is assigned, and where it is plotted or
        printed; where that cannot be told, it may.
        """
        if column in SIGNALS:
            return True
        named = False
        for statement in _statements(self._tree):
            if _is_printed(statement):
                continue
            if any(isinstance(n, ast.Attribute) and n.attr == "columns" for n in _own(statement)):
                return True  # it goes through all columns
            targets = [node for node in _own(statement) if id(node) in _target_ids(statement)]
            assigned = {name for node in targets for name in _names(node)}
            named = named or column in assigned
            if column in assigned:
                continue  # what it is made of may have the same name
            for node in _own(statement):
                text = node.value if isinstance(node, ast.Constant) else None
                if isinstance(text, str) and re.search(rf"\b{re.escape(column)}\b", text):
                    return True
                if isinstance(node, ast.Attribute) and node.attr == column:
                    return True
        return not named


def _covers(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _height(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """All statements, without the text that documents and without what is plotted."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.stmt):
            if _is_plot(node):
                continue  # with all that is in it
            if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
                yield node
        waiting += ast.iter_child_nodes(node)


def _own(statement: ast.stmt) -> Iterator[ast.AST]:
    """Nodes of a statement, without those of statements in it."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [n for n in ast.iter_child_nodes(node) if not isinstance(n, ast.stmt)]


def _is_plot(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.FunctionDef):
        return statement.name == "plot_config"
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return False
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return any(
        (isinstance(t, ast.Name) and t.id == "plot_config")
        or (isinstance(t, ast.Attribute) and t.attr == "plot_config")
        for t in targets
    )


_LOGGERS = frozenset({"log", "logger", "logging", "_log", "_logger"})
_LEVELS = frozenset({"debug", "info", "warning", "error", "critical", "exception", "log"})
_HARMLESS = frozenset(
    {"any", "all", "count", "describe", "dict", "format", "head", "join", "len", "list", "max"}
    | {"mean", "min", "repr", "round", "set", "sorted", "str", "sum", "tail", "to_list"}
    | {"to_string", "tolist", "tuple", "type", "unique", "value_counts"}
)
"""Functions and methods that change nothing."""


def _is_printed(statement: ast.stmt) -> bool:
    """Whether a statement prints or logs and does nothing else, as far as that can be told."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    call = statement.value
    if not _prints(call.func):
        return False
    return not any(
        isinstance(node, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom)
        or (isinstance(node, ast.Call) and node is not call and not _is_harmless(node.func))
        for node in ast.walk(call)
    )


def _prints(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id in {"print", "pprint"}
    if not isinstance(function, ast.Attribute) or function.attr not in _LEVELS:
        return False
    owner = function.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return name.lower() in _LOGGERS


def _is_harmless(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id in _HARMLESS
    if not isinstance(function, ast.Attribute) or function.attr not in _HARMLESS:
        return False
    # A method of the strategy's own may have any name.
    return not (isinstance(function.value, ast.Name) and function.value.id in {"self", "cls"})


def _targets(tree: ast.AST) -> Iterator[ast.AST]:
    """What assignments assign to: ``x["a"]``, ``x.loc[rows, "a"]`` and ``x.loc[rows, ["a"]]``."""
    for node in ast.walk(tree):
        targets: Iterable[ast.expr] = ()
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        for target in targets:
            if not isinstance(target, ast.Subscript):
                continue
            key: ast.expr = target.slice
            if isinstance(key, ast.Tuple) and key.elts:
                key = key.elts[-1]
            yield from ast.walk(key)


def _target_ids(statement: ast.stmt) -> set[int]:
    shallow = ast.Module(body=[statement], type_ignores=[])
    return set(map(id, _targets(shallow)))


def _names(node: ast.AST) -> tuple[str, ...]:
    """Columns that a node names."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return (node.value,)
    return (node.attr,) if isinstance(node, ast.Attribute) else ()


def own_columns(columns: Iterable[str]) -> list[str]:
    """Columns that a strategy added to the candles, in order, signals last."""
    added = [column for column in columns if column not in CANDLES]
    return sorted(added, key=lambda name: SIGNALS.index(name) + 1 if name in SIGNALS else 0)
