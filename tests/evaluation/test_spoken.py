"""What a worker says of a strategy, held against its file."""

from __future__ import annotations

from typing import Any

import pytest

from freqgen.evaluation.declared import Declared
from freqgen.evaluation.spoken import contradiction

SOURCE = """
class Base:
    stoploss = -0.5

class S(Base):
    timeframe = "1h"
    stoploss = -0.05
    minimal_roi = {"0": 0.1, 60: 0.05}
    use_custom_stoploss = 1
    trailing_stop = some_name
    def custom_sell(self): ...
    def custom_stoploss(self): ...
"""
HONEST: dict[str, Any] = {
    "attributes": {"timeframe": "1h", "stoploss": -0.05},
    "own": {
        "timeframe": "1h",
        "stoploss": -0.05,
        "minimal_roi": {"0": 0.1, "60": 0.05},
        "use_custom_stoploss": True,
        "trailing_stop": True,
    },
    "callbacks": ["custom_exit", "custom_stoploss"],
    "after_fill": False,
    "informative": [],
    "engine": [],
}


def _said(**changed: Any) -> Declared:
    return Declared.from_data({**HONEST, **changed})


def test_what_is_true_is_not_contradicted() -> None:
    assert contradiction(SOURCE, "S", _said()) is None


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"own": {**HONEST["own"], "stoploss": -0.01}}, "stoploss is -0.05 in the file and -0.01"),
        ({"own": {**HONEST["own"], "minimal_roi": {}}}, "minimal_roi"),
        ({"own": {**HONEST["own"], "use_custom_stoploss": False}}, "use_custom_stoploss"),
        ({"attributes": {"timeframe": "1h", "stoploss": -0.99}}, "stoploss is -0.05 in the file"),
        ({"callbacks": ["custom_exit"]}, "custom_stoploss is in the file and not there when run"),
        ({"callbacks": ["custom_stoploss"]}, "custom_exit"),
    ],
    ids=[
        "another stop",
        "no targets",
        "a switch",
        "another stop in use",
        "no callback",
        "an older name",
    ],
)
def test_a_contradiction_is_named(changed: dict[str, Any], says: str) -> None:
    found = contradiction(SOURCE, "S", _said(**changed))
    assert found is not None
    assert says in found


def test_what_the_configuration_replaces_is_no_contradiction() -> None:
    said = _said(attributes={"timeframe": "1h", "stoploss": -0.99})
    assert contradiction(SOURCE, "S", said, ["stoploss"]) is None


@pytest.mark.parametrize("source", ["def f(:", "x = " + "-" * 100_000 + "1", "a\0b"])
def test_a_file_that_cannot_be_read_says_nothing(source: str) -> None:
    assert contradiction(source, "S", _said()) is None
