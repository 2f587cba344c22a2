"""NumPy, pandas and TA-Lib as they are installed; imported when a draft first uses them."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class TalibFunction:
    """A function of TA-Lib.

    :param inputs: The names of its inputs, as keywords of ``talib.abstract``.
    :param prices: The candle columns that it reads by default, one for each array it wants.
    :param parameters: Its settings by name, with their defaults, whose types are theirs.
    :param outputs: The names of its results.
    """

    name: str
    inputs: tuple[str, ...]
    prices: tuple[str, ...]
    parameters: Mapping[str, int | float]
    outputs: tuple[str, ...]

    def takes(self, parameter: str, value: float) -> bool:
        """Whether a setting may have a value, by TA-Lib's own word."""
        return _takes(self.name, parameter, value)

    def least(self, parameter: str) -> int | None:
        """The least whole number that a setting may have, if that is less than ten."""
        return next((n for n in range(10) if self.takes(parameter, n)), None)


@cache
def module(path: str) -> ModuleType | None:
    """A module; ``None`` where it cannot be imported."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return import_module(path)
    except Exception:  # noqa: BLE001  (whatever a broken installation raises)
        return None


@cache
def has(path: str, name: str) -> bool | None:
    """Whether a module or a class of it has a name; ``None`` where it is not installed."""
    owner = get(path)
    if owner is None:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if hasattr(owner, name):
                return not _added(owner, name)
            return module(f"{path}.{name}") is not None
        except Exception:  # noqa: BLE001  (a lazy attribute may raise anything)
            return None


def _added(owner: object, name: str) -> bool:
    """Whether technical has put a name into pandas, as it does once something imports it."""
    made_in = getattr(getattr(owner, name), "__module__", None)
    home = getattr(owner, "__module__", None) or getattr(owner, "__name__", "")
    return str(made_in).startswith("technical.") and not str(home).startswith("technical")


@cache
def get(path: str) -> Any | None:
    """A module, or a class or function of one, by its dotted path; ``None`` if not there."""
    found = module(path)
    if found is not None or "." not in path:
        return found
    owner, _, name = path.rpartition(".")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return getattr(get(owner), name, None)


@cache
def signature(path: str) -> inspect.Signature | None:
    """The signature of a function or method, ``None`` where it does not tell."""
    found = get(path)
    if not callable(found):
        return None
    try:
        return inspect.signature(found)
    except (TypeError, ValueError):
        return None


@cache
def tells(path: str) -> bool:
    """Whether the signature of a function is its own, and not one that C code states."""
    found = get(path)
    kind = type(found).__name__
    return inspect.isfunction(found) or kind in {"ufunc", "_ArrayFunctionDispatcher"}


@cache
def talib_functions() -> Mapping[str, TalibFunction]:
    """The functions of TA-Lib by name; empty where it is not installed."""
    abstract = module("talib.abstract")
    names = getattr(module("talib"), "__TA_FUNCTION_NAMES__", ())
    found: dict[str, TalibFunction] = {}
    for name in names if abstract is not None else ():
        # An object of our own: those of the module remember what they were last given.
        info = abstract.Function(name).info  # type: ignore[union-attr]
        prices: list[str] = []
        for wanted in info["input_names"].values():
            prices += [wanted] if isinstance(wanted, str) else list(wanted)
        found[name] = TalibFunction(
            name=name,
            inputs=tuple(info["input_names"]),
            prices=tuple(prices),
            parameters=dict(info["parameters"]),
            outputs=tuple(info["output_names"]),
        )
    return found


@cache
def _takes(name: str, parameter: str, value: float) -> bool:
    abstract = module("talib.abstract")
    function = abstract.Function(name)  # type: ignore[union-attr]
    try:
        # It tells how many candles it needs, or that it cannot.
        function.parameters = {parameter: value}
        return bool(function.lookback >= 0)
    except OverflowError:
        return False
    except Exception:  # noqa: BLE001  (TA-Lib raises plain Exception)
        return False


@cache
def lenient(path: str) -> bool:
    """Whether a function of pandas still takes by position what it wants by keyword."""
    found = get(path) if path.startswith("pandas.") else None
    return hasattr(found, "__wrapped__") or "__signature__" in getattr(found, "__dict__", {})
