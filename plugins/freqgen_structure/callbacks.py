"""What keeps a method from being called as a method of the strategy's object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from freqgen import Edit
from freqgen_structure.editing import renamed_local, without_decorator
from freqgen_structure.flow import is_generator

if TYPE_CHECKING:
    from freqgen_structure.source import Source

_KINDS = {"staticmethod", "classmethod", "property", "abstractmethod"}

Problem = tuple[str, tuple[Edit, ...]]
"""What is wrong, to stand after the method's name, and what mends it."""


def wrong_kind(source: Source, method: cst.FunctionDef) -> Problem | None:
    """Why a function of a class is no plain method, if it is none."""
    if method.asynchronous is not None:
        return "is async, and Freqtrade does not await it", _synchronous(source, method)
    for decorator in method.decorators:
        kind = decorator.decorator.value if isinstance(decorator.decorator, cst.Name) else ""
        if kind in _KINDS - {"abstractmethod"}:
            edits = _bound(source, method, decorator)
            return f"is a {kind}, not a method of the instance", edits
    if is_generator(source, method):
        return "is a generator, and Freqtrade needs the value itself", ()
    return None


def _synchronous(source: Source, method: cst.FunctionDef) -> tuple[Edit, ...]:
    name, _ = source.span(method.name)
    start = source.text.rfind("async", 0, name)
    end = source.text.rfind("def", start, name)
    waits = any(source.function_of(n) is method for n in source.below(method, cst.Await))
    return () if waits or start < 0 or end < 0 else (Edit(start=start, end=end, text=""),)


def _bound(source: Source, method: cst.FunctionDef, decorator: cst.Decorator) -> tuple[Edit, ...]:
    positional = [*method.params.posonly_params, *method.params.params]
    out = without_decorator(source, decorator)
    first = positional[0].name.value if positional else ""
    if first == "self":
        return (out,)
    if first == "cls":
        renamed = renamed_local(source, method, "cls", "self")
        return (out, *renamed) if renamed else ()
    if not positional:
        return ()
    start, _ = source.span(positional[0])
    return (out, Edit(start=start, end=start, text="self, "))
