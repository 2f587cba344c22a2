"""What well-known functions and methods of pandas, numpy and TA-Lib give for certain."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import libcst as cst

from freqgen_structure.nodes import argument
from freqgen_structure.vocabulary import (
    ARRAYS,
    BOOL_METHODS,
    FRAME_CALLS,
    FRAME_METHODS,
    SCALAR_METHODS,
    SERIES_METHODS,
    TALIB_OUTPUTS,
    WINDOWS,
    Kind,
)

# Newer releases of TA-Lib have these with one output or several: nothing is said of them.
_OF_SOME_RELEASES = frozenset("DONCHIAN ERI FRACTAL HA KC KDJ SMI SUPERTREND VORTEX".split())


def outputs_of(function: str) -> tuple[str, ...] | None:
    """The names of the outputs of a function of TA-Lib; ``None`` if it may be none."""
    if function in TALIB_OUTPUTS:
        return tuple(TALIB_OUTPUTS[function].split())
    if function in _OF_SOME_RELEASES or not re.fullmatch(r"[A-Z][A-Z0-9_]+", function):
        return None
    return ("real",)


def method_kind(base: Kind, name: str) -> Kind | None:
    """What a method gives of a frame, a column or a window of them."""
    if base is Kind.FRAME:
        if name in FRAME_METHODS:
            return Kind.FRAME
        return Kind.WINDOW if name in WINDOWS else None
    if base in {Kind.SERIES, Kind.BOOLS}:
        if name in BOOL_METHODS:
            return Kind.BOOLS
        if name in WINDOWS:
            return Kind.WINDOW
        if name == "to_numpy":
            return Kind.ARRAY if base is Kind.SERIES else base
        if name == "to_frame":
            return Kind.FRAME
        if name in {"copy", "head", "tail"}:
            return base
        if name in SERIES_METHODS:
            return Kind.SERIES
        return Kind.SCALAR if name in SCALAR_METHODS else None
    if base is Kind.ROW and name in {"copy", "squeeze"}:
        return Kind.ROW
    if base is Kind.WINDOW and name in SCALAR_METHODS | {"apply", "corr", "cov", "rank"}:
        return Kind.SERIES
    return None


_QTPYLIB = {
    "bollinger_bands": "upper mid lower",
    "weighted_bollinger_bands": "upper mid lower",
    "keltner_channel": "upper mid lower",
    "macd": "macd signal histogram",
    "stoch": "slow_k slow_d",
    "tdi": "rsi rsi_signal rsi_smooth rsi_bb_upper rsi_bb_lower rsi_bb_mid",
    "heikinashi": "open high low close",
}


def frame_outputs(path: str) -> tuple[str, ...] | None:
    """The columns of the frame that a function of ``qtpylib`` gives."""
    module, _, name = path.rpartition(".")
    found = _QTPYLIB.get(name) if "qtpylib" in module else None
    return tuple(found.split()) if found is not None else None


def library_kind(path: str, given: Sequence[Kind | None]) -> Kind | None:
    """What a function of a library gives.

    :param path: Its dotted name.
    :param given: What its arguments are.
    """
    name = path.rpartition(".")[2]
    if name in FRAME_CALLS or frame_outputs(path) is not None:
        return Kind.FRAME
    if path.startswith("talib."):
        return _talib_kind(path, given[0] if given else None)
    if name in {"crossed_above", "crossed_below", "crossed"}:
        return Kind.BOOLS
    if path == "pandas.Series":
        return Kind.SERIES
    if path in {"numpy.where", "numpy.select"}:
        return Kind.ARRAY
    if path.startswith("numpy.logical_") or path in {"numpy.isnan", "pandas.isna"}:
        return Kind.BOOLS if any(kind is not None and kind.many for kind in given) else None
    if path.startswith("numpy.") and path.removeprefix("numpy.") in ARRAYS:
        if Kind.SERIES in given or Kind.BOOLS in given:
            return Kind.SERIES
        return Kind.ARRAY if Kind.ARRAY in given else None
    return None


def concat_kind(call: cst.Call, of: Callable[[cst.CSTNode], Kind | None]) -> Kind | None:
    """What ``pandas.concat`` gives, where it puts rows under rows.

    :param of: Tells what an expression is.
    """
    joined = argument(call, 0, "objs")
    settings = {arg.keyword.value if arg.keyword is not None else "" for arg in call.args[1:]}
    if not isinstance(joined, cst.List | cst.Tuple) or not settings <= {"ignore_index", "sort"}:
        return None
    kinds = [of(e.value) if isinstance(e, cst.Element) else None for e in joined.elements]
    if Kind.FRAME in kinds:
        return Kind.FRAME
    return same_kind(kinds) if kinds and set(kinds) <= {Kind.SERIES, Kind.BOOLS} else None


def _talib_kind(path: str, first: Kind | None) -> Kind | None:
    outputs = outputs_of(path.rpartition(".")[2])
    if outputs is None or first is None:
        return None
    abstract = path.startswith("talib.abstract.")
    if abstract and first is Kind.FRAME:
        return Kind.SERIES if len(outputs) == 1 else Kind.FRAME
    if first.many and len(outputs) == 1:
        # Of a column, talib.abstract gives arrays, and plain talib columns.
        return Kind.ARRAY if abstract or first is Kind.ARRAY else Kind.SERIES
    return Kind.OUTPUTS if first.many else None


def same_kind(kinds: list[Kind | None]) -> Kind | None:
    """The kind that all of some have; a column where they are columns of two sorts."""
    found = set(kinds)
    if len(found) == 1:
        return found.pop()
    return Kind.SERIES if found == {Kind.SERIES, Kind.BOOLS} else None
