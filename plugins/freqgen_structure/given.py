"""The objects of the bot that a strategy is given, and what they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.installed import INSTALLED, Class
from freqgen_structure.interface import CALLBACKS

if TYPE_CHECKING:
    from freqgen_structure.source import Source

_CLASSES = {
    "trade": ("freqtrade.persistence.trade_model", ("Trade", "LocalTrade")),
    "order": ("freqtrade.persistence.trade_model", ("Order",)),
    "dp": ("freqtrade.data.dataprovider", ("DataProvider",)),
}


def given_kind(source: Source, base: cst.BaseExpression) -> str | None:
    """What an expression holds: a trade, an order, or the data provider."""
    match base:
        case cst.Attribute(value=cst.Name(value="self"), attr=cst.Name(value="dp")):
            return "dp"
        case cst.Name(value="trade" | "order" as name):
            function = source.function_of(base)
            if function is None or function.name.value not in CALLBACKS:
                return None
            if function not in source.methods.values():
                return None
            given = name in CALLBACKS[function.name.value].parameters
            bindings = source.bindings(base)
            param = len(bindings) == 1 and bindings[0].parameter is not None
            return name if given and param else None
    return None


def is_method(kind: str, name: str) -> bool:
    """Whether the installed class of such an object has a method of that name."""
    module, classes = _CLASSES[kind]
    found = [INSTALLED.member(module, one) for one in classes]
    return any(isinstance(c, Class) and name in c.methods for c in found)


def members(kind: str) -> frozenset[str]:
    """Every attribute that the installed classes have; none where they cannot be read."""
    module, classes = _CLASSES[kind]
    names: set[str] = set()
    for one in classes:
        found = INSTALLED.member(module, one)
        if not isinstance(found, Class):
            return frozenset()
        names |= found.attributes
    return frozenset(names)
