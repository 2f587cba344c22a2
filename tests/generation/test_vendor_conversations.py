"""Whole conversations through both vendors' SDKs, from a brief to a record.

The server on the loopback speaks each vendor's format; the replies are written by hand, made like
those of real models, with faults that they have.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from freqgen import AttemptsExhausted, Decision, Freqgen
from tests.generation.test_conversations import BRIEF, DESIGN, changed, code, fenced
from tests.generation.vendors import Vendor, freqgen, says, strict, vendor
from tests.plugins.vendor_checks import KEY, assert_key_only_in_header

__all__ = ["freqgen", "vendor"]


@pytest.mark.soak
def test_right_at_once(vendor: Vendor, freqgen: Freqgen, tmp_path: Path) -> None:
    server = says(vendor, strict(DESIGN), fenced(code()))
    result = freqgen.generate(BRIEF)
    assert result.verdict.decision is Decision.ALLOW
    assert result.designed.design.to_data()["entry_long"] == DESIGN["entry_long"]
    assert result.coded.draft.source == code()
    assert result.usage.calls == len(server.calls) == 2
    assert result.usage.input_tokens == 2 * 2040
    for call in server.calls:
        assert_key_only_in_header(call)
    written = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    assert not any(KEY.encode() in data for data in written)


def test_repaired_once(vendor: Vendor, freqgen: Freqgen) -> None:
    """What is wrong with design and code goes back in the vendor's own format."""
    wrong_code = fenced(code().replace("class DipRecovery", "class DipRecoveryStrategy"))
    wrong = strict(changed(risk={"stoploss": 0.05}))
    server = says(vendor, wrong, strict(DESIGN), wrong_code, fenced(code()))
    result = freqgen.generate(BRIEF)
    assert result.verdict.decision is Decision.ALLOW
    assert [bool(attempt.problems) for attempt in result.designed.attempts] == [True, False]
    assert [attempt.report.passed for attempt in result.coded.attempts] == [False, True]
    again, mended = server.calls[1].text, server.calls[3].text
    assert "a loss is negative: write -0.05" in again
    assert "rename the class to DipRecovery" in mended
    roles = [turn["role"] for turn in server.calls[1].body["messages"] if turn["role"] != "system"]
    assert roles == ["user", "assistant", "user"]


def test_what_cannot_be_sent_or_stored_is_mended(vendor: Vendor, freqgen: Freqgen) -> None:
    """JSON may hold half of a surrogate pair, which goes back to the model with what is wrong."""
    half = "\ud800"
    unknown, broken = changed(entry_long=[f"{half} < 30"]), changed(hypothesis=f"Up {half}")
    wrong = fenced(code().replace("class DipRecovery", "class Dip") + f"# {half}\n")
    server = says(vendor, strict(unknown), strict(broken), wrong, fenced(code()))
    result = freqgen.generate(BRIEF)
    assert result.verdict.decision is Decision.ALLOW
    assert result.designed.design.hypothesis == "Up ?"
    assert len(server.calls) == 4


@pytest.mark.soak
def test_a_key_that_comes_back_is_not_kept(
    vendor: Vendor, freqgen: Freqgen, tmp_path: Path
) -> None:
    says(vendor, strict(DESIGN), fenced(code() + f"# {KEY}\n"))
    result = freqgen.generate(BRIEF)
    assert result.coded.draft.source.endswith("# [redacted]\n")
    written = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    assert not any(KEY.encode() in data for data in written)


def test_a_design_exhausts_its_attempts(vendor: Vendor, freqgen: Freqgen) -> None:
    chat = "I'd be happy to help! Which pairs do you trade, and how much may be risked?"
    server = says(vendor, chat, chat, strict(changed(entry_long=["rsx < 30"])))
    with pytest.raises(AttemptsExhausted, match="3 attempts") as caught:
        freqgen.generate(BRIEF)
    assert 'unknown name "rsx"' in str(caught.value)
    assert len(server.calls) == 3


def test_code_exhausts_its_attempts(vendor: Vendor, freqgen: Freqgen) -> None:
    peek = fenced(code().replace('dataframe["rsi"] < 30', 'dataframe["rsi"].shift(-1) < 30'))
    server = says(vendor, strict(DESIGN), peek, peek, peek)
    result = freqgen.generate(BRIEF)
    assert result.verdict.decision is Decision.DENY
    assert len(server.calls) == 4
    assert "FG201" in {finding.code for finding in result.coded.report.blocking}
    assert result.path.is_file()
    assert "drafts" in result.path.parts
