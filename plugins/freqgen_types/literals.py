"""What an argument is at run time, where the text of the file shows it.

mypy gives all values of a dict one type: of ``{"n": 14, "offset": 0.975}`` every value is a
``float``. Which one ``default=buy_params["n"]`` takes can be read.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_CALLS = frozenset({"float", "str", "int", "bool"})


@dataclass(slots=True)
class _Bound:
    """What a body does with a name.

    :param values: What it is assigned.
    :param changes: How often it is bound, in whatever way.
    :param handed_on: Whether all of what it holds goes elsewhere, where it may change.
    """

    values: list[ast.expr] = field(default_factory=list)
    changes: int = 0
    handed_on: bool = False


@dataclass(slots=True)
class Literals:
    """The arguments of a file's calls, and the names that are bound to literals.

    :param tree: The file, parsed.
    """

    tree: ast.Module
    _arguments: dict[tuple[int, int], tuple[ast.expr, ast.ClassDef | None]] = field(
        default_factory=dict
    )
    _scopes: dict[int, dict[str, _Bound]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for call, owner in _calls(self.tree):
            for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
                self._arguments[argument.lineno, argument.col_offset + 1] = argument, owner

    def argument(self, line: int, column: int) -> tuple[bool, object]:
        """The argument that begins at a place.

        :return: Whether its type is certain, and its value where the text has it. ``(True,
            None)`` is an argument whose type is that which mypy says.
        """
        found = self._arguments.get((line, column))
        if found is None:
            return True, None
        expression, owner = found
        value = self._value(expression, owner)
        if isinstance(value, ast.expr):
            literal = _literal(value)
            if literal is not None:
                return True, literal
        return _certain(expression), None

    def _value(self, node: ast.expr, owner: ast.ClassDef | None) -> ast.expr | None:
        """The expression that ``node`` was given by; ``None`` where that is not shown."""
        match node:
            case ast.Subscript():
                return _item(self._value(node.value, owner), node.slice)
            case ast.Name(id=name):
                own = None if owner is None else self._names(owner).get(name)
                return self._bound(owner if owner and own and own.changes else self.tree, name)
            case ast.Attribute(value=ast.Name(id=name), attr=attr):
                classes = [c for c in self.tree.body if isinstance(c, ast.ClassDef)]
                named = [c for c in classes if c.name == name]
                return self._bound(named[0], attr) if len(named) == 1 else None
        return node

    def _names(self, scope: ast.AST) -> dict[str, _Bound]:
        if id(scope) not in self._scopes:
            self._scopes[id(scope)] = _bindings(scope)
        return self._scopes[id(scope)]

    def _bound(self, scope: ast.AST, name: str) -> ast.expr | None:
        """What a name is assigned, if it is assigned once and cannot have changed."""
        bound = self._names(scope).get(name)
        if bound is None or not bound.changes == len(bound.values) == 1:
            return None
        value = bound.values[0]
        return None if bound.handed_on and _literal(value) is None else value


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, ast.ClassDef | None]]:
    """All calls, with the class whose body they are in."""
    waiting: list[tuple[ast.AST, ast.ClassDef | None]] = [(tree, None)]
    while waiting:
        node, owner = waiting.pop()
        if isinstance(node, ast.Call):
            yield node, owner
        inner = node if isinstance(node, ast.ClassDef) else owner
        inner = None if isinstance(node, _FUNCTIONS) else inner
        waiting += [(child, inner) for child in ast.iter_child_nodes(node)]


def _bindings(scope: ast.AST) -> dict[str, _Bound]:
    """What a body, that of classes in it included, does with each name."""
    found: defaultdict[str, _Bound] = defaultdict(_Bound)
    read: set[int] = set()
    waiting: list[ast.AST] = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        if isinstance(node, _FUNCTIONS):
            continue
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found[name].values.append(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found[name].values.append(value)
            case ast.Subscript(value=base, ctx=ast.Load()):
                read.add(id(base))
            case ast.Name(id=name, ctx=ctx):
                found[name].changes += not isinstance(ctx, ast.Load)
                # Whoever has all of it may change it; an assigned item counts as that.
                found[name].handed_on |= isinstance(ctx, ast.Load) and id(node) not in read
        waiting += ast.iter_child_nodes(node)
    return found


def _item(container: ast.expr | None, key: ast.expr) -> ast.expr | None:
    wanted = _literal(key)
    if isinstance(container, ast.Dict):
        for name, value in zip(reversed(container.keys), reversed(container.values), strict=True):
            known = None if name is None else _literal(name)
            if known is None:
                return None  # it may be the key that is asked for
            if known == wanted:
                return value
    elif isinstance(container, ast.List | ast.Tuple) and isinstance(wanted, int):
        plain = not any(isinstance(item, ast.Starred) for item in container.elts)
        if plain and -len(container.elts) <= wanted < len(container.elts):
            return container.elts[wanted]
    return None


def _literal(node: ast.expr) -> object:
    """The value of a literal, with its sign; ``None`` for anything else."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = _literal(node.operand)
        if isinstance(value, int | float):
            return -value if isinstance(node.op, ast.USub) else value
    return None


def _certain(node: ast.expr) -> bool:
    """Whether an expression has the type that mypy says, not one that several values share."""
    match node:
        case ast.BinOp():
            return _certain(node.left) and _certain(node.right)
        case ast.UnaryOp():
            return _certain(node.operand)
        case ast.Call(func=ast.Name(id=name)):
            return name in _CALLS
        case ast.List() | ast.Tuple():
            return all(map(_certain, node.elts))
    return isinstance(node, ast.Constant | ast.JoinedStr | ast.Dict | ast.Set)
