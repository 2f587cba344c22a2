"""What an operator of the mutation study needs: a sound strategy's text, and ways to change it.

An operator is a generator that takes a :class:`Sound` and yields changes, each a list of
``(start, end, text)`` in the strategy's text. A ``§`` in a text marks the line of the defect, and
several of them mark lines that are all right to name. The mark itself is not written.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

MARK = "§"
SIGNALS = ("populate_entry_trend", "populate_exit_trend")
POPULATE = ("populate_indicators", *SIGNALS)
CANDLE = ("date", "open", "high", "low", "close", "volume")


class Part(NamedTuple):
    """A piece of the text that is replaced."""

    start: int
    end: int
    text: str


Change = list[Part]
Make = Callable[["Sound"], Iterator[Change]]


@dataclass(frozen=True)
class Operator:
    """One kind of defect."""

    family: str
    name: str
    make: Make


@dataclass(frozen=True)
class Mutant:
    """A strategy with one defect.

    :param lines: The lines that a finding may name.
    """

    family: str
    operator: str
    origin: str
    class_name: str
    source: str
    lines: frozenset[int]


OPERATORS: list[Operator] = []


def operator(family: str) -> Callable[[Make], Make]:
    """Register a function as an operator of this family, under its own name."""

    def register(make: Make) -> Make:
        OPERATORS.append(Operator(family, make.__name__.replace("_", "-"), make))
        return make

    return register


class Sound:
    """A strategy without a defect, and where in its text things are."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.tree = ast.parse(text)
        self._starts = [0]
        for line in text.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._lines = text.splitlines()
        self.cls = next(
            node
            for node in reversed(self.tree.body)
            if isinstance(node, ast.ClassDef)
            and any("IStrategy" in ast.unparse(base) for base in node.bases)
        )
        self.class_name = self.cls.name
        self.parents = {
            child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)
        }

    # -- places ------------------------------------------------------------

    def at(self, line: int, column: int) -> int:
        """The offset of CPython's line and column, which counts bytes."""
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        return self._starts[line - 1] + len(text.encode()[:column].decode())

    def span(self, node: ast.AST) -> tuple[int, int]:
        return (
            self.at(node.lineno, node.col_offset),
            self.at(node.end_lineno, node.end_col_offset),
        )

    def src(self, node: ast.AST) -> str:
        start, end = self.span(node)
        return self.text[start:end]

    def swap(self, node: ast.AST, text: str) -> Part:
        """Write ``text`` in place of a node."""
        return Part(*self.span(node), text)

    def line_of(self, node: ast.AST) -> tuple[int, int]:
        """The whole lines of a statement, their last line break included."""
        return self._starts[node.lineno - 1], self._starts[node.end_lineno]

    def indent(self, node: ast.stmt) -> str:
        return " " * node.col_offset

    def before(self, statement: ast.stmt, code: str) -> Part:
        """Put statements in front of another one."""
        start = self._starts[statement.lineno - 1]
        return Part(start, start, textwrap.indent(textwrap.dedent(code), self.indent(statement)))

    def instead(self, statement: ast.stmt, code: str) -> Part:
        """Put statements in place of another one."""
        text = textwrap.indent(textwrap.dedent(code), self.indent(statement))
        return Part(*self.line_of(statement), text if text.endswith("\n") else text + "\n")

    def method(self, code: str) -> Part:
        """Put a method at the class's end."""
        end = self._starts[self.cls.end_lineno]
        text = "\n" + textwrap.indent(textwrap.dedent(code).strip("\n"), "    ") + "\n"
        return Part(end, end, text if self.text[:end].endswith("\n") else "\n" + text)

    def attribute(self, code: str) -> Part:
        """Put an attribute at the head of the class, behind its docstring."""
        first = self.cls.body[0]
        text = textwrap.indent(textwrap.dedent(code).strip("\n"), "    ") + "\n"
        if isinstance(first, ast.Expr):
            end = self._starts[first.end_lineno]
            return Part(end, end, text)
        return Part(self._starts[first.lineno - 1], self._starts[first.lineno - 1], text)

    def importing(self, code: str) -> list[Part]:
        """The import if it is not there yet."""
        if any(line.split("#")[0].strip() == code for line in self._lines):
            return []
        first = next(
            node
            for node in self.tree.body
            if isinstance(node, ast.Import | ast.ImportFrom)
            and getattr(node, "module", "") != "__future__"
        )
        start = self._starts[first.lineno - 1]
        return [Part(start, start, code + "\n")]

    def append(self, code: str) -> Part:
        """Put something at the end of the file."""
        return Part(len(self.text), len(self.text), "\n" * (not self.text.endswith("\n")) + code)

    # -- what is in a strategy ---------------------------------------------

    @cached_property
    def methods(self) -> dict[str, ast.FunctionDef]:
        return {n.name: n for n in self.cls.body if isinstance(n, ast.FunctionDef)}

    @cached_property
    def attributes(self) -> dict[str, ast.Assign | ast.AnnAssign]:
        """The class attributes, by name."""
        found: dict[str, ast.Assign | ast.AnnAssign] = {}
        for node in self.cls.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                found[node.targets[0].id] = node
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                found[ast.unparse(node.target)] = node
        return found

    @cached_property
    def frames(self) -> list[tuple[ast.FunctionDef, str]]:
        """The methods that make columns, and what each calls its frame."""
        found = []
        for name, method in self.methods.items():
            informative = any("informative" in ast.unparse(d) for d in method.decorator_list)
            if name in POPULATE or informative:
                found.append((method, method.args.args[1].arg))
        return found

    @cached_property
    def signals(self) -> list[tuple[ast.FunctionDef, str]]:
        return [(m, f) for m, f in self.frames if m.name in SIGNALS]

    @cached_property
    def indicators(self) -> tuple[ast.FunctionDef, str]:
        return next((m, f) for m, f in self.frames if m.name == "populate_indicators")

    def column(self, node: ast.AST, frame: str) -> str | None:
        """The column that a node reads or writes of the frame, if it is one."""
        match node:
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(column))):
                return column if name == frame else None
            case ast.Attribute(value=ast.Name(id=name), attr=attr):
                return attr if name == frame and attr in self.written | set(CANDLE) else None
        return None

    @cached_property
    def written(self) -> set[str]:
        """All columns that the strategy makes."""
        return {
            target.slice.value
            for method, frame in self.frames
            for node in ast.walk(method)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Subscript)
            and ast.unparse(target.value) == frame
            and isinstance(target.slice, ast.Constant)
        }

    @cached_property
    def reads(self) -> list[tuple[ast.expr, str, str]]:
        """The columns that conditions of entry and exit compare: node, frame and column."""
        found = []
        for method, frame in self.signals:
            for node in ast.walk(method):
                if isinstance(node, ast.Compare):
                    for side in (node.left, *node.comparators):
                        column = self.column(side, frame)
                        if column is not None and not column.startswith(("enter_", "exit_")):
                            found.append((side, frame, column))
        return found

    @cached_property
    def made(self) -> list[tuple[ast.Assign, str, str]]:
        """The plain assignments of columns that something else reads: node, frame and column."""
        found = []
        for method, frame in self.frames:
            if method.name in SIGNALS:
                continue
            for node in ast.walk(method):
                if not isinstance(node, ast.Assign) or len(node.targets) != 1:
                    continue
                column = self.column(node.targets[0], frame)
                if column is None or not isinstance(node.targets[0], ast.Subscript):
                    continue
                if isinstance(node.value, ast.Constant):
                    continue  # no series, whatever is called on it
                if method.name == "populate_indicators":
                    used = self.text.count(f'"{column}"') + self.text.count(f"'{column}'")
                    used += self.text.count(f"{frame}.{column}")
                else:
                    used = 2 if f"{column}_" in self.text else 0
                if used > 1:
                    found.append((node, frame, column))
        return found

    @cached_property
    def marks(self) -> list[tuple[ast.Assign, ast.expr, ast.expr, str]]:
        """``frame.loc[condition, columns] = value``: statement, condition, columns and frame."""
        found = []
        for method, frame in self.signals:
            for node in ast.walk(method):
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
                    target = node.targets[0]
                    if ast.unparse(target.value) == f"{frame}.loc" and isinstance(
                        target.slice, ast.Tuple
                    ):
                        found.append((node, target.slice.elts[0], target.slice.elts[1], frame))
        return found

    def calls(self, prefix: str) -> list[ast.Call]:
        """The calls of functions whose written name begins so."""
        return [
            node
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith(prefix)
        ]

    def atom(self, node: ast.expr) -> str:
        """The node's text, in parentheses where a method call behind it would need them."""
        text = self.src(node)
        return text if isinstance(node, ast.Subscript | ast.Call | ast.Attribute) else f"({text})"


def mutant(op: Operator, sound: Sound, change: Change) -> Mutant:
    """The strategy with a change made.

    :raises SyntaxError: If the change breaks the text, which is a fault of the operator.
    """
    text = sound.text
    for part in sorted(change, key=lambda p: (p.start, p.end), reverse=True):
        text = text[: part.start] + part.text + text[part.end :]
    lines = set()
    while MARK in text:
        lines.add(text.count("\n", 0, text.index(MARK)) + 1)
        text = text.replace(MARK, "", 1)
    try:
        ast.parse(text)
    except SyntaxError as exc:
        raise SyntaxError(f"{op.name} on {sound.name}: {exc}\n{text}") from exc
    if not lines or text == sound.text:
        raise ValueError(f"{op.name} on {sound.name} marks no line, or changes nothing: {change}")
    return Mutant(op.family, op.name, sound.name, sound.class_name, text, frozenset(lines))
