"""The calls of pandas and NumPy in a draft whose receiver is certain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from inspect import Signature
from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.imported import signature
from freqgen_structure.kinds import kinds_of
from freqgen_structure.vocabulary import Kind

if TYPE_CHECKING:
    from freqgen_structure.source import Source

_CLASSES = {
    Kind.FRAME: "pandas.DataFrame",
    Kind.SERIES: "pandas.Series",
    Kind.ARRAY: "numpy.ndarray",
}
_WINDOWS = {
    "rolling": "pandas.api.typing.Rolling",
    "ewm": "pandas.api.typing.ExponentialMovingWindow",
    "expanding": "pandas.api.typing.Expanding",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryCall:
    """One call of pandas or NumPy.

    :param path: The function, such as ``pandas.Series.shift`` or ``numpy.where``.
    :param owner: The class of a method; empty for a function.
    """

    node: cst.Call
    name: str
    path: str
    owner: str
    signature: Signature


def library_calls(source: Source) -> Iterator[LibraryCall]:
    """Every call of a function or method of pandas and NumPy that is certainly that."""
    for call in source.all(cst.Call):
        paths = source.imports(call.func)
        if paths:
            path, owner = paths[0], ""
            if len(paths) > 1 or not path.startswith(("pandas.", "numpy.")):
                continue
        elif isinstance(call.func, cst.Attribute):
            owner = class_of(source, call.func.value) or ""
            path = f"{owner}.{call.func.attr.value}"
            if not owner:
                continue
        else:
            continue
        found = signature(path)
        if found is not None:
            yield LibraryCall(
                node=call,
                name=path.rpartition(".")[2],
                path=path,
                owner=owner,
                signature=found,
            )


def class_of(source: Source, node: cst.BaseExpression) -> str | None:
    """The class of pandas or NumPy that an expression has; ``None`` where that is not sure."""
    kind = kinds_of(source).of(node)
    if kind is Kind.WINDOW:
        return _window(source, node)
    return _CLASSES.get(kind) if kind is not None else None


def _window(source: Source, node: cst.BaseExpression) -> str | None:
    if isinstance(node, cst.Name):
        value = source.value(node)
        if value is None:
            return None
        node = value
    match node:
        case cst.Call(func=cst.Attribute(attr=cst.Name(value=maker)), args=args):
            # With weights a window is of another class.
            if any(arg.star or (arg.keyword and arg.keyword.value == "win_type") for arg in args):
                return None
            return _WINDOWS.get(maker)
    return None
