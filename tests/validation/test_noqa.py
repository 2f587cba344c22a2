"""Comments that silence findings: where they count, and what is left without them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freqgen.exceptions import UsageError
from freqgen.finding import Finding, Phase, Severity
from freqgen.validation.mending import apply_edits
from freqgen.validation.noqa import Comments
from freqgen.validation.selection import EVERYTHING, FAMILIES, Selection
from freqgen.validation.waivers import Waivers

KNOWN = ("FG001", "FG101", "FG201", "FG202", "FG301", "FG501", "FG695", "FG801")


def finding(code: str = "FG201", line: int | None = 1) -> Finding:
    return Finding(
        code=code, severity=Severity.ERROR, phase=Phase.STRUCTURE, message="m", line=line
    )


COUNTS = [
    ("x = 1  # noqa", 1, True),
    ("x = 1  # noqa: FG201", 1, True),
    ("x = 1  #noqa:fg201", 1, True),
    ("x = 1  # noqa : FG101 , FG201", 1, True),
    ("x = 1  # noqa: FG101 FG201 as agreed", 1, True),
    ("x = 1  # mine # noqa: FG201", 1, True),
    ("x = 1  # noqa: FG2", 1, False),
    ("x = 1  # noqa: FG2011", 1, False),
    ("x = 1  # noqa: FG201x", 1, False),
    ("x = 1  # noqa: FG101", 1, False),
    ("x = 1  # noqa: because FG201", 1, False),
    ("x = 1  # noqa-FG201", 1, False),
    ("x = 1  # ruff: noqa", 1, False),
    ("x = '# noqa'", 1, False),
    ("x = '''\n# noqa\n'''", 2, False),
    ("x = '''\ny\n'''  # noqa", 2, True),
    ("x = (\n  1,\n  2,\n)  # noqa", 2, True),
    ("x = (\n  1,  # noqa\n  2,\n)", 2, True),
    ("x = (\n  1,  # noqa\n  2,\n)", 3, False),
    ("def f(\n  a,\n):  # noqa\n  return a", 2, True),
    ("def f(\n  a,\n):  # noqa\n  return a", 4, False),
    ("x = 1\n# noqa\ny = 2", 1, False),
    ("x = 1\r\ny = 2  # noqa\r\n", 2, True),
    ("x = 1; y = 2  # noqa", None, False),
]


@pytest.mark.parametrize(("source", "line", "counts"), COUNTS)
def test_where_a_comment_counts(source: str, line: int | None, counts: bool) -> None:
    found = Comments(source).silencing(finding(line=line))
    assert (found is not None) is counts


@pytest.mark.parametrize("code", ["FG001", "FG007", "FG501", "FG599", "FG811"])
def test_what_decides_whether_a_file_may_be_run_is_never_silenced(code: str) -> None:
    for comment in ("# noqa", f"# noqa: {code}"):
        assert Comments(f"x = 1  {comment}").silencing(finding(code)) is None


REMOVED = [
    ("x = 1  # noqa: FG201\ny = 2\n", "x = 1\ny = 2\n"),
    ("x = 1  # noqa: FG201", "x = 1"),
    ("x = 1  # noqa: FG201\r\ny = 2\r\n", "x = 1\r\ny = 2\r\n"),
    ("x = 1  # noqa: FG201, FG301\n", "x = 1  # noqa: FG301\n"),
    ("x = 1  # noqa: E501 FG201\n", "x = 1  # noqa: E501\n"),
    ("x = 1  # noqa: FG201 as agreed\n", "x = 1  # noqa: FG201 as agreed\n"),
    ("x = 1  # mine # noqa: FG201\n", "x = 1  # mine # noqa: FG201\n"),
    ("if x:\n    # noqa: FG201\n    y = 1\n", "if x:\n    y = 1\n"),
    ("# noqa: FG201", ""),
]


@pytest.mark.parametrize(("source", "after"), REMOVED)
def test_an_unused_one_is_removed(source: str, after: str) -> None:
    from freqgen.finding import Report
    from freqgen.validation.runner import Validation

    waivers = Waivers(source, EVERYTHING, comments=True)
    settled = waivers.settle(Validation(report=Report()), judged=["FG201"], known=KNOWN)
    (said,) = settled.report.findings
    assert (said.code, said.severity) == ("FG695", Severity.WARNING)
    assert apply_edits(source, [said])[0] == after


@given(st.text(alphabet="x=1#noqa: FG201,\n\r'\"()[]\\ \t;", max_size=60))
def test_any_text_can_be_looked_through(source: str) -> None:
    for comment in Comments(source).all:
        begin, end = comment.named
        assert source[comment.begin] == "#"
        assert 0 < begin <= end <= len(source)


# --select and --ignore -----------------------------------------------------------------------

WANTED = [
    ([], [], "FG201", True),
    (["FG2"], [], "FG201", True),
    (["FG2"], [], "FG301", False),
    (["FG2", "FG3"], [], "FG301", True),
    (["FG2,FG3"], [], "FG301", True),
    (["fg2 , lookahead"], [], "FG201", True),
    ([], ["FG2"], "FG201", False),
    ([], ["FG201"], "FG202", True),
    (["FG201"], ["FG2"], "FG201", True),
    (["FG2"], ["FG2"], "FG201", False),
    (["FG2"], ["FG201"], "FG202", True),
    (["ALL"], ["FG2"], "FG301", True),
    (["FG2"], [], "FG001", True),
    (["FG2"], ["FG0"], "FG001", False),
    (["FG2"], [], "FG501", False),
]


@pytest.mark.parametrize(("select", "ignore", "code", "wanted"), WANTED)
def test_the_longest_beginning_decides(
    select: list[str], ignore: list[str], code: str, wanted: bool
) -> None:
    assert Selection.parse(select, ignore, KNOWN).wants(code) is wanted


def test_every_family_is_known() -> None:
    for number, (word, code) in enumerate(FAMILIES.items()):
        assert code == f"FG{number}"
        if any(one.startswith(code) for one in KNOWN):
            assert Selection.parse([word], [], KNOWN).select == (code,)


@pytest.mark.parametrize(
    ("word", "hint"),
    [("FG299", "FG2"), ("lookahed", "did you mean lookahead?"), ("G201", "did you mean FG201")],
)
def test_what_is_no_code_is_told_the_nearest(word: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        Selection.parse([f"FG1,{word}"], [], KNOWN)
    assert f'there is no rule "{word}"' in raised.value.message
    assert hint in raised.value.hint
