"""Names that nothing in a file binds, and that Python does not bring along."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from freqgen_structure.source import Source

_OF_MODULES = frozenset(
    "__annotations__ __builtins__ __cached__ __class__ __dict__ __doc__ __file__ __loader__ "
    "__module__ __name__ __package__ __path__ __qualname__ __spec__".split()
)
# With these a file may make names that do not show, or live without them.
_MAKING = frozenset("globals locals vars exec eval NameError UnboundLocalError".split())


def unknown_names(source: Source) -> Iterator[cst.Name]:
    """The names that are read and that no scope around binds, in the order of the text."""
    tree = source.reading.tree
    if tree is None or source.imports_all:
        return
    known = _captured(tree) | _OF_MODULES | set(dir(builtins))
    read = dict(_read(tree))
    if _MAKING & set(read.values()):
        return
    at = {source.position(name): name for name in source.all(cst.Name)}
    for place in sorted(read):
        name = at.get(place)
        if name is None or name.value != read[place] or name.value in known:
            continue
        if not source.bindings(name) and source.scope(name) is not None:
            yield name


def names_at(source: Source, name: cst.Name) -> set[str]:
    """The names of the functions around ``name`` and of the module."""
    found: set[str] = set()
    for outer in [*source.ancestors(name)]:
        if isinstance(outer, cst.FunctionDef):
            for param in source.below(outer.params, cst.Param):
                found.add(param.name.value)
            for target in source.below(outer.body, cst.AssignTarget):
                if isinstance(target.target, cst.Name):
                    found.add(target.target.value)
        elif isinstance(outer, cst.Module):
            for statement in outer.body:
                if isinstance(statement, cst.FunctionDef | cst.ClassDef):
                    found.add(statement.name.value)
                for target in source.below(statement, cst.AssignTarget):
                    if statement is _statement(source, target) and isinstance(
                        target.target, cst.Name
                    ):
                        found.add(target.target.value)
    return found


def _statement(source: Source, target: cst.AssignTarget) -> cst.CSTNode | None:
    assign = source.parent(target)
    return source.parent(assign) if assign is not None else None


def _read(tree: ast.Module) -> Iterator[tuple[tuple[int, int], str]]:
    """Where names are read, with columns as libcst counts them; annotations do not count."""
    lazy = {
        id(inner)
        for node in ast.walk(tree)
        for field in ("annotation", "returns")
        if isinstance(outer := getattr(node, field, None), ast.AST)
        for inner in ast.walk(outer)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in lazy:
            yield (node.lineno, node.col_offset + 1), node.id


def _captured(tree: ast.Module) -> set[str]:
    """Names that patterns and type parameters bind, which libcst does not count."""
    found: set[str] = set()
    for node in ast.walk(tree):
        found.update(one.name for one in getattr(node, "type_params", ()))
        match node:
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                found.add(name)
            case ast.MatchMapping(rest=str(name)):
                found.add(name)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                found.update(names)
    return found
