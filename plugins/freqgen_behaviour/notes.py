"""Writes notes into a source: what each condition of an entry gives when the strategy runs.

The source with notes is run in one trial and thrown away. In a trial, ``__freqgen_note__`` is a
function that records a column and gives it back.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

ENTRY_COLUMNS = ("enter_long", "enter_short", "buy")
_ENTRY_METHODS = ("populate_entry_trend", "populate_buy_trend")
_PASSING = frozenset({"astype", "fillna", "to_numpy", "infer_objects", "copy"})
"""Methods whose value is true where that of their object is."""

_SIGNS: Mapping[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_DEEPEST = 30
_WIDEST = 80

_HELPERS = """
import operator as __freqgen_operator__
import pandas as __freqgen_pandas__
__freqgen_times__ = {}
def __freqgen_see__(key, value):
    number = __freqgen_times__[key] = __freqgen_times__.get(key, 0) + 1
    if getattr(value, "ndim", 0) == 1 and number <= 20:
        name = key if number == 1 or not key.startswith("a") else f"{key}.{number}"
        __freqgen_note__(name, __freqgen_pandas__.Series(value))
    return value
def __freqgen_compare__(key, sign, left, right):
    value = getattr(__freqgen_operator__, sign)(left, right)
    __freqgen_see__(key, value)
    number = __freqgen_times__[key]
    suffix = "" if number == 1 or not key.startswith("a") else f".{number}"
    for side, part in (("l", left), ("r", right)):
        if getattr(value, "ndim", 0) == 1 and number <= 20:
            if not getattr(part, "ndim", 0):
                part = [part] * len(value)
            __freqgen_note__(side + key + suffix, __freqgen_pandas__.Series(part))
    return value
"""
_NAMES = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A part of an entry that must hold with the others.

    :param key: Name of its note. Those of its two sides, if it is a comparison, have ``l`` and
        ``r`` before it. One that is added to a list in a loop has further notes, with ``.2``
        and so on behind it.
    :param text: As it is written, shortened.
    :param sign: Of a comparison; else empty.
    """

    key: str
    text: str
    line: int
    sign: str = ""
    left: str = ""
    right: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One way into a trade: all conditions hold together.

    :param line: Of the statement that sets the signal.
    """

    line: int
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A source with notes.

    :param source: To be run instead of the one that was read.
    """

    source: str
    entries: tuple[Entry, ...]


def with_notes(source: str) -> Noted | None:
    """Write notes into the conditions of all entries.

    :returns: ``None`` if no condition was found.
    """
    try:
        tree = ast.parse(source)
        entries = tuple(_Reader(tree).entries())
        if not entries:
            return None
        conditions = {c.key: c for entry in entries for c in entry.conditions}
        written = _Writer(conditions).visit(tree)
        text = ast.unparse(ast.fix_missing_locations(written))
    except (SyntaxError, ValueError, RecursionError):
        return None
    return Noted(source=text + _HELPERS, entries=entries)


class _Reader:
    """Finds the conditions of entries and marks their nodes with keys."""

    def __init__(self, tree: ast.Module) -> None:
        self._methods = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.name in _ENTRY_METHODS
        ]
        self._columns = _assigned([tree], columns=True)
        self._variables: dict[str, list[tuple[ast.stmt, ast.expr]]] = {}
        self._method: ast.FunctionDef | None = None
        self._known: dict[int, Condition] = {}

    def entries(self) -> Iterator[Entry]:
        for method in self._methods:
            self._method = method
            self._variables = _assigned([method], columns=False)
            for statement in ast.walk(method):
                if isinstance(statement, ast.Assign) and (mask := _mask(statement)) is not None:
                    conditions = tuple(dict.fromkeys(self._conditions(mask, statement)))
                    if conditions:
                        yield Entry(line=statement.lineno, conditions=conditions)

    def _conditions(
        self, node: ast.expr, at: ast.stmt, *, listed: bool = False, depth: int = 0
    ) -> Iterator[Condition]:
        """The parts of a conjunction.

        :param at: The statement that uses it.
        :param listed: Whether it was added to a list of conditions.
        """
        if depth > _DEEPEST:
            return
        parts = _parts(node)
        if parts is None and (made := self._made_of(node, at)) is not None:
            for statement, value, in_list in made:
                yield from self._conditions(
                    value, statement, listed=listed or in_list, depth=depth + 1
                )
        elif parts is not None:
            for part in parts:
                yield from self._conditions(part, at, listed=listed, depth=depth + 1)
        elif not isinstance(node, ast.Constant | ast.Starred):
            yield self._condition(node, listed=listed)

    def _made_of(
        self, node: ast.expr, at: ast.stmt
    ) -> list[tuple[ast.stmt, ast.expr, bool]] | None:
        """What a variable, list or column of conditions is made of, if that is clear."""
        if isinstance(node, ast.Name):
            if (members := self._list(node.id, at)) is not None:
                return [(statement, value, True) for statement, value in members]
            made = self._variables.get(node.id, [])
        elif (column := _column(node)) is not None:
            made = self._columns.get(column, [])
        else:
            return None
        plain = [item for item in made if isinstance(item[0], ast.Assign)]
        clear = len(plain) == 1 and len({s.lineno for s, _ in made}) == len(made)
        if not clear or not _is_condition(plain[0][1]) or any(s is at for s, _ in made):
            return None
        return [(statement, value, False) for statement, value in made]

    def _list(self, name: str, at: ast.stmt) -> list[tuple[ast.stmt, ast.expr]] | None:
        """The members of a list of conditions where a statement uses it."""
        assert self._method is not None  # noqa: S101  (set before anything is read)
        members: list[tuple[ast.stmt, ast.expr]] | None = None
        statements = [s for s in ast.walk(self._method) if isinstance(s, ast.stmt)]
        for statement in sorted(statements, key=lambda s: (s.lineno, s.col_offset)):
            if statement.lineno >= at.lineno:
                break
            match statement:
                case (
                    ast.Assign(targets=[ast.Name(id=found)], value=ast.List(elts=elements))
                    | ast.AnnAssign(target=ast.Name(id=found), value=ast.List(elts=elements))
                ) if found == name:
                    members = [(statement, element) for element in elements]
                case ast.Expr(
                    value=ast.Call(
                        func=ast.Attribute(value=ast.Name(id=found), attr="append"), args=[one]
                    )
                ) if found == name and members is not None:
                    members.append((statement, one))
        return members

    def _condition(self, node: ast.expr, *, listed: bool) -> Condition:
        if id(node) in self._known:
            return self._known[id(node)]
        key = f"{'a' if listed else 'c'}{len(self._known) + 1}"
        found = Condition(key=key, text=_short(node), line=node.lineno)
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _SIGNS:
            found = Condition(
                key=key,
                text=found.text,
                line=node.lineno,
                sign=_SIGNS[type(node.ops[0])],
                left=_short(node.left),
                right=_short(node.comparators[0]),
            )
        node.freqgen_key = key  # type: ignore[attr-defined]
        self._known[id(node)] = found
        return found


class _Writer(ast.NodeTransformer):
    """Puts calls around the nodes that have keys."""

    def __init__(self, conditions: Mapping[str, Condition]) -> None:
        self._conditions = conditions

    def visit(self, node: ast.AST) -> ast.AST:
        key = getattr(node, "freqgen_key", None)
        changed = self.generic_visit(node)
        if key is None:
            return changed
        sign = self._conditions[key].sign
        if sign and isinstance(changed, ast.Compare):
            arguments = [
                ast.Constant(key),
                ast.Constant(_NAMES[sign]),
                changed.left,
                changed.comparators[0],
            ]
            return _call("__freqgen_compare__", arguments)
        assert isinstance(changed, ast.expr)  # noqa: S101  (only expressions have keys)
        return _call("__freqgen_see__", [ast.Constant(key), changed])


def _call(name: str, arguments: list[ast.expr]) -> ast.Call:
    return ast.Call(func=ast.Name(id=name, ctx=ast.Load()), args=arguments, keywords=[])


def _mask(statement: ast.Assign) -> ast.expr | None:
    """The condition under which a statement sets an entry, if it sets one under a condition."""
    for target in statement.targets:
        if not isinstance(target, ast.Subscript):
            continue
        key = target.slice
        if isinstance(key, ast.Tuple) and len(key.elts) == 2:
            rows, columns = key.elts
            if _names_entry(columns) and not _is_nothing(statement.value):
                if not isinstance(rows, ast.Slice):
                    return rows
                return statement.value if _is_condition(statement.value) else None
        elif _names_entry(key) and _is_condition(statement.value):
            return statement.value
    return None


def _names_entry(node: ast.expr) -> bool:
    names = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant)]
    return any(name in ENTRY_COLUMNS for name in names)


def _is_nothing(value: ast.expr) -> bool:
    """Whether a value is 0, or begins with it: that unsets a signal."""
    if isinstance(value, ast.Tuple | ast.List) and value.elts:
        return _is_nothing(value.elts[0])
    return isinstance(value, ast.Constant) and not value.value


def _is_condition(node: ast.expr) -> bool:
    """Whether an expression can be a condition for every candle, as far as it can be seen."""
    if isinstance(node, ast.Name | ast.Compare) or _column(node) is not None:
        return True
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.BitAnd | ast.BitOr)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Invert)
    return isinstance(node, ast.Call)


def _parts(node: ast.expr) -> list[ast.expr] | None:
    """The parts of which all must hold, or the one part that a node only passes on."""
    match node:
        case ast.BinOp(op=ast.BitAnd(), left=left, right=right):
            return [left, right]
        case ast.Call(func=ast.Attribute(attr="where"), args=[mask, one, other]) if _is_nothing(
            other
        ) and not _is_nothing(one):
            return [mask]
        case ast.Call(func=ast.Attribute(attr="logical_and"), args=[left, right]):
            return [left, right]
        case ast.Call(
            func=ast.Attribute(attr="reduce") | ast.Name(id="reduce"), args=arguments
        ) if arguments and "|" not in ast.unparse(node) and "or_" not in ast.unparse(node):
            return [arguments[1] if len(arguments) > 1 else arguments[0]]
        case ast.Call(func=ast.Attribute(attr=name, value=inner)) if name in _PASSING:
            return [inner]
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return list(elements)
    return None


def _assigned(
    roots: Sequence[ast.AST], *, columns: bool
) -> dict[str, list[tuple[ast.stmt, ast.expr]]]:
    """What variables or columns are given, with ``&=`` as one more part."""
    found: dict[str, list[tuple[ast.stmt, ast.expr]]] = {}
    for node in (node for root in roots for node in ast.walk(root)):
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign):
            targets = [node.target]
        else:
            continue
        for target in targets:
            name = _column(target) if columns else getattr(target, "id", None)
            if name is None:
                continue
            made = found.setdefault(name, [])
            made.append((node, node.value))
            if isinstance(node, ast.AugAssign) and not isinstance(node.op, ast.BitAnd):
                made.append((node, node.value))  # twice on a line: not clear
    return found


def _column(node: ast.AST) -> str | None:
    """The column of ``x["column"]``."""
    match node:
        case ast.Subscript(value=ast.Name(), slice=ast.Constant(value=str(name))):
            return name
    return None


def _short(node: ast.expr) -> str:
    """As it is written, without the frame's name and not too long."""
    text = re.sub(r"\b(?:dataframe|df)\[(['\"])(\w+)\1\]", r"\2", ast.unparse(node))
    text = re.sub(r"\b(?:dataframe|df)\.(?=\w+\b(?!\())", "", text)
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 2]} …"
