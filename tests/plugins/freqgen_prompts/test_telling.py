"""Which findings a model is told of, in which order, and in which words."""

from __future__ import annotations

import pytest

from freqgen import Failure, Finding, Phase, Severity
from freqgen_prompts.causes import DETAILED, causes
from freqgen_prompts.telling import failures_in_words, findings_in_words, mended_in_words

SOURCE = """\
import os

upper, lower = ta.BBANDS(dataframe)
width = upper - lower
dataframe["rsi"] = ta.RSI(dataframe)
stoploss = 0.1
"""

PHASES = {"FG0": Phase.PARSE, "FG7": Phase.TYPES, "FG8": Phase.BEHAVIOUR}


def a_finding(
    code: str,
    line: int | None = None,
    message: str = "is wrong",
    *,
    column: int | None = None,
    hint: str = "",
    warning: bool = False,
) -> Finding:
    return Finding(
        code=code,
        severity=Severity.WARNING if warning else Severity.ERROR,
        phase=PHASES.get(code[:3], Phase.STRUCTURE),
        message=message,
        hint=hint,
        line=line,
        column=column,
    )


def warning(code: str, line: int | None = None) -> Finding:
    return a_finding(code, line, f"{code} may be wrong", warning=True)


ORDERS = {
    "a file that is no Python hides all else": (
        [a_finding("FG501", 1), a_finding("FG001", 6), a_finding("FG001", 7, "is wrong, too")],
        ["FG001@6"],
    ),
    "what may have broken it stays": (
        [a_finding("FG001", 6), a_finding("FG007", 2), warning("FG008", 3)],
        ["FG007@2", "FG001@6"],
    ),
    "safety, structure, other plugins, the design": (
        [
            a_finding("FG604", 1),
            a_finding("XX001", 2),
            a_finding("FG201", 2),
            a_finding("FG303", 5),
            a_finding("FG104", 6),
            a_finding("FG501", 6),
        ],
        ["FG501@6", "FG104@6", "FG303@5", "FG201@2", "XX001@2", "FG604@1"],
    ),
    "types after structure, behaviour after types": (
        [a_finding("FG801"), a_finding("FG701", 6), a_finding("FG303", 5)],
        ["FG303@5", "FG701@6", "FG801"],
    ),
    "types of the same line": ([a_finding("FG304", 3), a_finding("FG701", 3)], ["FG304@3"]),
    "types of a name that the line gives": (
        [a_finding("FG304", 3), a_finding("FG701", 4, 'Unsupported types for "upper"')],
        ["FG304@3"],
    ),
    "types of another name": (
        [a_finding("FG304", 3), a_finding("FG701", 6, 'Incompatible types of "stoploss"')],
        ["FG304@3", "FG701@6"],
    ),
    "types of a line with a warning, which blocks nothing": (
        [warning("FG405", 5), a_finding("FG701", 5)],
        ["FG701@5", "FG405@5"],
    ),
    "few warnings": (
        [warning("FG405", 5), a_finding("FG303", 6), warning("FG405", 4)],
        ["FG303@6", "FG405@4,5"],
    ),
    "of many warnings those that explain": (
        [a_finding("FG303", 5), *(warning(f"FG40{n}", n) for n in range(1, 7))],
        ["FG303@5", "FG405@5"],
    ),
    "what no file can mend": ([a_finding("FG303", 5), warning("FG692")], ["FG303@5"]),
    "the same in several lines": (
        [a_finding("FG303", 5), a_finding("FG303", 3), a_finding("FG303", 5)],
        ["FG303@3,5"],
    ),
}


@pytest.mark.parametrize(("findings", "told"), ORDERS.values(), ids=ORDERS)
def test_causes_come_first(findings: list[Finding], told: list[str]) -> None:
    """Whatever the order in which they were found."""
    for given in (findings, findings[::-1]):
        seen = [
            f"{one.finding.code}@{','.join(map(str, one.lines))}".rstrip("@")
            for one in causes(given, SOURCE).told
        ]
        assert seen == told


def test_what_is_not_told_is_counted() -> None:
    many = [a_finding("FG303", n, f"wrong {n}") for n in range(1, DETAILED + 3)]
    told = findings_in_words([*many, *(warning(f"FG40{n}", 90 + n) for n in range(4))], SOURCE)
    assert told.count("\n- ") == DETAILED
    assert told.endswith(
        "\n- not told in detail: FG303 twice, FG400 once, FG401 once, FG402 once, FG403 once"
    )


def test_a_finding_has_its_lines_and_a_mark() -> None:
    found = a_finding("FG304", 3, "unpacks names", column=16, hint="take the columns")
    assert findings_in_words([found], SOURCE) == (
        "- FG304, error, line 3: unpacks names (take the columns)\n"
        "    2 |\n"
        "    3 | upper, lower = ta.BBANDS(dataframe)\n"
        "      |                ^\n"
        "    4 | width = upper - lower"
    )


@pytest.mark.parametrize("line", [None, 0, 7, 999], ids=str)
def test_a_place_that_is_none_has_no_lines(line: int | None) -> None:
    assert "|" not in findings_in_words([a_finding("FG801", line)], SOURCE)


def test_a_long_line_is_cut_around_the_mark() -> None:
    source = "x = 1\n" + "a + " * 100 + "wrong" + " + b" * 100
    told = findings_in_words([a_finding("FG303", 2, column=401)], source).splitlines()
    assert all(len(line) < 125 for line in told)
    line, mark = told[-2:]
    assert line[mark.index("^") :].startswith("wrong")


def test_names_of_any_length_do_not_fill_the_message() -> None:
    found = [a_finding("FG801", n, f"{n} " + "x" * 1400, hint="y" * 5000) for n in range(20)]
    assert len(findings_in_words(found, SOURCE)) < DETAILED * 2000


def test_tabs_stay_under_tabs() -> None:
    told = findings_in_words([a_finding("FG303", 1, column=4)], "\tif\tx:\n").splitlines()
    assert told[-1].partition("| ")[2] == "\t  ^"


def test_what_was_mended_is_short() -> None:
    found = [a_finding("FG303", n, "it assigns " * 30) for n in range(1, 12)]
    told = mended_in_words(found).splitlines()
    assert len(told) == 9
    assert told[0].startswith("- FG303, line 1: it assigns")
    assert max(map(len, told)) < 150
    assert told[-1] == "- and 3 more"
    assert mended_in_words([]) == ""


def test_failures_say_what_not_to_write() -> None:
    failure = Failure(
        finding=a_finding("FG304", 3, "unpacks names", hint="take the columns"),
        tries=(1, 2, 4),
        written="upper, lower = ta.BBANDS(dataframe)",
    )
    assert failures_in_words([failure]) == (
        "- FG304 in tries 1, 2 and 4: unpacks names (take the columns)\n"
        "  do not write: upper, lower = ta.BBANDS(dataframe)"
    )
    many = [Failure(finding=a_finding(f"FG30{n}"), tries=(1,)) for n in range(10)]
    assert failures_in_words(many).splitlines()[8:] == ["- and FG308, FG309"]
