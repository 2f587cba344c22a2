"""Whether a refused draft is mended or written anew, and which one is kept."""

from __future__ import annotations

import pytest

from freqgen import Draft, Finding, Phase, Report, Severity, Step
from freqgen.generation.approach import best_of, failures, next_reason
from freqgen.generation.attempt import CodeAttempt, Reason
from freqgen.generation.provider import Usage
from freqgen.testing import a_prompt

TEXT = "class S:\n    a = 1\n    b = 2\n    c = 3\n" + "    ...\n" * 30
PHASES = {"P": Phase.PARSE, "S": Phase.STRUCTURE, "T": Phase.TYPES, "B": Phase.BEHAVIOUR}


def finding(told: str, severity: Severity = Severity.ERROR) -> Finding:
    """One of ``S1@7``: its phase, a number, and the line."""
    code, _, line = told.partition("@")
    return Finding(
        code=f"FG{code}",
        severity=severity,
        phase=PHASES[code[0]],
        message=f"{code} is wrong",
        hint=f"mend {code}",
        line=int(line) if line else None,
    )


def attempts(*tries: tuple[str, str, str]) -> list[CodeAttempt]:
    """Tries of reason, findings and text; an empty text is one of its own."""
    found = []
    for number, (reason, told, text) in enumerate(tries, start=1):
        found.append(
            CodeAttempt(
                number=number,
                reason=Reason(reason),
                draft=Draft(class_name="S", source=text or f"{TEXT}# {number}\n"),
                report=Report(findings=tuple(map(finding, told.split()))),
                prompt=a_prompt(),
                reply="",
                seconds=0.0,
                usage=Usage(),
            )
        )
    return found


TABLE = {
    "nothing yet": ((), "first"),
    "a first draft is mended": ((("first", "S1@2", ""),), "repair"),
    "fewer": ((("first", "S1@2 S2@3", ""), ("repair", "S2@3", "")), "repair"),
    "others": ((("first", "S1@2 S2@3", ""), ("repair", "S3@2 S4@3", "")), "repair"),
    "a later phase": ((("first", "S1@2", ""), ("repair", "B1 B2", "")), "repair"),
    "an earlier phase": ((("first", "B1", ""), ("repair", "P1@2", "")), "repair"),
    "the same": ((("first", "S1@2", ""), ("repair", "S1@2", "")), "fresh"),
    "the same, some lines further": ((("first", "S1@2", ""), ("repair", "S1@6", "")), "fresh"),
    "the same code elsewhere": ((("first", "S1@2", ""), ("repair", "S1@20", "")), "repair"),
    "the same of the whole file": ((("first", "B1", ""), ("repair", "B1", "")), "fresh"),
    "one for another": ((("first", "S1@2 S2@3", ""), ("repair", "S1@2 S3@9", "")), "fresh"),
    "more": ((("first", "S1@2", ""), ("repair", "S3@9 S4@9", "")), "fresh"),
    "unchanged": ((("first", "B1", TEXT), ("repair", "B2", TEXT)), "fresh"),
    "but for empty lines": ((("first", "B1", TEXT), ("repair", "B2", f"\n{TEXT}\n\n")), "fresh"),
    "round in a circle": (
        (("first", "S1@2 S2@3", TEXT), ("repair", "S3@9", ""), ("repair", "S1@2", TEXT)),
        "fresh",
    ),
    "nothing left": ((("first", "B1", ""), ("repair", "S1", "\n")), "fresh"),
    "a piece of it": ((("first", "S1@2", ""), ("repair", "P1@1", "    def f(self):\n")), "fresh"),
    "a fresh draft is mended": (
        (("first", "S1@2", ""), ("repair", "S1@2", ""), ("fresh", "S1@2 S2@3", "")),
        "repair",
    ),
    "a fresh one that is none": (
        (("first", "S1@2", TEXT), ("repair", "S1@2", ""), ("fresh", "S1@2", TEXT)),
        "fresh",
    ),
}


@pytest.mark.parametrize(("tries", "reason"), TABLE.values(), ids=TABLE)
def test_how_to_go_on(tries: tuple[tuple[str, str, str], ...], reason: str) -> None:
    """As the table in ``docs/explanation/repair.md`` says."""
    assert next_reason(attempts(*tries)) == reason


BEST = {
    "the one that passed": ((("first", "B1", ""), ("repair", "", "")), 1),
    "of a later phase": ((("first", "B1 B2", ""), ("repair", "S1@2", "")), 0),
    "with fewer": ((("first", "S1 S2", ""), ("repair", "S1", ""), ("repair", "S1 S3", "")), 1),
    "the last of equals": ((("first", "S1", ""), ("repair", "S2", "")), 1),
    "a strategy before none": ((("first", "P1@2", ""), ("repair", "S1", "sorry\n")), 0),
}


@pytest.mark.parametrize(("tries", "index"), BEST.values(), ids=BEST)
def test_the_best_is_kept(tries: tuple[tuple[str, str, str], ...], index: int) -> None:
    assert best_of(attempts(*tries)) == index


def test_what_failed_most_often_comes_first() -> None:
    """With the drafts that had it, and the line of the last of them."""
    found = failures(
        attempts(("first", "S1@2 S2@3", ""), ("repair", "S2@4 S2@3", ""), ("fresh", "B1", ""))
    )
    assert [(one.finding.code, one.tries, one.written) for one in found] == [
        ("FGS2", (1, 2), "c = 3"),
        ("FGS1", (1,), "a = 1"),
        ("FGB1", (3,), ""),
    ]


def test_a_warning_is_no_failure() -> None:
    (one,) = attempts(("first", "", ""))
    warned = Report(findings=(finding("S1@2", Severity.WARNING),))
    assert warned.passed
    assert failures([one]) == ()


@pytest.mark.parametrize("reason", list(Reason))
def test_what_each_reason_asks_for(reason: Reason) -> None:
    assert reason.step is (Step.REPAIR if reason is Reason.REPAIR else Step.CODE)
