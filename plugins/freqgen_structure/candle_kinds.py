"""What calls may make of expressions that have a value for each candle."""

from __future__ import annotations

from collections.abc import Iterable

import libcst as cst

from freqgen_structure.calls import by_row
from freqgen_structure.vocabulary import (
    BY_CANDLE,
    DATA,
    FRAMES,
    GROUPING,
    KEEPING,
    NUMPY_REDUCTIONS,
    OTHER_REDUCTIONS,
    REDUCTIONS,
    TALIB_OUTPUTS,
    WINDOWS,
    Kind,
)


def method_kind(base: Kind, name: str, node: cst.Call) -> Kind | None:
    """What a method of pandas makes of what it is called on."""
    if base is Kind.WINDOW:
        return Kind.SERIES
    if base in {Kind.GROUPS, Kind.AGGREGATE}:
        if name in WINDOWS:
            return Kind.WINDOW if base is Kind.GROUPS else base
        return Kind.SERIES if base is Kind.GROUPS and name in BY_CANDLE else Kind.AGGREGATE
    if base is Kind.INDEX:
        return Kind.SERIES if name in KEEPING else None
    if name in WINDOWS:
        return Kind.WINDOW
    if name in GROUPING:
        return Kind.GROUPS
    if name in REDUCTIONS or name in {"any", "all"}:
        return Kind.SERIES if by_row(node) else None
    if name == "apply":
        return Kind.SERIES if by_row(node) else base
    if name == "to_frame":
        return Kind.FRAME
    if name in {"tolist", "to_list", "to_numpy", "to_dict", "pop", "get", "eval"}:
        return Kind.SERIES
    return base if name in KEEPING else None


def library_kind(
    path: str, node: cst.Call, kinds: set[Kind | None], *, several: bool
) -> Kind | None:
    """What a function of a library makes of what it is given.

    :param kinds: What its arguments hold, the elements of lists among them.
    :param several: Whether it is given a list.
    """
    name = path.rpartition(".")[2]
    if not kinds & {*DATA, Kind.INDEX}:
        return Kind.AGGREGATE if name in FRAMES and Kind.AGGREGATE in kinds else None
    if name == "resample_to_interval":
        return Kind.AGGREGATE
    if name == "DataFrame" and several:
        return None  # a list of columns makes the rows of the frame
    if name in FRAMES:
        return Kind.FRAME
    if path.startswith("numpy."):
        reduces = name in NUMPY_REDUCTIONS and not by_row(node, library=True) and not several
        if reduces or name in {"argwhere", "flatnonzero", "nonzero", "isscalar", "size"}:
            return None
        return Kind.SERIES
    if path.startswith("pandas."):
        return Kind.SERIES
    if path.startswith("talib.") and name not in TALIB_OUTPUTS:
        return Kind.SERIES
    if path in OTHER_REDUCTIONS or path.startswith(("math.", "logging.", "statistics.")):
        return None
    return Kind.RESULT


def mixed_kind(kinds: Iterable[Kind | None]) -> Kind | None:
    """What an operator makes of values."""
    found = set(kinds)
    if Kind.FRAME in found:
        return Kind.FRAME
    if found & {Kind.SERIES, Kind.INDEX}:
        return Kind.SERIES
    return next((k for k in (Kind.RESULT, Kind.AGGREGATE) if k in found), None)
