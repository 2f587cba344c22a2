"""What is mended before a model is asked, and that nothing is trusted for having been mended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from freqgen import Draft, Edit, Finding, Phase, Report, Severity, check_design, compile_design
from freqgen.draft import ScreenedDraft, ValidatedDraft
from freqgen.testing import a_catalogue, a_design
from freqgen.validation.judge import Judge
from freqgen.validation.runner import Validation

CHECKED = check_design(a_design(), a_catalogue())


@dataclass
class Word:
    """Finds a word, and knows what to write in its place; without that nobody can mend it."""

    code: str
    word: str
    better: str | None = None
    phase: Phase = Phase.STRUCTURE
    severity: Severity = Severity.ERROR

    def check(self, source: str) -> list[Finding]:
        if self.word not in source:
            return []
        start = source.index(self.word)
        edits = ()
        if self.better is not None:
            edits = (Edit(start=start, end=start + len(self.word), text=self.better),)
        finding = Finding(
            code=self.code,
            severity=self.severity,
            phase=self.phase,
            message=f"{self.word} is no word",
            line=1,
            edits=edits,
        )
        return [finding]


@dataclass
class Checks:
    """A validation by words, which notes what it was asked."""

    words: Sequence[Word]
    asked: list[tuple[str, bool, bool]] = field(default_factory=list)

    def __call__(
        self, draft: Draft, *, run: bool, place: str = "", static: Report | None = None
    ) -> Validation:
        self.asked.append((draft.source, run, static is not None))
        found = [one for word in self.words for one in word.check(draft.source)]
        shown = [one for one in found if one.phase is not Phase.BEHAVIOUR]
        screened = ScreenedDraft(draft) if Report(findings=tuple(shown)).passed else None
        if run and screened:
            shown = found
        report = Report(findings=tuple(shown))
        passed = screened is not None and run and report.passed
        return Validation(
            report=report,
            screened=screened,
            validated=ValidatedDraft(ScreenedDraft(draft)) if passed else None,
        )


def draft(source: str) -> Draft:
    return Draft(class_name="RsiReversion", source=source, origin="model")


def test_static_phases_mend_before_anything_is_run() -> None:
    """And what came of it is read in full and run."""
    checks = Checks([Word("XX001", "bad", "good"), Word("XX002", "warm", "hot")])
    judge = Judge(CHECKED, checks, run=True)
    judged = judge(draft("x = bad + warm"))
    assert judged.draft == draft("x = good + hot")
    assert [one.code for one in judged.mended] == ["XX001", "XX002"]
    assert judged.report.passed
    assert checks.asked == [
        ("x = bad + warm", False, False),
        ("x = good + hot", False, False),
        ("x = good + hot", True, True),
    ]
    assert judge.validations[0].validated == judged.draft


def test_what_blocks_still_is_not_run() -> None:
    checks = Checks([Word("XX001", "bad", "good"), Word("XX002", "worse")])
    judged = Judge(CHECKED, checks, run=True)(draft("x = bad + worse"))
    assert judged.draft.source == "x = good + worse"
    assert [one.code for one in judged.report.blocking] == ["XX002"]
    assert not any(run for _, run, _ in checks.asked)


def test_what_running_it_shows_is_mended_and_read_again() -> None:
    """With all phases from the first on: another text is another draft."""
    slow = Word("FG825", "few", "many", Phase.BEHAVIOUR, Severity.WARNING)
    checks = Checks([slow, Word("XX001", "many", "lots")])
    said: list[str] = []
    judged = Judge(CHECKED, checks, run=True, say=said.append)(draft("x = few"))
    assert judged.draft.source == "x = lots"
    assert [one.code for one in judged.mended] == ["FG825", "XX001"]
    assert checks.asked == [
        ("x = few", False, False),
        ("x = few", True, True),
        ("x = many", False, False),
        ("x = lots", False, False),
        ("x = lots", True, True),
    ]
    assert said == [
        "Mended FG825 in line 1: few is no word",
        "Mended XX001 in line 1: many is no word",
    ]


def test_a_circle_ends() -> None:
    """The phases propose the opposite of each other."""
    there = Word("FG825", "few", "many", Phase.BEHAVIOUR, Severity.WARNING)
    back = Word("XX001", "many", "few")
    judged = Judge(CHECKED, Checks([there, back]), run=True)(draft("x = few"))
    assert judged.draft.source == "x = few"
    assert [one.code for one in judged.report.findings] == ["FG825"]


def test_a_draft_is_run_three_times_at_most() -> None:
    more = Word("FG825", "few", "few + few", Phase.BEHAVIOUR, Severity.WARNING)
    checks = Checks([more])
    judged = Judge(CHECKED, checks, run=True)(draft("x = few"))
    assert len([source for source, run, _ in checks.asked if run]) == 3
    assert checks.asked[-1][0] == judged.draft.source
    assert [one.code for one in judged.report.findings] == ["FG825"]


def test_nothing_is_run_where_nothing_is_to_be() -> None:
    checks = Checks([Word("XX001", "bad", "good")])
    judged = Judge(CHECKED, checks, run=False)(draft("x = bad"))
    assert judged.draft.source == "x = good"
    assert not any(run for _, run, _ in checks.asked)


def test_a_clean_draft_is_read_once() -> None:
    checks = Checks([Word("XX001", "bad", "good")])
    given = draft("x = good")
    judged = Judge(CHECKED, checks, run=True)(given)
    assert judged.draft is given
    assert judged.mended == ()
    assert checks.asked == [("x = good", False, False), ("x = good", True, True)]


@pytest.mark.parametrize(
    ("change", "touched"),
    [(lambda text: text, False), (lambda text: text + "\n", True)],
    ids=["to the last byte", "but for a byte"],
)
def test_compiled_code_is_left_alone(change: Callable[[str], str], *, touched: bool) -> None:
    """Whatever a rule thinks of it."""
    source = change(compile_design(CHECKED))
    checks = Checks([Word("XX001", "import", "from", severity=Severity.WARNING)])
    judged = Judge(CHECKED, checks, run=False)(draft(source))
    assert [one.code for one in judged.report.findings] == ["XX001"]
    assert len(checks.asked) == 1
    fine = Checks([Word("XX001", "timeframe", "time_frame", severity=Severity.WARNING)])
    judged = Judge(CHECKED, fine, run=False)(draft(source))
    assert bool(judged.mended) is touched
    assert (judged.draft.source == source) is not touched
