"""What the source of a strategy says at the places that mypy names."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field

from freqgen_types.hints import Function
from freqgen_types.literals import Literals
from freqgen_types.plain import ATTRIBUTES


@dataclass(slots=True)
class SourceText:
    """What the source says at the places that mypy names.

    :param bases: For each class of the file the names of those that it derives from.
    :param attributes: For each class of the file the names that it gives values.
    :param settings: Lines that give the strategy an attribute anew, ``self.stoploss = ...``.
    """

    functions: dict[int, Function] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    bases: dict[str, set[str]] = field(default_factory=dict)
    attributes: dict[str, set[str]] = field(default_factory=dict)
    settings: set[int] = field(default_factory=set)
    evaluated: set[tuple[int, int, str]] = field(default_factory=set)
    globals: set[str] = field(default_factory=set)
    returns: dict[int, Function] = field(default_factory=dict)
    literals: Literals = field(default_factory=lambda: Literals(ast.Module([], [])))

    def around(self, line: int) -> Function | None:
        """The function that a line begins, or that it returns from."""
        return self.functions.get(line) or self.returns.get(line)

    def given_below(self, name: str) -> set[str]:
        """The attributes that classes derived from ``name`` bring, which it may count on."""
        derived: set[str] = set()
        waiting = [name]
        while waiting:
            above = waiting.pop()
            found = {one for one, bases in self.bases.items() if above in bases} - derived
            derived |= found
            waiting += found
        return {attribute for one in derived for attribute in self.attributes[one]}

    def read(self, source: str) -> SourceText:
        """Note what a file says.

        :raises SyntaxError: If it is no Python.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of invalid escapes, which are legal
            tree = ast.parse(source)
        self.literals = Literals(tree)
        self.returns = dict(_returns(tree))
        lazy = any(
            isinstance(node, ast.ImportFrom)
            and node.module == "__future__"
            and any(alias.name == "annotations" for alias in node.names)
            for node in tree.body
        )
        unevaluated = set(_annotations(tree)) if lazy else set()
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self.functions[node.lineno] = node
                self.names.add(node.name)
                self.globals |= _globals(node)
                for decorator in node.decorator_list:  # mypy names the first line of all
                    self.functions.setdefault(decorator.lineno, node)
            elif isinstance(node, ast.ClassDef):
                self.classes.add(node.name)
                self.bases[node.name] = {b.id for b in node.bases if isinstance(b, ast.Name)}
                self.attributes[node.name] = _attributes(node)
            elif isinstance(node, ast.Assign) and any(map(_is_setting, node.targets)):
                self.settings |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
            elif isinstance(node, ast.Name) and node not in unevaluated:
                self.evaluated.add((node.lineno, node.col_offset + 1, node.id))
        return self


def _attributes(node: ast.ClassDef) -> set[str]:
    """The names that a class gives values in its body."""
    assigned = [part for part in node.body if isinstance(part, ast.Assign | ast.AnnAssign)]
    targets = [
        target
        for part in assigned
        for target in (part.targets if isinstance(part, ast.Assign) else [part.target])
    ]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _globals(function: Function) -> set[str]:
    """Names of the module that a function gives values, by ``global``; mypy wants them outside."""
    nodes = list(ast.walk(function))
    declared = {name for node in nodes if isinstance(node, ast.Global) for name in node.names}
    return declared & {
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _is_setting(target: ast.expr) -> bool:
    match target:
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            return name in ATTRIBUTES
    return False


def _annotations(tree: ast.AST) -> Iterable[ast.AST]:
    for node in ast.walk(tree):
        for name in ("annotation", "returns"):
            part = getattr(node, name, None)
            if isinstance(part, ast.AST):
                yield from ast.walk(part)


def _returns(tree: ast.AST) -> Iterable[tuple[int, Function]]:
    """The lines of all return statements, with the function that each one leaves."""
    waiting: list[tuple[ast.AST, Function | None]] = [(tree, None)]
    while waiting:
        node, function = waiting.pop()
        if isinstance(node, ast.Return) and function is not None:
            yield node.lineno, function
        inner = node if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else function
        waiting += [(child, inner) for child in ast.iter_child_nodes(node)]
