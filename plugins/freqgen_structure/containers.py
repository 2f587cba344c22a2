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


def is_container(source: Source, base: cst.BaseExpression) -> bool:
    """Whether a name, or an attribute of ``self``, only ever is a dict, a list or an array."""
    if isinstance(base, cst.Attribute) and source.method_of(base.value) is not None:
        values = _kept(source, base.attr.value)
    elif isinstance(base, cst.Name):
        values = source.values(base)
    else:
        return False
    return bool(values) and all(value is not None and _bare(source, value) for value in values)


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
