"""Text that breaks other checkers is a clean finding here: no crash, no hang."""

from __future__ import annotations

import ast
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freqgen import Design, Draft, Report, Severity, ValidationContext
from freqgen_structure import Sources
from freqgen_structure.reading import MAX_CHARACTERS
from freqgen_structure.source import Source
from freqgen_structure.tree import in_fresh_thread
from tests.plugins.freqgen_structure.conftest import Check

STRATEGY = '''\
import talib.abstract as ta
from freqtrade.strategy import IStrategy
from pandas import DataFrame


class S(IStrategy):
    """A sound strategy."""

    INTERFACE_VERSION = 3
    timeframe = "1h"
    stoploss = -0.1
    minimal_roi = {"0": 0.1}

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["rsi"] < 30, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["rsi"] > 70, "exit_long"] = 1
        return dataframe
'''


def codes(report: Report) -> set[str]:
    return {f.code for f in report.findings}


def test_the_sound_strategy_is_sound(check: Check) -> None:
    report = check(STRATEGY)
    assert report.findings == ()
    assert list(report.timings) == ["parse", "structure"]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("x = " + " + ".join(["1"] * 5_000), "FG006"),
        ("x = " + "(" * 10_000 + "1" + ")" * 10_000, "FG001"),
        ("x = " + "[" * 10_000 + "]" * 10_000, "FG001"),
        ("x = " + "f(" * 10_000 + ")" * 10_000, "FG001"),
        ("x = " + "(" * 10_000, "FG001"),
        ("x = " + "-" * 10_000 + "1", "FG006"),
        ("x = " + "not " * 10_000 + "1", "FG006"),
        ("x = " + "lambda: " * 10_000 + "1", "FG006"),
        ("x = a" + ".b" * 10_000, "FG006"),
        ("x = a" + "[0]" * 10_000, "FG006"),
        ("x = a" + "()" * 10_000, "FG006"),
        ("x = 1" + " if a else 1" * 10_000, "FG006"),
        ("if a:\n    pass\n" + "elif a:\n    pass\n" * 5_000, "FG006"),
        ("x = " + " and ".join(f"a < {n}" for n in range(1_000)), "FG006"),
        ("\n".join(" " * n + "if a:" for n in range(99)) + "\n" + " " * 99 + "x = 1", "FG101"),
        ("\n".join(" " * n + "if a:" for n in range(150)) + " pass", "FG001"),
        ("x = " + "[" * 150 + "]" * 150, "FG006"),
        ("x = f'{" * 200 + "1" + "}'" * 200, "FG001"),
        ("x = '" + "a" * (5 * 1024 * 1024) + "'", "FG006"),
        ("# " + "x" * MAX_CHARACTERS, "FG006"),
        ("x = 1\x00", "FG001"),
        ("x = '\ud800'", "FG007"),
        ("x = 1\x0cimport os", "FG007"),
        ("# coding: utf-16\nx = 1", "FG007"),
        ("# coding: rot13\nx = 1", "FG007"),
        ("# -*- coding: unicode_escape -*-\n# \\u000aimport os", "FG007"),
        ("größe = 1", "FG008"),
        ("x = " + "9" * 10_000, "FG001"),
        ("", "FG101"),
        ("\n\n# nothing\n", "FG101"),
        ("\\", "FG001"),
        ("x = 'never ends", "FG001"),
        ("    x = 1", "FG001"),
        ("class S:\n    pass", "FG101"),
        (STRATEGY + "\n\nclass S(IStrategy):\n    pass\n", "FG101"),
        (STRATEGY.replace("class S(", "class T("), "FG101"),
        ("x = f\"" + "{1}" * 100_000 + '"', "FG006"),
        ("x = [" + '{"a": [1, (2, 3)]},' * 15_000 + "]", "FG006"),
        ("x = [" + "1," * 150_000 + "]", "FG006"),
        ("x = 1\n" * 8_000, "FG006"),
        ("\n".join(["x = 'a'"] * 3_000 + ["getattr(y, x)"] * 3_000), "FG006"),
        ("# " + "#" * 200_000, "FG101"),
        ("# " + "type :" * 60_000, "FG101"),
        ("class S(S):\n    pass", "FG101"),
        ("class A(B): pass\nclass B(A): pass", "FG101"),
        ("class S(IStrategy):\n    pass\n" * 2, "FG101"),
        ("async def f():\n    await x\n\nyield 3\nreturn 5", "FG101"),
    ],
)  # fmt: skip
def test_hostile_text_is_a_clean_finding(source: str, code: str, check: Check) -> None:
    report = check(source)
    assert code in codes(report)
    assert "FG002" not in codes(report)
    assert report.blocking
    for found in report.findings:
        assert found.message
        assert found.line is None or found.line >= 1


def test_the_result_does_not_depend_on_how_deep_the_caller_is(check: Check) -> None:
    source = STRATEGY + "\n\nx = " + " + ".join(["1"] * 150) + "\n"

    def deep(levels: int) -> Report:
        return check(source) if levels == 0 else deep(levels - 1)

    assert deep(600).findings == ()


def test_an_error_in_the_thread_is_the_callers() -> None:
    with pytest.raises(ZeroDivisionError):
        in_fresh_thread(lambda: 1 / 0)


def test_a_tree_too_deep_for_libcst_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def overflow(source: Source) -> None:
        raise RecursionError

    monkeypatch.setattr(Source, "_parse", overflow)
    problem = Source(STRATEGY).problem
    assert problem is not None
    assert problem.code == "FG006"


def test_parsers_that_disagree_are_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("freqgen_structure.tree._names", lambda tree: {"hidden", "x"})
    problem = Source("x = 1\n").problem
    assert problem is not None
    assert problem.code == "FG001"
    assert "hidden" in problem.message


def test_syntax_that_libcst_does_not_know_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("freqgen_structure.tree.read", _read_as("x = 1\n"))
    problem = Source("x = = 1\n").problem
    assert problem is not None
    assert problem.code == "FG001"
    assert problem.line == 1


def _read_as(other: str):
    from freqgen_structure.reading import read

    return lambda text: read(other)


def test_each_draft_is_parsed_once() -> None:
    sources = Sources()
    draft = Draft(class_name="S", source=STRATEGY)
    assert sources.get(draft) is sources.get(Draft(class_name="S", source=STRATEGY))
    assert sources.get(Draft(class_name="T", source=STRATEGY)) is not sources.get(draft)
    others = [Draft(class_name="S", source=f"x = {n}") for n in range(10)]
    kept = sources.get(draft)
    for other in others:
        sources.get(other)
    assert sources.get(draft) is not kept


TOKENS = [
    *STRATEGY.replace("(", " ( ").replace(")", " ) ").split(" "),
    "match", "case", "lambda", ":", "async", "await", "yield", "*", "**", "@", "global", "open",
    "f'{x}'", "b'x'", "__class__", "self", "self.config", "dataframe", "['x']", ".loc[", "]",
    "import", "from", "as", "del", "with", "try", "except", "\n", "\n    ", "\n        ", ";", "=",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=60))
def test_random_tokens_never_crash(tokens: list[str]) -> None:
    _all_rules(" ".join(tokens))


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0, max_value=2**32), st.integers(min_value=1, max_value=6))
def test_random_changes_of_a_strategy_never_crash(seed: int, changes: int) -> None:
    generator = random.Random(seed)
    lines = STRATEGY.split("\n")
    for _ in range(changes):
        at = generator.randrange(len(lines))
        match generator.randrange(4):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, generator.choice(lines))
            case 2:
                lines[at] = lines[at].replace(" ", "", 1)
            case _:
                lines.insert(at, " ".join(generator.choices(TOKENS, k=4)))
    _all_rules("\n".join(lines))


def _all_rules(source: str) -> None:
    from freqgen import Catalogue
    from freqgen_structure import validators

    draft = Draft(class_name="S", source=source)
    context = ValidationContext(catalogue=Catalogue(()), cache_dir=None)  # type: ignore[arg-type]
    found = [f for v in validators() for f in v.check(draft, None, context)]
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        assert {f.severity for f in found if f.code == "FG001"} == {Severity.ERROR}


def test_a_faulty_design_does_not_stop_the_check(check: Check) -> None:
    design = Design.from_data(
        {
            "name": "S",
            "timeframe": "1h",
            "entry_long": ["nothing < 30"],
            "risk": {"stoploss": -0.1, "take_profit": 0.1},
        }
    )
    assert check(STRATEGY, design=design).findings == ()
