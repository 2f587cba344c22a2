"""What the list of modules says of the libraries that are installed."""

from __future__ import annotations

import importlib
import types
import warnings

import pytest

from freqgen_structure.allowed import OPEN, canonical, is_namespace, may_reach


def _import(name: str) -> types.ModuleType | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return importlib.import_module(name)
        except ImportError:
            return None


@pytest.mark.parametrize("name", sorted(OPEN))
def test_no_library_hands_on_a_module_that_is_not_looked_at(name: str) -> None:
    module = _import(name)
    if module is None:
        return  # may be imported where it is installed
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reached = {
            attribute
            for attribute, value in vars(module).items()
            if isinstance(value, types.ModuleType)
            and may_reach(f"{name}.{attribute}")
            and not is_namespace(f"{name}.{attribute}")
        }
    assert reached == set()


@pytest.mark.parametrize(
    ("path", "real"),
    [
        ("technical.qtpylib.np.testing", "numpy.testing"),
        ("technical.indicators.ta.RSI", "talib.abstract.RSI"),
        ("technical.pivots_points.qtpylib.np", "numpy"),
        ("numpy.mean", "numpy.mean"),
        ("os.path", "os.path"),
    ],
)
def test_a_module_that_is_passed_on_is_the_real_one(path: str, real: str) -> None:
    assert canonical(path) == real
