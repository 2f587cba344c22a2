"""Runs that a vendor's error ends in the middle: nothing that was made or paid for is lost.

Through both vendors' SDKs; the replies are written by hand.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from freqgen import (
    Decision,
    Design,
    DesignError,
    Freqgen,
    FreqgenException,
    ProviderError,
    ProviderTransient,
    ProviderUnavailable,
    Reply,
    ReplyInvalid,
    RunOptions,
    UsageError,
)
from freqgen.store.record import Status
from freqgen.testing import ScriptedProvider
from tests.generation.conftest import Made, audit_lines
from tests.generation.test_conversations import (
    BRIEF,
    DESIGN,
    changed,
    code,
    fenced,
    paid,
    talk,
)
from tests.generation.vendors import Vendor, freqgen, says, strict, vendor
from tests.plugins.freqgen_anthropic import wire as anthropic_wire
from tests.plugins.freqgen_openai import wire as openai_wire
from tests.plugins.vendor_server import Canned

__all__ = ["freqgen", "vendor"]

WRONG = fenced(code().replace("< 30", "< 31"))
HALF = fenced(code())[:900]


def status(vendor: Vendor, number: int) -> Canned:
    """An answer with an error in the vendor's format."""
    wire = anthropic_wire if vendor[0] == "anthropic" else openai_wire
    wait = {"retry_after": "3600"} if number == 429 else {}
    return wire.error(number, "some_error", "no", **wait)


def truncated(vendor: Vendor) -> Canned:
    """Half a file, of which the vendor says that it is only a half."""
    if vendor[0] == "anthropic":
        usage = {"input_tokens": 10, "output_tokens": 16000}
        return anthropic_wire.message(HALF, stop_reason="max_tokens", usage=usage)
    counted = {"prompt_tokens": 10, "completion_tokens": 16000}
    return openai_wire.completion(HALF, finish="length", usage=counted)


Failing = Callable[[Vendor], Canned]

FAILURES: dict[str, tuple[Failing, type[ProviderError], str]] = {
    "rate limit": (lambda v: status(v, 429), ProviderTransient, "try again in 3600 s"),
    "trouble": (lambda v: status(v, 500), ProviderTransient, "has trouble"),
    "wrong key": (lambda v: status(v, 401), ProviderUnavailable, "is not accepted"),
    "lost connection": (
        lambda _: Canned(body={}, drop=True), ProviderTransient, "ended before the answer",
    ),
    "cut off": (truncated, ReplyInvalid, "was cut off at 16000 tokens (stop reason"),
}  # fmt: skip

TYPICAL = ("rate limit", "cut off")
"""Without an answer, and with one. That each failure becomes its error is tested with the vendors'
plugins; that each of them ends a run in the same way is left to ``make soak``."""


each_failure = pytest.mark.parametrize(
    ("failing", "kind", "message"),
    [
        pytest.param(*row, id=name, marks=[] if name in TYPICAL else pytest.mark.soak)
        for name, row in FAILURES.items()
    ],
)


@each_failure
def test_an_error_in_a_later_attempt_keeps_what_there_was(
    vendor: Vendor, freqgen: Freqgen, failing: Failing, kind: type[ProviderError], message: str
) -> None:
    """A draft in the store and as files, every call with what it took, and where it all lies."""
    says(vendor, strict(DESIGN), WRONG, failing(vendor))
    with pytest.raises(kind) as caught:
        freqgen.generate(BRIEF)
    assert message in caught.value.message
    (record,) = freqgen.store.list()
    assert (record.status, record.decision, record.brief) == (Status.DRAFT, None, BRIEF)
    assert record.design is not None
    assert record.design["entry_long"] == DESIGN["entry_long"]
    assert "< 31" in record.source
    assert {finding["code"] for finding in record.findings} >= {"FG830"}

    kept = freqgen.store.attempts(record.id)
    assert [(one.number, one.step, one.provider) for one in kept] == [
        (1, "design", vendor[0]), (2, "code", vendor[0]), (3, "repair", vendor[0]),
    ]  # fmt: skip
    assert [bool(one.error) for one in kept] == [False, False, True]
    assert kept[2].error == f"{kind.__name__}: {caught.value.message}"
    cut = kind is ReplyInvalid
    assert kept[2].reply == (HALF if cut else "")
    assert [one.usage.output_tokens for one in kept] == [7, 7, 16000 if cut else 0]
    assert record.usage.calls == (3 if cut else 2)
    assert record.usage.output_tokens == sum(one.usage.output_tokens for one in kept)

    folder = freqgen.workspace.home / "drafts" / record.id
    assert sorted(file.name for file in folder.iterdir()) == [
        "DipRecovery.py", "design.json", "findings.json",
    ]  # fmt: skip
    assert not (freqgen.workspace.user_data_dir / "strategies").exists()
    for told in (str(folder), f"freqgen show {record.id}", str(freqgen.audit.path)):
        assert told in caught.value.hint
    assert [line["kind"] for line in audit_lines(freqgen)] == [
        "prompt", "reply", "prompt", "reply", "refusal", "prompt", "failure", "decision",
    ]  # fmt: skip
    failure, decision = audit_lines(freqgen)[-2:]
    assert failure.get("text") == (HALF if cut else None)
    assert kind.__name__ in decision["reason"]


@each_failure
def test_an_error_in_the_first_attempt_at_code_keeps_the_design(
    vendor: Vendor, freqgen: Freqgen, failing: Failing, kind: type[ProviderError], message: str
) -> None:
    """And it is a file that goes on from there."""
    says(vendor, strict(DESIGN), failing(vendor))
    with pytest.raises(kind, match=message.partition("(")[0]) as caught:
        freqgen.generate(BRIEF)
    (record,) = freqgen.store.list()
    assert (record.status, record.source, record.attempts) == (Status.DRAFT, "", 0)
    assert [one.step for one in freqgen.store.attempts(record.id)] == ["design", "code"]
    file = freqgen.workspace.home / "drafts" / record.id / "design.json"
    assert f"freqgen generate --design {file}" in caught.value.hint
    again = freqgen.generate(Design.from_json(file.read_text()), code_model="compiler")
    assert again.verdict.decision is Decision.ALLOW
    assert again.record.parent == record.id


@each_failure
def test_an_error_in_a_later_attempt_at_a_design(
    vendor: Vendor, freqgen: Freqgen, failing: Failing, kind: type[ProviderError], message: str
) -> None:
    """There is nothing to store yet; the audit log has the answer, what was wrong, what it took."""
    says(vendor, "Which pairs do you trade?", failing(vendor))
    with pytest.raises(kind, match=message.partition("(")[0]) as caught:
        freqgen.generate(BRIEF)
    assert f"\nthe answer before, with tokens and cost, is in {freqgen.audit.path}" in (
        caught.value.hint
    )
    assert freqgen.existing_store is None
    lines = audit_lines(freqgen)
    assert [line["kind"] for line in lines] == ["prompt", "reply", "refusal", "prompt", "failure"]
    assert lines[1]["text"] == "Which pairs do you trade?"
    assert lines[1]["usage"]["output_tokens"] == 7
    assert lines[2]["problems"]


def test_a_design_of_a_model_is_kept_where_candles_are_missing(made: Made) -> None:
    """Whatever ends the run before the code."""
    model = ScriptedProvider([paid(talk(DESIGN))], name="model")
    freqgen = made(model, design_model="model")
    with pytest.raises(UsageError, match="no 1h candles of NOPE/USDT") as caught:
        freqgen.generate(BRIEF, options=RunOptions(pairs=("NOPE/USDT",)))
    (record,) = freqgen.store.list()
    assert record.usage.cost_usd == 0.01
    assert "the design is kept in" in caught.value.hint


def test_what_can_be_had_again_for_nothing_is_not_kept(made: Made) -> None:
    """The provider ``offline`` says the same again."""
    freqgen = made()
    words = "Buy when RSI(14) is below 30. Sell when RSI is above 70. 1h candles."
    with pytest.raises(UsageError) as caught:
        freqgen.generate(words, options=RunOptions(pairs=("NOPE/USDT",)))
    assert freqgen.existing_store is None
    assert "kept" not in caught.value.hint


def test_what_a_person_agreed_on_is_kept(made: Made) -> None:
    """Whoever read the words."""
    coder = ScriptedProvider([ProviderTransient("busy", provider="coder")], name="coder")
    freqgen = made(coder, code_model="coder")
    brief = freqgen.brief("Buy when RSI(14) is below 30. Sell when RSI is above 70. 1h candles.")
    agreed = freqgen.design(brief)
    with pytest.raises(ProviderTransient):
        freqgen.generate(brief, designed=agreed)
    (record,) = freqgen.store.list()
    assert record.design == agreed.design.to_data()


def test_a_draft_that_nobody_judged_cannot_be_approved(made: Made) -> None:
    coder = ScriptedProvider([WRONG, ProviderTransient("busy", provider="coder")], name="coder")
    freqgen = made(coder, code_model="coder")
    with pytest.raises(ProviderTransient):
        freqgen.generate(Design.from_data(DESIGN))
    (record,) = freqgen.store.list()
    with pytest.raises(FreqgenException, match="was never measured and cannot be approved"):
        freqgen.approve(record.id)


# --- answers that were cut off


def test_a_reason_of_any_provider_counts(made: Made) -> None:
    """That of a plugin which does not look at it itself, too, in both stages."""
    half = Reply(text=HALF, stop_reason="length")
    for step, given in (("design", BRIEF), ("code", Design.from_data(DESIGN))):
        model = ScriptedProvider([half], name="model")
        freqgen = made(model, providers={"model": {"max_tokens": 4000}})
        with pytest.raises(ReplyInvalid) as caught:
            getattr(freqgen, step)(given, model="model")
        assert caught.value.message == (
            'the answer of "model" was cut off at 4000 tokens (stop reason "length")'
        )
        assert '"freqgen": {"providers": {"model": {"max_tokens": 8000}}}' in caught.value.hint
        assert caught.value.reply == half


def test_the_limit_of_a_step_is_named_where_it_is_the_one(made: Made) -> None:
    """It wins over that of the provider, so raising the other would not help."""
    model = ScriptedProvider([Reply(text=HALF, stop_reason="length")], name="model")
    freqgen = made(
        model,
        providers={"model": {"max_tokens": 4000}},
        steps={"code": {"max_tokens": 500}},
    )
    with pytest.raises(ReplyInvalid, match="cut off at 500 tokens") as caught:
        freqgen.code(Design.from_data(DESIGN), model="model")
    assert 'freqgen.steps has a limit of 500 for the step "code"' in caught.value.hint


MIDWAY: dict[str, tuple[str, str, str]] = {
    "in the middle of a line": (
        HALF.rpartition("=")[0] + "=", "FG001",
        "the reply ends in the middle of the file, after 200 tokens",
    ),
    "behind a method, the fence open": (
        "```python\n" + code().partition("    def populate_entry_trend")[0], "FG102",
        "the fence of the reply was never closed, so it may be cut off, after 200 tokens",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("half", "found", "reason"), MIDWAY.values(), ids=MIDWAY)
def test_half_a_file_of_which_nobody_says_so(
    made: Made, half: str, found: str, reason: str
) -> None:
    """The finding says it, with the setting, and goes back to the model."""
    coder = ScriptedProvider([paid(half), paid(fenced(code()))], name="coder")
    result = made(coder).code(Design.from_data(DESIGN), model="coder", run=False)
    assert [attempt.report.passed for attempt in result.attempts] == [False, True]
    (said,) = [f for f in result.attempts[0].report.blocking if f.message.startswith(reason)]
    assert said.code == found
    assert '"freqgen": {"providers": {"coder": {"max_tokens": N}}}' in said.hint
    assert reason in coder.prompts[1].messages[-1].text


def test_a_whole_file_whose_fence_is_open_is_whole(made: Made) -> None:
    coder = ScriptedProvider(["Here:\n\n```python\n" + code()], name="coder")
    result = made(coder).code(Design.from_data(DESIGN), model="coder", run=False)
    assert result.draft.source == code()
    assert result.report.passed


def test_half_a_design_every_time(made: Made) -> None:
    """The limit is the first thing to look at."""
    model = ScriptedProvider([talk(DESIGN)[:300]] * 2, name="model")
    with pytest.raises(FreqgenException) as caught:
        made(model, max_attempts=2).design(BRIEF, model="model")
    assert "the reply ends in the middle" in caught.value.message
    assert caught.value.hint.startswith(
        'raise "freqgen": {"providers": {"model": {"max_tokens": N}}}'
    )


def test_a_market_that_cannot_do_it_keeps_the_design(made: Made) -> None:
    """With the way on."""
    short: dict[str, Any] = changed(can_short=True, entry_short=["rsi > 80"])
    model = ScriptedProvider([paid(json.dumps(short))], name="model")
    freqgen = made(model, design_model="model")
    with pytest.raises(DesignError, match="no shorts in spot markets") as caught:
        freqgen.generate(BRIEF)
    (record,) = freqgen.store.list()
    assert str(Path("drafts") / record.id / "design.json") in caught.value.hint


def test_ctrl_c_keeps_what_was_paid_for(
    vendor: Vendor, freqgen: Freqgen, tmp_path: Path, market: Path
) -> None:
    """The program itself, interrupted while the second answer does not come."""
    server = says(vendor, strict(DESIGN), Canned(hang=True))
    place = ("--userdir", tmp_path / "u", "-d", market, "-c", tmp_path / "config.json")
    process = subprocess.Popen(
        [sys.executable, "-m", "freqgen", "generate", BRIEF, *map(str, place)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while len(server.calls) < 2 and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (130, "")
    (record,) = freqgen.store.list()
    assert (record.status, record.source) == (Status.DRAFT, "")
    folder = freqgen.workspace.home / "drafts" / record.id
    assert err.splitlines()[-3:] == [
        "freqgen: interrupted; nothing is half-written",
        f"the design is kept in {folder} (freqgen show {record.id})",
        f"freqgen generate --design {folder / 'design.json'} goes on from there",
    ]
    assert audit_lines(freqgen)[-1]["reason"] == "ended by KeyboardInterrupt"


def test_a_bug_keeps_what_was_paid_for(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    model = ScriptedProvider([paid(talk(DESIGN))], name="model")
    freqgen = made(model, design_model="model")
    monkeypatch.setattr(freqgen, "check_candles", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError) as caught:
        freqgen.generate(BRIEF)
    (record,) = freqgen.store.list()
    assert f"freqgen show {record.id}" in caught.value.__notes__[0]
    assert audit_lines(freqgen)[-1]["reason"] == "ended by ZeroDivisionError: division by zero"
