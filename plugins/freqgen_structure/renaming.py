"""Edits that write another name of a library where one was read or imported."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

import libcst as cst
from libcst.metadata import Assignment, ImportAssignment

from freqgen import Edit
from freqgen_structure.guards import guarded
from freqgen_structure.nodes import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from freqgen_structure.source import Source

_HANDLED = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


def from_imports(source: Source) -> Iterator[tuple[str, cst.ImportAlias]]:
    """Every ``from module import name`` of a file: the module and the name's place."""
    for statement in source.all(cst.ImportFrom):
        if statement.relative or statement.module is None:
            continue
        if isinstance(statement.names, cst.ImportStar):
            continue
        for item in statement.names:
            yield dotted(statement.module) or "", item


def tried(source: Source, node: cst.CSTNode, *errors: str) -> bool:
    """Whether a failure of ``node`` is provided for: by a ``try`` around it, or by asking first."""
    inner = node
    for outer in source.ancestors(node):
        if isinstance(outer, cst.Try) and inner is outer.body:
            for handler in outer.handlers:
                caught = (
                    {n.value for n in source.below(handler.type, cst.Name)}
                    if handler.type
                    else _HANDLED
                )
                if caught & (set(errors) or _HANDLED):
                    return True
        inner = outer
    return guarded(source, node)


def named_import(source: Source, item: cst.ImportAlias, new: str) -> tuple[Edit, ...]:
    """Import ``new`` instead of the name of an import, and use it wherever that was read.

    Where the new name means something else in the file, it is imported under the old one.
    """
    start, end = source.span(item.name)
    if item.asname is not None:
        return (Edit(start=start, end=end, text=new),)
    old = dotted(item.name) or ""
    uses = uses_of(source, item)
    taken = any(name.value == new for name in source.all(cst.Name)) or hasattr(builtins, new)
    if taken or uses is None:
        return (Edit(start=start, end=end, text=f"{new} as {old}"),)
    return (
        Edit(start=start, end=end, text=new),
        *(Edit(start=s, end=e, text=new) for s, e in map(source.span, uses)),
    )


def uses_of(source: Source, item: cst.ImportAlias) -> list[cst.Name] | None:
    """The places that read an imported name; ``None`` where they cannot all be told."""
    bound = item.asname.name if item.asname is not None else item.name
    scope = source.scope(item)
    if not isinstance(bound, cst.Name) or scope is None:
        return None
    found: list[cst.Name] = []
    for assignment in scope[bound.value]:
        if not isinstance(assignment, Assignment):
            return None
        if not isinstance(assignment, ImportAssignment):
            return None  # bound again in another way
        for access in assignment.references:
            if not isinstance(access.node, cst.Name):
                if isinstance(access.node, cst.Attribute):
                    root: cst.BaseExpression = access.node
                    while isinstance(root, cst.Attribute):
                        root = root.value
                    if isinstance(root, cst.Name):
                        found.append(root)
                        continue
                return None  # inside of a text, such as an annotation
            found.append(access.node)
    return list(dict.fromkeys(found))


def taken_out(source: Source, item: cst.ImportAlias) -> tuple[Edit, ...]:
    """The edits that import one name less; none where that leaves nothing to import."""
    statement = source.parent(item)
    if not isinstance(statement, cst.ImportFrom) or isinstance(statement.names, cst.ImportStar):
        return ()
    names = list(statement.names)
    if len(names) == 1:
        from freqgen_structure.editing import without_statement

        line = source.parent(statement)
        if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1:
            return (without_statement(source, line),)
        return ()
    number = names.index(item)
    if number + 1 < len(names):
        start, _ = source.span(item)
        end, _ = source.span(names[number + 1])
    else:
        last = names[number - 1]
        _, start = source.span(last.asname.name if last.asname is not None else last.name)
        _, end = source.span(item.asname.name if item.asname is not None else item.name)
    if "#" in source.text[start:end]:
        return ()  # a comment stands between them
    return (Edit(start=start, end=end, text=""),)
