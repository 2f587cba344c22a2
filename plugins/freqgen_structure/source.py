"""A parsed draft: what its names mean, its classes, and the strategy among them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import libcst as cst
from libcst.metadata import (
    ClassScope,
    GlobalScope,
    QualifiedNameSource,
    Scope,
)

from freqgen_structure.bindings import Bound, Way, bound
from freqgen_structure.class_bodies import NESTING, Setting, brought, settings, statements
from freqgen_structure.nodes import decorators, dotted, root_of, text_of
from freqgen_structure.tree import Tree

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


class Source(Tree):
    """One draft, read once for all rules.

    :param text: The whole file.
    :param class_name: Name that the strategy class should have.
    """

    def __init__(self, text: str, class_name: str = "") -> None:
        super().__init__(text)
        self.class_name = class_name

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

    def bindings(self, name: cst.Name) -> tuple[Bound, ...]:
        """How ``name`` may be bound where it is read, in the order of the text.

        Empty where LibCST does not know.
        """
        scope = self.scope(name)
        if scope is None:
            return ()
        key = (scope, name.value)
        if key not in self._bindings:
            found = [bound(one, self.parents) for one in scope[name.value]]
            self._bindings[key] = tuple(sorted(found, key=lambda one: self.number(one.target)))
        return self._bindings[key]

    @cached_property
    def _bindings(self) -> dict[tuple[Scope, str], tuple[Bound, ...]]:
        return {}

    def is_builtin(self, name: cst.Name) -> bool:
        """Whether ``name`` may mean the builtin.

        A binding in a module or a class may not have happened yet when the name is read, and
        then Python falls back to the builtin; a local of a function never does.
        """
        found = self.bindings(name)
        return not found or any(
            one.way is Way.BUILTIN or isinstance(one.scope, GlobalScope | ClassScope)
            for one in found
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
        bindings = self.bindings(node)
        if not bindings:
            return None
        for one in bindings:
            for value in choices(one):
                text = text_of(value) if value is not None else None
                if text is None:
                    return None
                found.add(text)
        return frozenset(found)

    def values(self, name: cst.Name) -> list[cst.BaseExpression | None]:
        """What a name is assigned, place by place; ``None`` where that is not one expression."""
        return [one.whole for one in self.bindings(name)]

    def value(self, name: cst.Name) -> cst.BaseExpression | None:
        """The expression that a name stands for, where it is that one and nothing else."""
        bindings = self.bindings(name)
        return bindings[0].whole if len(bindings) == 1 else None

    # -- classes and their objects -----------------------------------------

    def local_class(self, node: cst.CSTNode) -> cst.ClassDef | None:
        """The class of this file that a name means where it is read, if it means nothing else."""
        if not isinstance(node, cst.Name):
            return None
        found = [one.target for one in self.bindings(node)]
        classes = [item for item in found if isinstance(item, cst.ClassDef)]
        return classes[-1] if classes and len(classes) == len(found) else None

    def method_of(self, node: cst.CSTNode) -> cst.ClassDef | None:
        """The class whose method has ``node``, a name such as ``self``, as its own object.

        Neither a function outside a class nor a static method has one, whatever the name.
        """
        if not isinstance(node, cst.Name):
            return None
        owners = [self._owner(one.parameter) for one in self.bindings(node)]
        return owners[0] if len(owners) == 1 else None

    def _owner(self, parameter: cst.Param | None) -> cst.ClassDef | None:
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


def choices(one: Bound) -> list[cst.BaseExpression | None]:
    """What a name may be: assigned plainly, or one by one; ``None`` for what is not shown."""
    if one.way is Way.LOOP and isinstance(one.value, cst.Tuple | cst.List | cst.Set):
        return [None if one.places else element.value for element in one.value.elements]
    return [one.whole if one.way is Way.ASSIGNED else None]
