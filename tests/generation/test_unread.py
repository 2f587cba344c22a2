"""Words that were not understood, and without which it is another strategy."""

from __future__ import annotations

import pytest

from freqgen import BriefError, Reading, Reply, Span
from freqgen.testing import ScriptedProvider, a_design
from tests.generation.conftest import Made

BRIEF = "Buy when RSI(14) is below 30 on a full moon. Sell at the very top. Wear a hat."


def span(text: str, meaning: str, *, blocks: bool) -> Span:
    """A part of the brief."""
    start = BRIEF.index(text)
    return Span(start=start, end=start + len(text), text=text, meaning=meaning, blocks=blocks)


MOON = span("on a full moon", "the phase of the moon is not in the candles", blocks=True)
TOP = span("at the very top", "nobody knows it before it is over", blocks=True)
HAT = span("Wear a hat", "", blocks=False)


def reader(*unread: Span, replies: int = 1) -> ScriptedProvider:
    """A provider that says what it did not read."""
    reply = Reply(text=a_design().to_json(), reading=Reading(unread=unread))
    return ScriptedProvider([reply] * replies, name="reader", deterministic=True)


@pytest.mark.parametrize("step", ["design", "generate"])
def test_a_design_without_them_is_refused_before_any_code(made: Made, step: str) -> None:
    """Each part is quoted with its reason; the hint says both ways on."""
    coder = ScriptedProvider(["never asked"], name="coder")
    freqgen = made(reader(MOON, TOP, HAT), coder, design_model="reader", code_model="coder")
    with pytest.raises(BriefError) as caught:
        getattr(freqgen, step)(BRIEF)
    for part in (MOON, TOP):
        assert f'"{part.text}" ({part.meaning})' in caught.value.message
    assert HAT.text not in caught.value.message
    assert "in other words" in caught.value.hint
    assert "--ignore-unread" in caught.value.hint
    assert coder.prompts == []
    assert freqgen.existing_store is None


def test_what_does_not_block_is_said_and_nothing_more(made: Made) -> None:
    """As it always was."""
    result = made(reader(HAT)).design(BRIEF, model="reader")
    assert result.reading.unread == (HAT,)


@pytest.mark.soak
def test_on_request_they_are_left_out(made: Made) -> None:
    """The design goes on, and what was left out stays said."""
    freqgen = made(reader(MOON, HAT), design_model="reader")
    result = freqgen.generate(BRIEF, ignore_unread=True)
    assert result.designed.reading.unread == (MOON, HAT)
    assert result.to_dict()["unread"] == [
        {
            "start": MOON.start,
            "end": MOON.end,
            "text": "on a full moon",
            "meaning": MOON.meaning,
            "blocks": True,
        },
        {
            "start": HAT.start,
            "end": HAT.end,
            "text": "Wear a hat",
            "meaning": "",
            "blocks": False,
        },
    ]
    assert result.record.reading is not None
    assert result.record.reading["unread"][0]["blocks"] is True
