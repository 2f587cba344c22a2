"""Where a file gives a name of the strategy a value, in whatever way Python has for it."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto


class Way(Enum):
    """How a name gets its value."""

    VALUE = auto()
    """``name = …`` or ``name: type = …``, the only one directly in the body of its class."""
    METHOD = auto()
    """``def name(…)`` without decorators, the only one directly in the body of its class."""
    OTHER = auto()
    """Anything else: on ``self``, again, in a loop, by an import, as a property."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One place that gives a name a value.

    :param line: From 1.
    :param column: From 1.
    """

    name: str
    way: Way
    line: int
    column: int


def bindings(tree: ast.Module, classes: Collection[str], names: Collection[str]) -> list[Binding]:
    """All places of a file that set one of some attributes of some classes, in its order.

    An attribute that is assigned counts on whatever object, since which one it is cannot be known.

    :param classes: Names of the classes whose bodies count.
    """
    found = _Finder(classes=classes, names=names)
    found.visit(tree)
    return sorted(found.bindings, key=lambda one: (one.line, one.column))


@dataclass(slots=True)
class _Finder(ast.NodeVisitor):
    classes: Collection[str]
    names: Collection[str]
    bindings: list[Binding] = field(default_factory=list)
    inside: ast.AST | None = None
    """The function or class around, ``None`` in the module."""

    def visit(self, node: ast.AST) -> None:
        if self._in_class() and (bound := _bound(node)) in self.names:
            self._add(bound, Way.OTHER, node)
        match node:
            case ast.Attribute(attr=name, ctx=ast.Store() | ast.Del()) if name in self.names:
                self._add(name, Way.OTHER, node)
        match node:
            case ast.AnnAssign(target=target, annotation=annotation, value=None):
                # It gives nothing a value, but Python works out what stands in it.
                self.visit(annotation)
                self.generic_visit(target)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._around(node.decorator_list, node.args, node.returns)
                self._within(node, node.body)
            case ast.Lambda():
                self._around(node.args)
                self._within(node, [node.body])
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                self._within(node, ast.iter_child_nodes(node))
            case ast.ClassDef():
                self._class(node)
            case _:
                self.generic_visit(node)

    def _around(self, *parts: ast.AST | Sequence[ast.AST] | None) -> None:
        """What belongs to a definition and is worked out where that stands, as defaults are."""
        for part in parts:
            for node in part if isinstance(part, Sequence) else (part,):
                if node is not None:
                    self.visit(node)

    def _within(self, node: ast.AST, body: Iterable[ast.AST]) -> None:
        """What has names of its own."""
        outer, self.inside = self.inside, node
        for one in body:
            self.visit(one)
        self.inside = outer

    def _class(self, node: ast.ClassDef) -> None:
        """A class, in whose body the first plain way of each name is a good one."""
        self._around(node.decorator_list, node.bases, node.keywords)
        mark = len(self.bindings)
        self._within(node, node.body)
        if node.name not in self.classes:
            return
        plain = dict(_plain(node))
        seen: set[str] = set()
        for number, one in enumerate(self.bindings[mark:], start=mark):
            way = plain.get((one.line, one.column))
            if way is not None and one.name not in seen:
                self.bindings[number] = Binding(
                    name=one.name, way=way, line=one.line, column=one.column
                )
            seen.add(one.name)

    def _in_class(self) -> bool:
        return isinstance(self.inside, ast.ClassDef) and self.inside.name in self.classes

    def _add(self, name: str, way: Way, node: ast.AST) -> None:
        line, column = _place(node)
        self.bindings.append(Binding(name=name, way=way, line=line, column=column))


def _bound(node: ast.AST) -> str:
    """The name that a node binds in the scope around it; empty if it binds none."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.alias(name=path, asname=name):
            return name or path.partition(".")[0]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            return name
        case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            return name
    return ""


def _plain(node: ast.ClassDef) -> Iterator[tuple[tuple[int, int], Way]]:
    """The places of plain values and methods in the body of a class."""
    for statement in node.body:
        match statement:
            case ast.AnnAssign(target=ast.Name() as target, value=value) if value is not None:
                yield _place(target), Way.VALUE
            case ast.Assign(targets=[ast.Name() as target]):
                yield _place(target), Way.VALUE
            case ast.FunctionDef(decorator_list=[]):
                yield _place(statement), Way.METHOD


def _place(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
