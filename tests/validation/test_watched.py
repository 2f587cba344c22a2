"""A draft whose process was stopped has not passed, whichever check asked for the trial."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, cast

import pytest
from pandas import DataFrame

from freqgen import Catalogue, Draft, Finding, Phase, Run, Severity, Specimen, Trial
from freqgen.sandbox.level import Level, Protection
from freqgen.validation.runner import run_validators
from freqgen.validation.validator import ValidationContext

DRAFT = Draft(class_name="S", source="")
SPECIMEN = Specimen(
    draft=cast("Any", DRAFT),
    attributes=MappingProxyType({}),
    callbacks=(),
    informative=(),
    engine=(),
    pair="A/B",
    loaded_for="A/B",
    timeframe="1h",
    rows=1000,
    synthetic=True,
    trading_mode="spot",
)


def said(code: str) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, phase=Phase.BEHAVIOUR, message=code)


@dataclass
class Answering:
    """A laboratory whose cut trials end with a finding."""

    code: str
    asked: list[Trial] = field(default_factory=list)
    protection = Protection(level=Level.FULL, landlock=7, reason="")

    def describe(self, draft: object) -> Specimen:
        return SPECIMEN

    def run(self, specimen: Specimen, trials: Sequence[Trial]) -> list[Run]:
        self.asked += trials
        return [Run(finding=said(self.code) if t.cut or t.what == "time" else None) for t in trials]

    def candles(self, specimen: Specimen, pair: str, timeframe: str) -> DataFrame:
        return DataFrame()


@dataclass
class Asks:
    """A validator that asks for trials and says nothing."""

    trials: Sequence[Trial]
    phase: Phase = Phase.BEHAVIOUR
    name: str = "asks"
    codes = ("XY100",)

    def check(self, draft: Draft, design: object, context: ValidationContext) -> Iterator[Finding]:
        assert context.laboratory is not None
        context.laboratory.run(SPECIMEN, self.trials)
        return iter(())


@pytest.mark.parametrize(
    ("code", "trials", "found"),
    [
        ("FG810", [Trial(cut=100)], ["FG810"]),
        ("FG814", [Trial(), Trial(cut=100), Trial(cut=200)], ["FG814"]),
        ("FG802", [Trial(cut=100)], []),
        ("FG810", [Trial()], []),
        ("FG810", [Trial(what="time", repeat=3)], []),
    ],
    ids=["stopped", "once", "an exception is the check's", "not stopped", "a slow strategy"],
)
def test_a_process_that_was_stopped_is_a_finding(
    code: str, trials: list[Trial], found: list[str], tmp_path: Any
) -> None:
    laboratory = Answering(code)
    context = ValidationContext(
        catalogue=Catalogue([]), cache_dir=tmp_path, laboratory=cast("Any", laboratory)
    )
    parses = Asks((), phase=Phase.PARSE, name="parses")
    parses.check = lambda *_: iter(())  # type: ignore[method-assign]
    later = Asks([Trial(cut=5)], name="later")
    validation = run_validators(DRAFT, None, [parses, Asks(trials), later], context)
    assert [f.code for f in validation.report.findings][: len(found)] == found
    stopped = bool(found)
    assert (Trial(cut=5) in laboratory.asked) is not stopped, "it is not run again"
    if stopped:
        assert validation.validated is None


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"what": "farme"}, 'cannot be "farme"'),
        ({"cut": 0}, "cut of a trial is at least 1"),
        ({"last": 0}, "last of a trial is at least 1"),
        ({"altered": -5}, "a row from 0"),
        ({"what": "time"}, "repeated at least once"),
    ],
)
def test_what_can_be_no_trial_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Trial(**fields)


@pytest.mark.parametrize("fields", [{"cut": 1001}, {"altered": 5000}])
def test_a_trial_of_more_candles_than_there_are_is_refused(fields: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="there are 1000 candles"):
        Trial(**cast("Any", fields)).check(1000)
    Trial(cut=1000, altered=1000).check(1000)
