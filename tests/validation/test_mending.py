"""Edits of several findings in one text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freqgen import Draft, Edit, Finding, Phase, Report, Severity, apply_edits, mend


def finding(*edits: tuple[int, int, str], code: str = "FG901") -> Finding:
    return Finding(
        code=code,
        severity=Severity.ERROR,
        phase=Phase.STRUCTURE,
        message="wrong",
        edits=tuple(Edit(start=start, end=end, text=text) for start, end, text in edits),
    )


ROUNDS = [
    pytest.param("a = 1", [finding((4, 5, "2"))], "a = 2", [0], id="one"),
    pytest.param(
        "a = 1; b = 1",
        [finding((11, 12, "3")), finding((4, 5, "2"))],
        "a = 2; b = 3",
        [0, 1],
        id="two places, in any order",
    ),
    pytest.param(
        "a = 1",
        [finding((4, 5, "2")), finding((0, 5, "b = 3"))],
        "a = 2",
        [0],
        id="the first of two at one place wins",
    ),
    pytest.param(
        "a = 1",
        [finding((0, 0, "import x\n"), (4, 5, "x.y")), finding((0, 0, "import x\n"))],
        "import x\na = x.y",
        [0, 1],
        id="the same import is made once",
    ),
    pytest.param(
        "a = 1",
        [finding((0, 0, "b = 2\n")), finding((0, 1, "c"))],
        "b = 2\nc = 1",
        [0, 1],
        id="inserted in front of what is replaced",
    ),
    pytest.param(
        "abc = 1",
        [finding((0, 3, "d")), finding((1, 1, "x"))],
        "d = 1",
        [0],
        id="nothing is inserted into what is replaced",
    ),
    pytest.param(
        "a = 1; b = 2",
        [finding((4, 5, ")")), finding((11, 12, "3"))],
        "a = 1; b = 3",
        [1],
        id="what breaks the text is left out alone",
    ),
    pytest.param("a = 1", [finding((4, 5, ")"))], "a = 1", [], id="and alone"),
    pytest.param(
        "a = (", [finding((4, 5, "1"))], "a = 1", [0], id="what did not parse may be mended"
    ),
    pytest.param("a = 1", [finding()], "a = 1", [], id="nothing to do"),
]


@pytest.mark.parametrize(("source", "findings", "mended", "made"), ROUNDS)
def test_a_round(source: str, findings: list[Finding], mended: str, made: list[int]) -> None:
    assert apply_edits(source, findings) == (mended, tuple(findings[i] for i in made))


def test_what_one_edit_uncovers_is_mended_too() -> None:
    def check(draft: Draft) -> Report:
        steps = {"a = 1": "a = 2", "a = 2": "a = 3"}
        after = steps.get(draft.source)
        found = [finding((0, 5, after))] if after else []
        return Report(findings=tuple(found))

    done = mend(Draft(class_name="S", source="a = 1"), check)
    assert (done.draft.source, len(done.applied), done.report.findings) == ("a = 3", 2, ())


def test_a_circle_ends() -> None:
    def check(draft: Draft) -> Report:
        return Report(findings=(finding((4, 5, "1" if draft.source == "a = 2" else "2")),))

    done = mend(Draft(class_name="S", source="a = 1"), check)
    assert (done.draft.source, len(done.applied)) == ("a = 2", 1)
    assert done.report.findings


@given(st.text("ab\n", max_size=12), st.text("ab\n", max_size=12))
def test_the_smallest_edit_between_two_texts(before: str, after: str) -> None:
    edit = Edit.between(before, after)
    assert before[: edit.start] + edit.text + before[edit.end :] == after
    assert len(edit.text) + edit.end - edit.start <= len(before) + len(after)
