"""The design in a reply, whatever is put around it; real faults, written by hand."""

from __future__ import annotations

import contextlib
import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freqgen.generation import json_reply
from freqgen.generation.designer import DESIGN_FIELDS as WANTED
from freqgen.generation.json_reply import MAX_CHARACTERS, NoObject, read_object
from freqgen.testing import a_catalogue, a_design
from tests.oracle.designs import designs

DESIGN = {"name": "Dip", "timeframe": "1h", "entry_long": ["rsi < 30"], "risk": {"stoploss": -0.05}}
TEXT = json.dumps(DESIGN, indent=2)
LINE = json.dumps(DESIGN)

CLEANED = {
    "as it is": TEXT,
    "a fence": f"```json\n{TEXT}\n```",
    "a fence without a label": f"```\n{TEXT}\n```",
    "a fence that is never closed": f"```json\n{TEXT}\n",
    "prose before": f"Here is the design you asked for:\n\n{TEXT}",
    "prose after": f"{TEXT}\n\nLet me know if you'd like me to adjust the {{thresholds}}!",
    "prose around a fence": f"Sure!\n\n```json\n{TEXT}\n```\n\nThis buys the dip.",
    "braces in the prose": f"For each {{pair}} use this: {TEXT}",
    "an object in the prose": f'With {{"timeperiod": 14}} as usual:\n{TEXT}',
    "the same twice": f"{TEXT}\n\nAgain, for copying:\n{LINE}",
    "a byte order mark": f"\ufeff{TEXT}",
    "Windows line ends": TEXT.replace("\n", "\r\n"),
    "thoughts before": f'<think>Maybe {{"risk": {{}}}}? No.</think>\n{TEXT}',
    "a list of one": f"[{TEXT}]",
    "the only field of another": json.dumps({"design": DESIGN}),
    "a trailing comma": TEXT.replace('30"\n  ]', '30",\n  ]').replace("-0.05\n", "-0.05,\n"),
    "a trailing comma and a comment": LINE[:-1] + ", // done\n}",
    "comments with slashes": TEXT.replace("{\n", '{ // don\'t "quote" me }\n', 1),
    "comments with a number sign": TEXT.replace("{\n", "{\n  # the idea's name:\n", 1),
    "a block comment": TEXT.replace("{\n", "{ /* a { brace\n and more */\n", 1),
    "a comment at the end": TEXT.replace("-0.05\n", "-0.05  // 5 %\n"),
}


@pytest.mark.parametrize("text", CLEANED.values(), ids=CLEANED)
def test_what_has_one_meaning_is_cleaned(text: str) -> None:
    assert read_object(text, WANTED) == DESIGN


REFUSED = {
    "nothing": ("", "there is no JSON object in it"),
    "prose": ("I would rather talk about it.", "there is no JSON object in it"),
    "a list": ("[1, 2]", "there is no JSON object in it"),
    "cut off": (TEXT[:-20], "the reply ends in the middle"),
    "cut off in a string": ('{"name": "Dip', "the reply ends in the middle"),
    "cut off behind an indicator": (
        '{"name": "Dip", "indicators": [{"id": "rsi", "function": "RSI", "timeframe": "1h"}',
        "the reply ends in the middle",
    ),
    "a comma is missing": (
        "In short {so to say}:\n" + TEXT.replace('1h",', '1h"'),
        "Expecting ',' delimiter in line 5, column 3 of the reply",
    ),
    "on the first line": ('Yes: {"risk" 1}', "Expecting ':' delimiter in line 1, column 14"),
    "single quotes": (LINE.replace('"', "'"), "Expecting property name"),
    "two commas": (TEXT.replace("-0.05\n", "-0.05,,\n"), "it is not JSON"),
    "two designs": (f"{TEXT}\nor\n{LINE.replace('30', '25')}", "2 JSON objects in it that differ"),
    "two other objects": ('{"a": 1} {"b": 2}', "2 JSON objects in it; one is wanted"),
    "a name twice": (LINE[:-1] + ', "timeframe": "4h"}', 'the name "timeframe" stands twice'),
    "too deep": ('{"risk": ' + "[" * 99_999 + "]" * 99_999 + "}", "nested too deeply"),
    "far too long": (" " * MAX_CHARACTERS + TEXT, "characters; at most 500,000 are read"),
    "braces alone": ("{" * 100_000, "nested too deeply"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_anything_else_is_refused(text: str, message: str) -> None:
    with pytest.raises(NoObject) as caught:
        read_object(text, WANTED)
    assert message in str(caught.value)
    assert len(str(caught.value)) < 200


def test_a_reply_is_not_gone_through_for_each_of_its_braces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Sixty beginnings with all the rest behind each of them took half a minute."""
    begun: list[int] = []
    cleaned = json_reply._cleaned

    def counting(search: Any, start: int) -> tuple[str, int]:
        begun.append(start)
        return cleaned(search, start)

    monkeypatch.setattr(json_reply, "_cleaned", counting)
    with pytest.raises(NoObject, match="ends in the middle"):
        read_object("{" * 60 + "," * 490_000, WANTED)
    assert len(begun) == 2


def test_the_end_of_a_comment_is_not_sought_where_there_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each search would go through all that follows: half a megabyte took a quarter of an hour."""

    class Sought:
        def match(self, text: str, position: int) -> None:
            raise AssertionError(position)

    monkeypatch.setattr(json_reply, "_BLOCK_COMMENT", Sought())
    with pytest.raises(NoObject, match="ends in the middle"):
        read_object("*/ {" + "/* " * 1000, WANTED)


def test_an_object_that_is_no_design_is_found_all_the_same() -> None:
    """What it lacks is said by the schema."""
    assert read_object('{"strategy": "buy low"}', WANTED) == {"strategy": "buy low"}


HOSTILE = [
    "https://example.com/a//b",
    "# not a comment, /* nor this */",
    'a "quoted" word, and a \\ backslash',
    "{braces} and [brackets], ,} ,]",
    "```json\n{}\n```",
    "<think>no</think>",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_strings_are_not_harmed(text: str) -> None:
    data = {**DESIGN, "hypothesis": text, text: [text]}
    wrapped = f"```json\n{json.dumps(data, indent=1)[:-2]},\n}}\n```"
    assert read_object(wrapped, WANTED) == data


@cache
def some_designs() -> tuple[dict[str, Any], ...]:
    """Made when they are needed: it takes longer than to collect all tests of a folder."""
    return tuple(designs(seed=5, count=40, catalogue=a_catalogue()))


# Prose has no brace that could begin an object of its own, which no reader can tell apart.
prose = st.text(st.characters(blacklist_characters="{<", blacklist_categories=["Cs"]), max_size=60)
fences = st.sampled_from(["", "```", "```json", "```JSON", "~~~", "````json"])


def _with_comments(data: Any, before: str) -> str:
    """A design as JSON with a comment and a trailing comma wherever one may stand."""
    if isinstance(data, dict):
        pairs = [f"{json.dumps(k)}: {_with_comments(v, before)}" for k, v in data.items()]
        return "{ " + before + ", ".join(pairs) + (f", {before}}}" if pairs else "}")
    if isinstance(data, list):
        items = [_with_comments(item, before) for item in data]
        return "[" + ", ".join(items) + (f", {before}]" if items else "]")
    return json.dumps(data)


@given(
    st.deferred(lambda: st.sampled_from(some_designs())),
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=40),
    prose,
    prose,
    fences,
    st.sampled_from([None, 1, 2]),
    st.sampled_from(["", '// "one", }\n', "# don't ]\n", "/* { \n */"]),
)
def test_a_wrapped_design_comes_back_the_same(
    design: dict[str, Any],
    words: str,
    before: str,
    after: str,
    fence: str,
    indent: int | None,
    comment: str,
) -> None:
    """Whatever the prose, the fence, the layout and the comments."""
    data = {**design, "hypothesis": words}
    text = _with_comments(data, comment) if comment else json.dumps(data, indent=indent)
    closing = fence.rstrip("jsonJSON")
    assert read_object(f"{before}\n{fence}\n{text}\n{closing}\n{after}", WANTED) == data


@given(st.text(max_size=300) | st.text(st.sampled_from('{}[]",:/*# \n\\a1'), max_size=300))
def test_no_text_is_a_bug(text: str) -> None:
    """It is an object, or refused."""
    found: object = {}
    with contextlib.suppress(NoObject):
        found = read_object(text, WANTED)
    assert isinstance(found, dict)


@given(st.integers(1, len(a_design().to_json()) - 3))
def test_no_part_of_a_design_is_a_design(length: int) -> None:
    """However it is cut off, nothing within it is taken for the whole."""
    with pytest.raises(NoObject):
        read_object(a_design().to_json()[:length], WANTED)


WORDED = {
    **DESIGN,
    "indicators": [{"id": "rsi", "function": "RSI", "params": {"timeperiod": 14}}],
    "in_words": {"entry_long": ["a double bottom of 50 candles"], "exit_long": []},
    "parameters": [{"name": "a", "low": 1, "high": 2, "default": 1}],
}


def test_no_part_of_a_cut_off_design_is_taken_for_one() -> None:
    """Its conditions in words stand under the names of its rules, and are no design."""
    text = json.dumps({**WORDED, "risk": {"stoploss": -0.05, "roi": {"0": 0.1}}}, indent=1)
    for end in range(1, len(text)):
        with pytest.raises(NoObject):
            read_object(text[:end], WANTED)


def test_words_that_are_quoted_before_it_are_no_design() -> None:
    quoted = 'I use {"entry_long": ["a double bottom"]} for what no rule can say.\n'
    assert read_object(quoted + json.dumps(WORDED), WANTED) == WORDED
