"""Which strategy of a file is meant, and what is said of the others."""

from __future__ import annotations

import pytest

from tests.plugins.freqgen_structure.conftest import Check

HEAD = "from freqtrade.strategy import IStrategy\n"
ONE = "\n\nclass Base1(IStrategy):\n    x = 1\n"
TWO = ONE + "\n\nclass Second(IStrategy):\n    x = 1\n"
DERIVED = ONE + "\n\nclass Middle(Base1):\n    x = 2\n\n\nclass Second(Middle):\n    x = 3\n"

SECOND = "Base1 is a second strategy in the same file; Second is checked and loaded"


@pytest.mark.parametrize(
    ("source", "name", "severity", "message", "hint"),
    [
        (ONE, "Base1", None, "", ""),
        (TWO, "Second", "warning", SECOND, "with -s Base1,"),
        (TWO, "Base1", "warning", "Second is a second strategy", "with -s Second,"),
        (
            TWO,
            "Both",
            "error",
            "called Both, but the file has Base1 and Second",
            "choose one with -s Base1,",
        ),
        (
            TWO,
            "Nope",
            "error",
            "called Nope, but the file has Base1 and Second",
            "choose one with -s Base1,",
        ),
        (
            ONE,
            "Nope",
            "error",
            "called Nope, but the file has Base1",
            "rename the class to Nope, or",
        ),
        (DERIVED, "Second", None, "", ""),
        (DERIVED, "Base1", "warning", "Middle is a second strategy", "with -s Middle,"),
        (ONE + ONE, "Base1", "error", "Base1 is defined more than once", ""),
        ("\n\nclass S:\n    x = 1\n", "S", "error", "S does not derive from IStrategy", ""),
    ],
    ids=[
        "one",
        "the second of two",
        "the first of two",
        "neither has the name of the file",
        "neither has the name that was asked for",
        "one of another name",
        "its bases belong to it",
        "what derives from it does not",
        "twice the same name",
        "no strategy",
    ],
)
def test_the_named_strategy_is_checked(
    source: str, name: str, severity: str | None, message: str, hint: str, check: Check
) -> None:
    found = [f for f in check(HEAD + source, name).findings if f.code == "FG101"]
    assert bool(found) is (severity is not None)
    assert {f.severity.value for f in found} <= {severity}
    if found:
        assert message in found[0].message
        assert hint in found[0].hint
