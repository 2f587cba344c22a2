"""The calls of TA-Lib in a draft, by either of its two interfaces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.imported import TalibFunction, talib_functions

if TYPE_CHECKING:
    from freqgen_structure.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class TalibCall:
    """One call of a function of TA-Lib.

    :param abstract: Whether it is that of ``talib.abstract``, which takes a dataframe.
    """

    node: cst.Call
    function: TalibFunction
    abstract: bool

    @property
    def starred(self) -> bool:
        """Whether some arguments do not show in the text."""
        return any(arg.star for arg in self.node.args)

    @property
    def positional(self) -> list[cst.Arg]:
        """The arguments without a keyword."""
        return [arg for arg in self.node.args if arg.keyword is None and not arg.star]

    @property
    def keywords(self) -> dict[str, cst.Arg]:
        """The arguments with a keyword, by keyword."""
        return {arg.keyword.value: arg for arg in self.node.args if arg.keyword is not None}


def talib_calls(source: Source) -> Iterator[TalibCall]:
    """Every call of TA-Lib whose function is known for certain."""
    for call in source.all(cst.Call):
        for node, how in _called(source, call):
            owner, _, name = how.rpartition(".")
            function = talib_functions().get(name) if owner in _OWNERS else None
            if function is not None:
                yield TalibCall(node=node, function=function, abstract=owner == "talib.abstract")


_OWNERS = frozenset({"talib", "talib.abstract"})


def _called(source: Source, call: cst.Call) -> Iterator[tuple[cst.Call, str]]:
    paths = source.imports(call.func)
    if len(paths) == 1:
        yield call, paths[0]
        return
    # ta.Function("RSI")(dataframe) and getattr(ta, "RSI")(dataframe)
    match call.func:
        case cst.Call(func=maker, args=[first, *rest]):
            path = source.imported(maker)
            if path == "talib.abstract.Function" and not rest:
                names = source.strings(first.value) or ()
            elif isinstance(maker, cst.Name) and maker.value == "getattr" and len(rest) == 1:
                path = source.imported(first.value)
                names = source.strings(rest[0].value) or ()
                if path not in _OWNERS:
                    return
            else:
                return
            owner = "talib.abstract" if path == "talib.abstract.Function" else path
            if len(names) == 1:
                yield call, f"{owner}.{next(iter(names)).upper()}"
        case cst.Name():
            # rsi = ta.RSI; rsi(dataframe)
            value = source.value(call.func)
            path = source.imported(value) if value is not None else None
            if path is not None:
                yield call, path
