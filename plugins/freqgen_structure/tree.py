"""The tree of a file: LibCST's, with positions and scopes, indexed by type of node."""

from __future__ import annotations

import ast
import threading
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, Self, TypeVar

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider, Scope, ScopeProvider

from freqgen_structure.reading import Problem, Reading, read, too_deep

NodeT = TypeVar("NodeT", bound=cst.CSTNode)
ResultT = TypeVar("ResultT")

# More than half of the nodes. LibCST works out anew each time that a node has no children.
_LEAVES = frozenset({cst.Comment, cst.Newline, cst.SimpleWhitespace})
_STACK_BYTES = 64 * 1024 * 1024
_stack_lock = threading.Lock()


def in_fresh_thread(function: Callable[[], ResultT]) -> ResultT:
    """Run ``function`` with an empty stack of known size.

    LibCST recurses once per level of nesting; the result must not depend on how deep its
    caller is already.
    """
    results: list[ResultT] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(function())
        except BaseException as exc:  # noqa: BLE001  (handed to the caller)
            errors.append(exc)

    with _stack_lock:
        before = threading.stack_size(_STACK_BYTES)
        try:
            thread = threading.Thread(target=run, name="freqgen-structure")
            thread.start()
        finally:
            threading.stack_size(before)
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


class Tree:
    """The tree of one file, and where each node of it stands.

    :param text: The whole file.
    :ivar problem: Why there is no tree; ``None`` where there is one.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.reading: Reading = read(text)
        self.problem: Problem | None = self.reading.problem
        if self.problem is None:
            try:
                in_fresh_thread(self._parse)
            except RecursionError:
                self.problem = too_deep()
            except cst.ParserSyntaxError as exc:
                self.problem = Problem(
                    code="FG001",
                    message=f"the file uses syntax that freqgen cannot read: {exc.message}",
                    line=exc.raw_line,
                    column=exc.raw_column + 1,
                )

    def _parse(self) -> None:
        self.module = cst.parse_module(self.text)
        wrapper = MetadataWrapper(self.module, unsafe_skip_copy=True)
        self._positions: Mapping[cst.CSTNode, CodeRange] = wrapper.resolve(PositionProvider)
        self._scopes: Mapping[cst.CSTNode, Scope | None] = wrapper.resolve(ScopeProvider)
        self._enumerate()
        assert self.reading.tree is not None  # noqa: S101  (no problem, so a tree)
        seen = {unicodedata.normalize("NFKC", n.value) for n in self.all(cst.Name)}
        if missing := _names(self.reading.tree) - seen:
            # Rules look at LibCST's tree, the interpreter at CPython's: they must be the same.
            self.problem = Problem(
                code="FG001",
                message="two parsers read the file differently, so it cannot be checked: only "
                f"one of them sees {', '.join(sorted(missing)[:3])}",
            )

    def _enumerate(self) -> None:
        """Number the nodes in the order of the text, so that those in another are a range."""
        self.parents: dict[cst.CSTNode, cst.CSTNode] = {}
        self._index: dict[type[cst.CSTNode], list[cst.CSTNode]] = {}
        self._numbers: dict[type[cst.CSTNode], list[int]] = {}
        self._places: dict[cst.CSTNode, tuple[int, int]] = {}
        order: list[tuple[cst.CSTNode, cst.CSTNode | None]] = []
        stack: list[cst.CSTNode] = [self.module]
        while stack:
            node = stack.pop()
            kind = type(node)
            self._index.setdefault(kind, []).append(node)
            self._numbers.setdefault(kind, []).append(len(order))
            children = () if kind in _LEAVES else node.children
            for child in children:
                self.parents[child] = node
            order.append((node, children[-1] if children else None))
            stack.extend(reversed(children))
        for number in range(len(order) - 1, -1, -1):
            node, last = order[number]
            self._places[node] = (number, self._places[last][1] if last is not None else number)

    def once(self, make: Callable[[Self], ResultT]) -> ResultT:
        """What ``make`` works out of the file: done when it is first asked for, and then kept."""
        if make not in self._made:
            self._made[make] = make(self)
        return self._made[make]  # type: ignore[no-any-return]

    @cached_property
    def _made(self) -> dict[Callable[[Self], Any], Any]:
        return {}

    def all(self, *kinds: type[NodeT]) -> list[NodeT]:
        """The nodes of these types, in the order of the text for each type."""
        found: list[Any] = []
        for kind in kinds:
            found += self._index.get(kind, [])
        return found

    def position(self, node: cst.CSTNode) -> tuple[int, int]:
        """Line and column, both from 1."""
        start = self._positions[node].start
        return start.line, start.column + 1

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Offsets of the first character of a node and after its last, without parentheses."""
        place = self._positions[node]
        starts = self._line_starts
        return (
            starts[place.start.line - 1] + place.start.column,
            starts[place.end.line - 1] + place.end.column,
        )

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(i + 1 for i, c in enumerate(self.text) if c == "\n"), len(self.text)]

    def number(self, node: cst.CSTNode | None) -> int:
        """The place of a node among all in the order of the text; -1 for what is not in it."""
        return self._places[node][0] if node is not None and node in self._places else -1

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """The node that holds ``node``."""
        return self.parents.get(node)

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The nodes around ``node``, innermost first."""
        current = self.parents.get(node)
        while current is not None:
            yield current
            current = self.parents.get(current)

    def function_of(self, node: cst.CSTNode) -> cst.FunctionDef | None:
        """The innermost function that holds ``node``."""
        return next((a for a in self.ancestors(node) if isinstance(a, cst.FunctionDef)), None)

    def inside(self, node: cst.CSTNode, outer: cst.CSTNode) -> bool:
        """Whether ``outer`` holds ``node``."""
        return any(a is outer for a in self.ancestors(node))

    def below(self, node: cst.CSTNode, *kinds: type[NodeT]) -> list[NodeT]:
        """The nodes of these types within ``node``, in the order of the text."""
        first, last = self._places[node]
        found: list[Any] = []
        concrete = self._concrete(kinds)
        for kind in concrete:
            numbers = self._numbers[kind]
            start = bisect_left(numbers, first)
            found += self._index[kind][start : bisect_right(numbers, last, start)]
        if len(concrete) > 1:
            found.sort(key=self._places.__getitem__)
        return found

    def named(self, node: cst.CSTNode, name: str) -> list[cst.Name]:
        """The places within ``node`` where ``name`` is written, in the order of the text."""
        first, last = self._places[node]
        numbers, found = self._by_name.get(name, ([], []))
        start = bisect_left(numbers, first)
        return found[start : bisect_right(numbers, last, start)]

    @cached_property
    def _by_name(self) -> dict[str, tuple[list[int], list[cst.Name]]]:
        """The numbers and the nodes of every name."""
        found: dict[str, tuple[list[int], list[cst.Name]]] = {}
        for node in self.all(cst.Name):
            numbers, nodes = found.setdefault(node.value, ([], []))
            numbers.append(self._places[node][0])
            nodes.append(node)
        return found

    def _concrete(self, kinds: tuple[type[cst.CSTNode], ...]) -> list[type[cst.CSTNode]]:
        """The types of nodes that the file has among ``kinds``, those derived from them too."""
        if kinds not in self._types:
            self._types[kinds] = [kind for kind in self._index if issubclass(kind, kinds)]
        return self._types[kinds]

    @cached_property
    def _types(self) -> dict[tuple[type[cst.CSTNode], ...], list[type[cst.CSTNode]]]:
        return {}


def _names(tree: ast.Module) -> set[str]:
    """The identifiers of a tree of CPython that rules decide by."""
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.alias(name=path):
                names.update(path.split("."))
    return names - {"*"}
