"""Dicts and lists, which are written to like a dataframe and have no columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.nodes import dotted

if TYPE_CHECKING:
    from freqgen_structure.source import Source

_MAKERS = frozenset("Counter OrderedDict bytearray defaultdict deque dict list set".split())


def is_container(source: Source, base: cst.BaseExpression) -> bool:
    """Whether a name, or an attribute of ``self``, only ever is a dict or a list."""
    if isinstance(base, cst.Attribute) and source.method_of(base.value) is not None:
        values = _kept(source, base.attr.value)
    elif isinstance(base, cst.Name):
        values = source.values(base)
    else:
        return False
    return bool(values) and all(
        isinstance(value, cst.Dict | cst.List | cst.DictComp | cst.ListComp)
        or (
            isinstance(value, cst.Call) and (dotted(value.func) or "").rpartition(".")[2] in _MAKERS
        )
        for value in values
    )


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
