"""Long briefs: what reading them takes grows with their length, and no faster.

How often functions are called is counted, since that is the same on every machine. What runs inside
of one regular expression is not seen so; those briefs are read at the full length of a brief, which
a search that begins anew at each place would not end in a minute.
"""

from __future__ import annotations

import re
import sys
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freqgen import Brief, BriefError, Reading
from freqgen.brief import MAX_BRIEF_CHARACTERS
from freqgen_offline.lexicon import Squeezed, words
from freqgen_offline.reader import MAX_CLAUSES, read_brief

BUY = "Buy when RSI < 30"
END = ". 1h, 2% stop."
FEW = 150


def read(text: str) -> tuple[dict[str, Any], Reading] | None:
    """What a brief says; nothing where it is refused."""
    try:
        return read_brief(Brief.from_text(text))
    except BriefError:
        return None


def calls(text: str) -> int:
    """How many functions reading a brief calls."""
    count = 0

    def called(frame: FrameType, event: str, arg: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        read(text)
    finally:
        sys.setprofile(before)
    return count


@pytest.fixture(scope="module", autouse=True)
def _parsers() -> None:
    """Make what is made once, so that it is not counted with the first brief."""
    read(BUY + END)


REPEATED = [
    ", ", ",", ". ", "; ", ": ", "A: ", "x: ", "(", ")", "()", "' ", "- ", "- a\n", "\n- ",
    "\nfoo", "or ", "and ", "not ", "so ", ", so ", "It moves, so ", "so buy ", "plus ",
    "foo plus ", "when ", "if ", "unless ", "when foo ", "then ", "only ", "buy ", "sell ", "foo ",
    " and foo", " or foo", ", foo", "first candle that ", "12 ", "5% ", "8:00 ", "between ",
    "within ", "rsi ", "above ", "crosses ", "golden cross ", "is ", "(foo) ",
    "whichever comes first, ", "tomorrow ", "Foo bar. ", "RSI: ", "because ", "-> ", "either ",
    "any of ", "1h ", "candles ", "ema ", "since foo, ", "then buy ",
]  # fmt: skip
PLACES = {
    "before": "{many} Buy when RSI < 30. 1h, 2% stop.",
    "behind": "Buy when RSI < 30 {many} 1h, 2% stop.",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("unit", REPEATED, ids=repr)
def test_twice_the_words_take_at_most_about_twice_the_calls(unit: str, place: str) -> None:
    once, twice = (calls(PLACES[place].format(many=unit * n)) for n in (FEW, 2 * FEW))
    assert twice < 2.5 * once


FULL = [
    " ", "\n", " \n", "\t \n \n", "fixed ", "hard initial ", "worst case ", ":00", "8:00", "12am",
    "its 20 ", "its lower ", "last ", "1", "1,000", "0.1", "1-", "a", "a'", "-", "'", "(12, ",
    "macd(1,", "once the ", "and only ", "profit of ", "1h", "of the following ", "mon,",
    "no more than ", "at least ",
]  # fmt: skip


BEHIND = [
    *((BUY, unit) for unit in FULL),
    *((f"{BUY} and 8", unit) for unit in (":00", " am", ",000", "-")),
    *((f"{BUY} with a stop", unit) for unit in ("fixed ", " out at", " ", "-")),
]


@pytest.mark.parametrize(("head", "unit"), BEHIND, ids=repr)
def test_a_whole_brief_of_one_thing_is_read_to_its_end(head: str, unit: str) -> None:
    room = MAX_BRIEF_CHARACTERS - len(head) - len(END)
    text = head + unit * (room // len(unit)) + END
    found = read(text)
    spans = (*found[1].read, *found[1].unread) if found else ()
    assert all(span.text == text[span.start : span.end] for span in spans)
    assert found is None or max(span.end for span in spans) > len(text) - len(END)


@pytest.mark.parametrize(("verb", "name"), [("buy", "entry_long"), ("go short", "entry_short")])
def test_a_long_run_of_one_word_is_no_recursion(verb: str, name: str) -> None:
    design, _ = read_brief(Brief.from_text(f"{verb} {'when ' * 3000}RSI < 30{END}"))
    assert design[name] == ["rsi < 30"]


@pytest.mark.parametrize("clause", [" or RSI < 30", " and ADX > 20", "\n- RSI < 30", " 2% stop,"])
def test_more_than_a_design_has_room_for_is_refused(clause: str) -> None:
    with pytest.raises(BriefError, match=f"at most {MAX_CLAUSES} are read") as caught:
        read_brief(Brief.from_text(BUY + clause * (MAX_CLAUSES + 1) + END))
    assert "matter most" in caught.value.hint


def test_alternatives_up_to_there_are_read() -> None:
    design, reading = read_brief(Brief.from_text(BUY + " or RSI < 30" * (MAX_CLAUSES - 10) + END))
    assert design["entry_long"] == ["rsi < 30"]
    assert not reading.unread


# --- white space


GAPS = [" ", "  ", " " * 50, "\t", " \t ", "\u00a0" * 3]


@given(st.lists(st.sampled_from(GAPS), min_size=40, max_size=40))
def test_more_space_between_words_changes_nothing(gaps: list[str]) -> None:
    text = (
        "Buy when the RSI(7) is below 30 near support and volume is above its average. 1h, 2% stop."
    )
    plain_ = read(text)
    assert plain_ is not None
    parts = re.split(" ", text)
    wide = "".join(part + gap for part, gap in zip(parts, gaps, strict=False))
    found = read(wide)
    assert found is not None
    assert found[0] == plain_[0]
    told = [" ".join(span.text.split()) for span in found[1].unread]
    assert told == [span.text for span in plain_[1].unread]
    for span in (*found[1].read, *found[1].unread):
        assert wide.strip()[span.start : span.end] == span.text


@given(st.text(alphabet=" \t\nab:,", max_size=80))
def test_what_is_squeezed_knows_its_place(text: str) -> None:
    squeezed = Squeezed.of(text)
    assert squeezed.text.split() == text.split()
    for found in re.finditer(r"\S", squeezed.text):
        start, end = squeezed.place(*found.span())
        assert text[start:end] == found[0]


@given(
    st.lists(
        st.sampled_from(["buy", "\n\n", "\n", "rsi", " ", "   ", "4h", ":", "- a"]), max_size=30
    )
)
def test_words_stand_where_they_say(parts: list[str]) -> None:
    text = " ".join(parts)
    for word in words(text):
        assert text[word.start : word.end].split() == str(word.token).split()
