"""A parsed draft: LibCST's tree with positions and scopes, indexed by type of node."""

from __future__ import annotations

import ast
import threading
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

import libcst as cst
from libcst.metadata import (
    Assignment,
    BaseAssignment,
    ClassScope,
    CodeRange,
    GlobalScope,
    MetadataWrapper,
    PositionProvider,
    QualifiedNameSource,
    Scope,
    ScopeProvider,
)

from freqgen_structure.class_bodies import NESTING, Setting, brought, settings, statements
from freqgen_structure.nodes import decorators, dotted, root_of, text_of
from freqgen_structure.reading import Problem, Reading, read, too_deep

NodeT = TypeVar("NodeT", bound=cst.CSTNode)
ResultT = TypeVar("ResultT")

# Submodules that ``from freqtrade.strategy import *`` brings along.
_BROUGHT = frozenset(
    "hyper informative_decorator interface parameters strategy_helper "
    "strategy_validation strategy_wrapper "
    "strategyupdater".split()
)
# Classes that bring no attributes that a strategy must not reach.
_PLAIN_BASES = frozenset(
    "ABC Enum Flag Generic IStrategy IntEnum NamedTuple Protocol StrEnum TypedDict object".split()
)
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


class Source:
    """One draft, read once for all rules.

    :param text: The whole file.
    :param class_name: Name that the strategy class should have.
    """

    def __init__(self, text: str, class_name: str = "") -> None:
        self.text = text
        self.class_name = class_name
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
        self.parents: dict[cst.CSTNode, cst.CSTNode] = {}
        self._index: dict[type[cst.CSTNode], list[cst.CSTNode]] = {}
        # LibCST works out the children of a node anew each time that it is asked.
        self._children: dict[cst.CSTNode, Sequence[cst.CSTNode]] = {}
        stack: list[cst.CSTNode] = [self.module]
        while stack:
            node = stack.pop()
            self._index.setdefault(type(node), []).append(node)
            children = self._children[node] = node.children
            for child in children:
                self.parents[child] = node
            stack.extend(reversed(children))
        assert self.reading.tree is not None  # noqa: S101  (no problem, so a tree)
        seen = {unicodedata.normalize("NFKC", n.value) for n in self.all(cst.Name)}
        if missing := _names(self.reading.tree) - seen:
            # Rules look at LibCST's tree, the interpreter at CPython's: they must be the same.
            self.problem = Problem(
                code="FG001",
                message="two parsers read the file differently, so it cannot be checked: only "
                f"one of them sees {', '.join(sorted(missing)[:3])}",
            )

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
        found: list[Any] = []
        stack: list[cst.CSTNode] = [node]
        while stack:
            current = stack.pop()
            if isinstance(current, kinds):
                found.append(current)
            stack.extend(reversed(self._children[current]))
        return found

    # -- names -------------------------------------------------------------

    def scope(self, node: cst.CSTNode) -> Scope | None:
        """The scope that ``node`` is evaluated in."""
        current: cst.CSTNode | None = node
        while current is not None:
            scope = self._scopes.get(current)
            if scope is not None:
                return scope
            current = self.parents.get(current)
        return None

    def assignments(self, name: cst.Name) -> list[BaseAssignment]:
        """What ``name`` may be bound to where it is read; empty if libcst does not know."""
        scope = self.scope(name)
        return list(scope[name.value]) if scope is not None else []

    def is_builtin(self, name: cst.Name) -> bool:
        """Whether ``name`` may mean the builtin.

        A binding in a module or a class may not have happened yet when the name is read, and
        then Python falls back to the builtin; a local of a function never does.
        """
        found = self.assignments(name)
        return not found or not all(
            isinstance(a, Assignment) and not isinstance(a.scope, GlobalScope | ClassScope)
            for a in found
        )

    def imported(self, node: cst.CSTNode) -> str | None:
        """The first of :meth:`imports`, or ``None`` where the root is not imported."""
        return next(iter(self.imports(node)), None)

    def imports(self, node: cst.CSTNode) -> tuple[str, ...]:
        """The dotted paths that a name or chain of attributes has through the file's imports.

        ``np.lib.io`` is ``numpy.lib.io`` after ``import numpy as np``. There are several where
        several imports bind the name.
        """
        if node not in self._imported:
            self._imported[node] = tuple(sorted(self._paths(node)))
        return self._imported[node]

    def _paths(self, node: cst.CSTNode) -> Iterator[str]:
        chain = root_of(node)
        if chain is None:
            return
        root, attributes = chain
        scope = self.scope(root)
        if scope is None:
            return
        key = (scope, root.value)
        if key not in self._roots:
            self._roots[key] = [
                name.name
                for name in scope.get_qualified_names_for(root.value)
                if name.source is QualifiedNameSource.IMPORT
            ]
        for path in self._roots[key]:
            yield ".".join([path, *attributes])
        if root.value in _BROUGHT and self.imports_all and not scope[root.value]:
            yield ".".join(["freqtrade.strategy", root.value, *attributes])

    @cached_property
    def _roots(self) -> dict[tuple[Scope, str], list[str]]:
        return {}

    @cached_property
    def imports_all(self) -> bool:
        """Whether ``from freqtrade.strategy import *`` brings names that are not shown."""
        return any(isinstance(node.names, cst.ImportStar) for node in self.all(cst.ImportFrom))

    @cached_property
    def _imported(self) -> dict[cst.CSTNode, tuple[str, ...]]:
        return {}

    def strings(self, node: cst.BaseExpression) -> frozenset[str] | None:
        """All strings that an expression can be, or ``None`` where that is not plain to see.

        Follows a name to its assignments, and a loop's variable to the literals it takes.
        """
        literal = text_of(node)
        if literal is not None:
            return frozenset({literal})
        if not isinstance(node, cst.Name):
            return None
        found: set[str] = set()
        bindings = self.assignments(node)
        if not bindings:
            return None
        for binding in bindings:
            values = self._strings_bound(binding)
            if values is None:
                return None
            found |= values
        return frozenset(found)

    def values(self, name: cst.Name) -> list[cst.BaseExpression | None]:
        """What a name is assigned, place by place; ``None`` where that is not one expression."""
        found: list[cst.BaseExpression | None] = []
        for binding in self.assignments(name):
            target = getattr(binding, "node", None)
            holder = self.parents.get(target) if isinstance(target, cst.Name) else None
            assign = self.parents.get(holder) if isinstance(holder, cst.AssignTarget) else holder
            known = isinstance(assign, cst.Assign | cst.AnnAssign | cst.NamedExpr)
            found.append(assign.value if known else None)  # type: ignore[union-attr]
        return found

    def _strings_bound(self, binding: BaseAssignment) -> set[str] | None:
        target = getattr(binding, "node", None)
        holder = self.parents.get(target) if isinstance(target, cst.Name) else None
        if isinstance(holder, cst.AssignTarget):
            assign = self.parents[holder]
            literal = text_of(assign.value) if isinstance(assign, cst.Assign) else None
            return None if literal is None else {literal}
        if isinstance(holder, cst.For | cst.CompFor) and holder.target is target:
            if not isinstance(holder.iter, cst.Tuple | cst.List | cst.Set):
                return None
            literals = [text_of(element.value) for element in holder.iter.elements]
            return None if None in literals else {text for text in literals if text is not None}
        return None

    # -- classes and their objects -----------------------------------------

    def local_class(self, node: cst.CSTNode) -> cst.ClassDef | None:
        """The class of this file that a name means where it is read, if it means nothing else."""
        if not isinstance(node, cst.Name):
            return None
        found = [getattr(binding, "node", None) for binding in self.assignments(node)]
        classes = [item for item in found if isinstance(item, cst.ClassDef)]
        return classes[-1] if classes and len(classes) == len(found) else None

    def method_of(self, node: cst.CSTNode) -> cst.ClassDef | None:
        """The class whose method has ``node``, a name such as ``self``, as its own object.

        Neither a function outside a class nor a static method has one, whatever the name.
        """
        if not isinstance(node, cst.Name):
            return None
        owners = [self._owner(getattr(b, "node", None)) for b in self.assignments(node)]
        return owners[0] if len(owners) == 1 else None

    def _owner(self, name: cst.CSTNode | None) -> cst.ClassDef | None:
        parameter = self.parents.get(name) if isinstance(name, cst.Name) else name
        parameters = self.parents.get(parameter) if parameter is not None else None
        function = self.parents.get(parameters) if parameters is not None else None
        if not isinstance(parameters, cst.Parameters) or not isinstance(function, cst.FunctionDef):
            return None
        owner = self.class_of(function)
        own = [*parameters.posonly_params, *parameters.params][:1] == [parameter]
        return owner if own and "staticmethod" not in decorators(function) else None

    def class_of(self, function: cst.FunctionDef) -> cst.ClassDef | None:
        """The class whose body defines ``function``, under conditions at most."""
        for outer in self.ancestors(function):
            if isinstance(outer, cst.ClassDef):
                return outer
            if not isinstance(outer, NESTING):
                return None
        return None

    def defines(self, owner: cst.ClassDef, name: str) -> bool:
        """Whether a class, as far as it is written in this file, has an attribute by itself."""
        return any(name in self._defined(node) for node in self._line(owner))

    def derives_foreign(self, owner: cst.ClassDef) -> bool:
        """Whether a class inherits attributes from somewhere else than this file."""
        return any(
            self.local_class(base.value) is None
            and (self.imported(base.value) or dotted(base.value) or "").rpartition(".")[2]
            not in _PLAIN_BASES
            and not isinstance(base.value, cst.Subscript)
            for node in self._line(owner)
            for base in node.bases
        )

    def _line(self, owner: cst.ClassDef) -> list[cst.ClassDef]:
        line: list[cst.ClassDef] = []
        queue = [owner]
        while queue:
            node = queue.pop(0)
            if node not in line:
                line.append(node)
                found = [self.local_class(base.value) for base in node.bases]
                queue += [item for item in found if item is not None]
        return line

    def _defined(self, owner: cst.ClassDef) -> set[str]:
        if owner not in self._definitions:
            names = {n.name.value for n in self.below(owner.body, cst.FunctionDef)}
            for target in self.below(owner.body, cst.AssignTarget, cst.AnnAssign):
                match target:
                    case cst.AssignTarget(target=cst.Name(value=name)):
                        names.add(name)
                    case cst.AnnAssign(target=cst.Name(value=name)):
                        names.add(name)
                    case (
                        cst.AssignTarget(target=cst.Attribute(value=base, attr=attr))
                        | cst.AnnAssign(target=cst.Attribute(value=base, attr=attr))
                    ):
                        if self.method_of(base) is owner:
                            names.add(attr.value)
            self._definitions[owner] = names
        return self._definitions[owner]

    @cached_property
    def _definitions(self) -> dict[cst.ClassDef, set[str]]:
        return {}

    # -- the strategy ------------------------------------------------------

    @cached_property
    def classes(self) -> dict[str, cst.ClassDef]:
        """The classes of the file by name; of two with one name the last, as in Python."""
        return {node.name.value: node for node in self.all(cst.ClassDef)}

    def is_strategy(self, node: cst.ClassDef, seen: frozenset[str] = frozenset()) -> bool:
        """Whether a class derives from ``IStrategy``, by itself or through another one here."""
        for base in node.bases:
            path = self.imported(base.value) or dotted(base.value) or ""
            if path.rpartition(".")[2] == "IStrategy":
                return True
            local = self.classes.get(path)
            known = seen | {node.name.value}
            if local is not None and path not in known and self.is_strategy(local, known):
                return True
        return False

    @cached_property
    def strategies(self) -> list[cst.ClassDef]:
        """All classes that derive from ``IStrategy``."""
        return [node for node in self.all(cst.ClassDef) if self.is_strategy(node)]

    @cached_property
    def strategy(self) -> cst.ClassDef | None:
        """The class that is to be traded."""
        named = [n for n in self.strategies if n.name.value == self.class_name]
        found = named or self.strategies
        return found[-1] if found else None

    @cached_property
    def lineage(self) -> list[cst.ClassDef]:
        """The strategy and its bases that are defined in the file, nearest first."""
        line: list[cst.ClassDef] = []
        queue = [self.strategy] if self.strategy is not None else []
        while queue:
            node = queue.pop(0)
            if node in line:
                continue
            line.append(node)
            for base in node.bases:
                local = self.classes.get(dotted(base.value) or "")
                if local is not None:
                    queue.append(local)
        return line

    @cached_property
    def foreign_bases(self) -> bool:
        """Whether the strategy inherits from a class that is neither here nor ``IStrategy``."""
        return any(
            (self.imported(base.value) or dotted(base.value) or "").rpartition(".")[2]
            not in {"IStrategy", "ABC", "object", *self.classes}
            for node in self.lineage
            for base in node.bases
        )

    @cached_property
    def methods(self) -> dict[str, cst.FunctionDef]:
        """The strategy's methods, those of its bases in the file included."""
        return {
            item.name.value: item
            for node in reversed(self.lineage)
            for item in statements(node.body)
            if isinstance(item, cst.FunctionDef)
        }

    @cached_property
    def settings(self) -> list[Setting]:
        """Every assignment of a class attribute of the strategy, its bases' in the file first."""
        return [one for node in reversed(self.lineage) for one in settings(node)]

    @cached_property
    def attributes(self) -> dict[str, tuple[cst.CSTNode, cst.BaseExpression]]:
        """The strategy's class attributes: where each is set last, and to what.

        Where a condition decides which of several values it has, the value is the name itself,
        which has all of them and none for sure.
        """
        found: dict[str, tuple[cst.CSTNode, cst.BaseExpression]] = {}
        for one in self.settings:
            competes = one.name in found and self._is_conditional(one.target)
            found[one.name] = (one.target, one.target if competes else one.value)
        return found

    def _is_conditional(self, node: cst.CSTNode) -> bool:
        """Whether something in the body of its class decides if a statement is run."""
        for outer in self.ancestors(node):
            if isinstance(outer, cst.ClassDef):
                return False
            if isinstance(outer, cst.BaseCompoundStatement) and not isinstance(outer, cst.With):
                return True
        return False

    @cached_property
    def given_names(self) -> frozenset[str]:
        """What the strategy has by itself: attributes, methods, and what its body imports."""
        imported = {name for node in self.lineage for name in brought(node)}
        return frozenset({*self.attributes, *self.methods, *imported})

    @cached_property
    def uses_freqai(self) -> bool:
        """Whether Freqtrade's machine learning writes columns that the file does not show."""
        return any(n.attr.value == "freqai" for n in self.all(cst.Attribute))


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
