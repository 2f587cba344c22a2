"""Dicts, lists and arrays, which are written to like a dataframe and have no columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.nodes import dotted

if TYPE_CHECKING:
    from freqgen_structure.source import Source

_MAKERS = frozenset("Counter OrderedDict bytearray defaultdict deque dict list set".split())
# Methods, and an attribute, that give the values of a column or of a frame without its names.
_BARE = frozenset("to_numpy tolist values".split())
_DEEPEST = 5


def is_container(source: Source, base: cst.BaseExpression) -> bool:
    """Whether a name, or an attribute of ``self``, only ever is a dict, a list or an array."""
    if isinstance(base, cst.Attribute) and source.method_of(base.value) is not None:
        values = _kept(source, base.attr.value)
    elif isinstance(base, cst.Name):
        values = source.values(base)
    else:
        return False
    return bool(values) and all(value is not None and _bare(source, value) for value in values)


def is_kept_by_key(source: Source, base: cst.BaseExpression, depth: int = 0) -> bool:
    """Whether ``base[…]`` is a place in something that an object of the file keeps by pairs or so.

    ``self.cache[pair]``, ``self.info[pair]["seen"]``, and a name for a part of them.
    """
    places = 0
    while isinstance(base, cst.Subscript) or _is_get(base):
        base = base.value if isinstance(base, cst.Subscript) else base.func.value  # type: ignore[attr-defined]
        places += 1
    if isinstance(base, cst.Name) and depth < _DEEPEST:
        values = source.values(base)
        return bool(values) and all(
            value is not None and (_bare(source, value) or is_kept_by_key(source, value, depth + 1))
            for value in values
        )
    if not isinstance(base, cst.Attribute) or source.method_of(base.value) is None:
        return False
    kept = _kept(source, base.attr.value)
    if places:
        kept += _put_in(source, base.attr.value)
    return not any(_may_be_frame(source, value) for value in kept)


def _is_get(node: cst.BaseExpression) -> bool:
    return (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Attribute)
        and node.func.attr.value in {"get", "setdefault"}
    )


def _may_be_frame(source: Source, value: cst.BaseExpression | None) -> bool:
    """Whether a value that is kept may be a dataframe."""
    if value is None or _bare(source, value):
        return False
    match value:
        case cst.BaseNumber() | cst.BaseString() | cst.Comparison():
            return False
        case cst.Name(value=name):
            return name not in {"None", "True", "False"}
        case cst.Call(func=func):
            path = source.imported(func)
            if path is not None:
                return path.startswith("pandas")
            return not (isinstance(func, cst.Name) and source.is_builtin(func))
    return True


def _put_in(source: Source, name: str) -> list[cst.BaseExpression | None]:
    """What is put into an attribute of the file's objects under a key."""
    return [
        assign.value
        for assign in source.all(cst.Assign)
        for target in assign.targets
        if isinstance(target.target, cst.Subscript)
        and isinstance(target.target.value, cst.Attribute)
        and target.target.value.attr.value == name
    ]


def _bare(source: Source, value: cst.BaseExpression) -> bool:
    """Whether a value is written to by key or place, and never by the name of a column."""
    match value:
        case cst.Dict() | cst.List() | cst.DictComp() | cst.ListComp():
            return True
        case cst.Call(func=func):
            path = source.imported(func) or ""
            if path.startswith("numpy.") or path == "pandas.Series":
                return True
            bare = isinstance(func, cst.Attribute) and func.attr.value in _BARE
            return bare or (dotted(func) or "").rpartition(".")[2] in _MAKERS
        case cst.Attribute(attr=cst.Name(value=name)):
            return name in _BARE
    return False


def _kept(source: Source, name: str) -> list[cst.BaseExpression | None]:
    """What an attribute of the file's objects is assigned."""
    found: list[cst.BaseExpression | None] = [
        one.value for one in source.settings if one.name == name
    ]
    for assign in [*source.all(cst.Assign), *source.all(cst.AnnAssign)]:
        if isinstance(assign, cst.AnnAssign):
            targets = [assign.target]
            value = assign.value
        elif isinstance(assign, cst.Assign):
            targets = [target.target for target in assign.targets]
            value = assign.value
        found += [
            value
            for target in targets
            if isinstance(target, cst.Attribute) and target.attr.value == name
        ]
    return found
