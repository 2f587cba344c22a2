"""Who writes the code: what the user chose, what the settings say, or who made the design."""

from __future__ import annotations

from typing import Any

import pytest

from freqgen import Design, DesignError
from freqgen.generation.choosing import coder_for

PLAIN = Design.from_data(
    {
        "name": "Plain",
        "timeframe": "1h",
        "entry_long": ["close > open"],
        "risk": {"stoploss": -0.05},
    }
)
WORDED = Design.from_data(
    {**PLAIN.to_data(), "in_words": {"entry_long": ["a double bottom of the last 50 candles"]}}
)


def coder(design: Design, **asked: Any) -> str:
    told = {"chosen": None, "setting": "compiler", "designers": ()} | asked
    return str(
        coder_for(
            design, writes_rules_only=lambda one: one.provider in {"compiler", "offline"}, **told
        )
    )


@pytest.mark.parametrize(
    ("design", "asked", "expected"),
    [
        pytest.param(PLAIN, {"designers": ("openai:a",)}, "compiler", id="rules are compiled"),
        pytest.param(PLAIN, {"chosen": "openai:b"}, "openai:b", id="unless a model was chosen"),
        pytest.param(WORDED, {"chosen": "openai:b"}, "openai:b", id="which writes words too"),
        pytest.param(WORDED, {"setting": "openai:c"}, "openai:c", id="as one of the settings does"),
        pytest.param(
            WORDED, {"designers": ("anthropic:a", "openai:d")}, "anthropic:a", id="or the designer"
        ),
        pytest.param(
            WORDED, {"designers": ("", "openai:d")}, "openai:d", id="or who usually designs"
        ),
        pytest.param(
            WORDED, {"designers": ("offline", "openai:d")}, "openai:d", id="who can read words"
        ),
    ],
)
def test_who_writes_the_code(design: Design, asked: dict[str, Any], expected: str) -> None:
    assert coder(design, **asked) == expected


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"designers": ("", "offline")}, id="there is no model"),
        pytest.param({"chosen": "compiler", "designers": ("openai:a",)}, id="none is wanted"),
    ],
)
def test_words_that_nobody_can_code(asked: dict[str, Any]) -> None:
    with pytest.raises(DesignError, match="a double bottom") as caught:
        coder(WORDED, **asked)
    assert "--code-model provider:model" in caught.value.hint
