"""Processes that read drafts: they answer, die, and end."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from freqgen.draft import Draft
from freqgen.finding import Edit, Finding, Phase, Report, Severity
from freqgen.plugins import PluginHost
from freqgen.validation import readers as module
from freqgen.validation.ahead import Ahead
from freqgen.validation.reader import READ_PHASES, report_from_dict, report_to_dict
from freqgen.validation.readers import Readers, ReadersUnavailable

DRAFT = Draft(class_name="S", source="import os\nx = 1\n")


@pytest.fixture(scope="module")
def names() -> list[str]:
    validators = PluginHost.load().validators()
    return [name for name in validators if validators[name].phase in READ_PHASES]


@pytest.fixture
def readers(tmp_path: Path) -> Iterator[Readers]:
    readers = Readers(1, disabled=(), cache_dir=tmp_path)
    yield readers
    readers.close()


def test_they_find_what_this_process_would(readers: Readers, names: list[str]) -> None:
    report = readers.read(DRAFT, names)
    assert {"FG101", "FG501"} <= {finding.code for finding in report.findings}
    assert report.timings.keys() == {"parse", "structure"}


def _end(readers: Readers) -> None:
    process = readers._all[0]._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)


@pytest.mark.soak
def test_one_that_was_ended_from_outside_reads_again(readers: Readers, names: list[str]) -> None:
    """As where memory is short: that says nothing of the draft."""
    report = readers.read(DRAFT, names)
    _end(readers)
    assert readers.read(DRAFT, names).findings == report.findings


def test_one_that_dies_again_is_a_finding_of_its_draft_alone(
    readers: Readers, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    readers.read(DRAFT, names)
    exchange = module._exchange

    def deadly(process: Any, line: bytes) -> Any:
        if b"class_name" in line:
            _end(readers)
        return exchange(process, line)

    monkeypatch.setattr(module, "_exchange", deadly)
    (finding,) = readers.read(DRAFT, names).findings
    monkeypatch.undo()
    assert (finding.code, finding.severity) == ("FG002", Severity.ERROR)
    assert "signal 9" in finding.message
    assert readers.read(DRAFT, names).findings[0].code != "FG002"


def test_without_the_same_validators_there_is_none(readers: Readers) -> None:
    with pytest.raises(ReadersUnavailable):
        readers.read(DRAFT, ["no-such-validator"])


def test_that_cannot_start_there_is_none(
    readers: Readers, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(ReadersUnavailable):
        readers.read(DRAFT, names)


def test_after_the_end_nothing_is_read(readers: Readers, names: list[str]) -> None:
    readers.read(DRAFT, names)
    process = readers._all[0]._process
    readers.close()
    assert process is not None
    assert process.poll() is not None
    with pytest.raises(ReadersUnavailable):
        readers.read(DRAFT, names)


def test_a_report_goes_between_processes_whole() -> None:
    finding = Finding(
        code="FG303",
        severity=Severity.WARNING,
        phase=Phase.STRUCTURE,
        message="ü \ud800",
        hint="h",
        line=3,
        column=4,
        edits=(Edit(start=1, end=2, text="\n"),),
    )
    report = Report(findings=(finding,), timings={"parse": 0.5})
    assert report_from_dict(report_to_dict(report)) == report


def test_what_is_called_ahead_comes_in_order_with_its_errors() -> None:
    def fails() -> int:
        raise ValueError("no")

    first, second, third = Ahead([lambda: 1, fails, lambda: 3], threads=2).results
    assert (third(), first()) == (3, 1)
    with pytest.raises(ValueError, match="no"):
        second()
