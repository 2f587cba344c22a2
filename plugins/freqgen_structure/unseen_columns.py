"""Whether the dataframe may get columns from somewhere that the file does not show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.nodes import dotted
from freqgen_structure.signatures import POPULATE, dataframe_parameter, informative_calls

if TYPE_CHECKING:
    from freqgen_structure.source import Source

# Libraries whose functions leave the dataframe that they are given as it is.
_PURE = (
    "talib",
    "numpy",
    "pandas.Series",
    "technical.qtpylib",
    "technical.vendor.qtpylib",
    "freqtrade.vendor.qtpylib",
    "freqtrade.strategy",
    "math",
)
# Functions that give a frame whose columns can be told from what they are given.
_TOLD = frozenset("merge_informative_pair resample_to_interval resampled_merge".split())
# Functions of technical that work on a copy of the dataframe.
_COPYING = frozenset(
    "MADR PMAX RMI SSLChannels TKE VIDYA atr_percent bollinger_bands chaikin_money_flow chopiness "
    "cmf dema ema fibonacci_retracements hull_moving_average ichimoku laguerre rma sma supertrend "
    "tema tv_alma tv_hma tv_trama tv_wma vpci vpcii vwma williams_percent zema".split()
)
_PURE_BUILTINS = frozenset("len print bool isinstance type id repr str range enumerate zip".split())
# Methods whose result has the columns of the frame they are called on.
_KEEPING = frozenset(
    "copy assign fillna ffill dropna reset_index set_index sort_values sort_index replace "
    "drop astype infer_objects round clip rename insert head tail interpolate".split()
)


def adds_unseen(source: Source) -> bool:
    """Whether the frame that Freqtrade passes along may get columns that nothing here writes."""
    for attribute in source.all(cst.Attribute):
        accessor = attribute.attr.value == "ta" and isinstance(attribute.value, cst.Name)
        if accessor and source.imported(attribute.value) is None:
            return True  # the accessor of pandas_ta appends columns
    for name, method in source.methods.items():
        parameter = dataframe_parameter(method)
        if parameter is None:
            continue
        populates = name in POPULATE or bool(informative_calls(source, method))
        if populates and _gains(source, method, parameter):
            return True
    return False


def _gains(source: Source, method: cst.FunctionDef, frame: str) -> bool:
    """Whether other columns may get into the dataframe of a method, by its name or by a call."""
    for node in source.below(method.body, cst.Assign, cst.Call, cst.For, cst.With):
        if isinstance(node, cst.Assign):
            for target in node.targets:
                if _names(target.target, frame) and not _keeps(source, node.value, frame):
                    return True
        elif isinstance(node, cst.Call):
            given = any(isinstance(a.value, cst.Name) and a.value.value == frame for a in node.args)
            if given and not _pure(source, node):
                return True
        elif isinstance(node, cst.For) and _names(node.target, frame):
            return True
    return False


def _keeps(source: Source, value: cst.BaseExpression, frame: str) -> bool:
    """Whether an expression has no more columns than ``frame`` and those written here."""
    while isinstance(value, cst.Call) and isinstance(value.func, cst.Attribute):
        if value.func.attr.value not in _KEEPING:
            break
        value = value.func.value
    if isinstance(value, cst.Name):
        return value.value == frame
    if isinstance(value, cst.Call):
        first = value.args[0].value if value.args else None
        takes = isinstance(first, cst.Name) and first.value == frame
        return takes and not _copies(source, value) and _pure(source, value)
    return False


def _copies(source: Source, call: cst.Call) -> bool:
    """Whether it is a function of technical, which gives another frame, with columns of its own."""
    path = source.imported(call.func) or ""
    name = path.rpartition(".")[2]
    return path == f"technical.indicators.{name}" and name in _COPYING


def _pure(source: Source, call: cst.Call) -> bool:
    """Whether a function that is given the dataframe shows in this file what it does."""
    path = source.imported(call.func)
    if path is not None:
        told = path.rpartition(".")[2] in _TOLD
        return path.startswith(_PURE) or told or _copies(source, call)
    local = dotted(call.func) or ""
    if isinstance(call.func, cst.Name):
        functions = {f.name.value for f in source.all(cst.FunctionDef)}
        return local in _PURE_BUILTINS or local in functions
    if local.startswith("self."):
        return local.removeprefix("self.") in source.methods
    # A method of another object: a frame's own, such as series.corr(dataframe), or super's.
    if isinstance(call.func, cst.Attribute):
        receiver = call.func.value
        owner = source.local_class(receiver)
        if owner is not None:
            return source.defines(owner, call.func.attr.value)
        return (
            isinstance(receiver, cst.Call)
            and isinstance(receiver.func, cst.Name)
            and receiver.func.value == "super"
        )
    return False


def _names(target: cst.BaseExpression, name: str) -> bool:
    if isinstance(target, cst.Tuple | cst.List):
        return any(_names(element.value, name) for element in target.elements)
    return isinstance(target, cst.Name) and target.value == name
