"""The way through the steps with providers, builders and validators of others."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

import freqgen_behaviour
import freqgen_evaluators
import freqgen_gates
import freqgen_offline
import freqgen_prompts
import freqgen_structure
from freqgen import (
    AttemptsExhausted,
    Brief,
    Catalogue,
    DataMissing,
    Decision,
    Design,
    DesignError,
    Draft,
    EvaluationContext,
    Finding,
    Freqgen,
    Measurement,
    Phase,
    Prompt,
    Reply,
    ReplyInvalid,
    SandboxUnavailable,
    Severity,
    StoreError,
    UsageError,
    ValidationContext,
    check_design,
    compile_design,
    hookimpl,
)
from freqgen.commands.showing import show_generation
from freqgen.demo import ensure_demo_market
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.plugins import PluginHost
from freqgen.store.record import Record, Status
from freqgen.testing import ScriptedProvider
from tests.evaluation.conftest import walk, write_candles

DESIGN: dict[str, Any] = {
    "name": "Scripted",
    "timeframe": "1h",
    "indicators": [{"id": "rsi", "function": "RSI"}],
    "entry_long": ["rsi < 30"],
    "exit_long": ["rsi > 70"],
    "risk": {"stoploss": -0.05},
}
OURS = (
    freqgen_behaviour,
    freqgen_offline,
    freqgen_prompts,
    freqgen_structure,
    freqgen_evaluators,
    freqgen_gates,
)
# Replies as models give them, written by hand: with talk around the code, and a fence.
TALK = "Sure! Here is the strategy you asked for:\n\n```python\n{code}```\n\nGood luck trading!\n"


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo market as a data folder."""
    return ensure_demo_market(tmp_path_factory.mktemp("market"))


@dataclass
class Watcher:
    """A plugin that sees replies and records, refuses a word in code, and measures nothing."""

    providers: Iterable[ScriptedProvider] = ()
    replies: list[Reply] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    plugin_name: str = "watcher"

    @hookimpl
    def register_providers(self, register: Callable[[object], None]) -> None:
        for provider in self.providers:
            register(provider)

    @hookimpl
    def register_validators(self, register: Callable[[object], None]) -> None:
        register(NoCurse())

    @hookimpl
    def register_evaluators(self, register: Callable[[object], None]) -> None:
        register(SimpleNamespace(name="length", measure=_length))

    @hookimpl
    def reply_received(self, reply: Reply) -> None:
        self.replies.append(reply)

    @hookimpl
    def record_stored(self, record: Record) -> None:
        self.records.append(record)


def _length(draft: Draft, context: EvaluationContext) -> Measurement:
    return Measurement(name="length", values={"lines": draft.source.count("\n")})


class NoCurse:
    """Refuses code that mentions the moon."""

    name = "no-moon"
    phase = Phase.STRUCTURE
    codes = ("XX001",)

    def check(
        self, draft: Draft, design: Design | None, context: ValidationContext
    ) -> Iterable[Finding]:
        """Look for the word."""
        for number, line in enumerate(draft.source.splitlines(), start=1):
            if "moon" in line:
                yield Finding(
                    code="XX001",
                    severity=Severity.ERROR,
                    phase=self.phase,
                    message="the moon is not a market",
                    line=number,
                )


def freqgen_with(
    tmp_path: Path, market: Path, *providers: ScriptedProvider, **watch: Any
) -> tuple[Freqgen, Watcher]:
    """Freqgen with these providers and a watcher, without the type pass, which is slow."""
    watcher = Watcher(providers=providers, **watch)
    host = PluginHost.load(
        plugins=[*OURS, watcher],
        entry_points=False,
    )
    return Freqgen(userdir=tmp_path / "u", datadir=market, host=host), watcher


def compiled() -> str:
    """What the compiler writes for the scripted design."""
    catalogue = Catalogue(builtin_indicators())
    return compile_design(check_design(Design.from_data(DESIGN), catalogue))


def test_findings_go_back_until_the_code_passes(tmp_path: Path, market: Path) -> None:
    """A model that errs twice is told what was wrong; the third reply passes."""
    good = compiled()
    to_the_moon = good.replace("return dataframe\n", "return dataframe  # to the moon\n", 1)
    torn = good.replace("dataframe[", "dataframe[[", 1)
    replies = [TALK.format(code=code) for code in (to_the_moon, torn, good)]
    coder = ScriptedProvider(replies, name="model")
    freqgen, watcher = freqgen_with(tmp_path, market, coder)
    result = freqgen.code(Design.from_data(DESIGN), model="model")
    assert [a.report.passed for a in result.attempts] == [False, False, True]
    assert [a.step.value for a in result.attempts] == ["code", "repair", "repair"]
    assert result.draft.source == good
    assert "the moon is not a market" in coder.prompts[1].messages[-1].text
    assert coder.prompts[2].payload.findings[0].phase is Phase.PARSE
    assert len(watcher.replies) == 3
    freqgen.close()


def test_attempts_end(tmp_path: Path, market: Path) -> None:
    """What never passes is denied after the last attempt, and kept with every reply."""
    coder = ScriptedProvider(["no", "idea", "sorry"], name="model")
    designer = ScriptedProvider([json.dumps(DESIGN)], name="designer")
    freqgen, watcher = freqgen_with(tmp_path, market, coder, designer)
    with freqgen:
        result = freqgen.generate("Buy low", design_model="designer", code_model="model")
        assert result.verdict.decision is Decision.DENY
        assert len(result.coded.attempts) == 3
        assert result.record.status is Status.DENIED
        assert result.path.parent.parent == tmp_path / "u" / "freqgen" / "drafts"
        kept = freqgen.store.attempts(result.record.id)
        assert [(a.step, a.reply) for a in kept][1:] == [
            ("code", "no"),
            ("repair", "idea"),
            ("code", "sorry"),  # mending led nowhere
        ]
        assert watcher.records == [result.record]
        assert result.measurements == {}
        with pytest.raises(StoreError):
            freqgen.approve(result.record.id)


def test_a_models_code_is_run_in_the_sandbox(tmp_path: Path, market: Path) -> None:
    """Whoever wrote it: it is read, run, compared with its design, and measured."""
    coder = ScriptedProvider(["# by a model\n" + compiled()], name="model")
    designer = ScriptedProvider([json.dumps(DESIGN)], name="designer")
    freqgen, _ = freqgen_with(tmp_path, market, coder, designer)
    with freqgen:
        result = freqgen.generate("Buy low", design_model="designer", code_model="model")
        assert result.backtest is not None
        assert result.measurements["length"].values["lines"] > 20
        assert result.path == tmp_path / "u" / "strategies" / "Scripted.py"
        assert result.sandbox is not None
        assert result.backtest.sandbox == result.sandbox.level.value
        (outcome,) = freqgen.backtest_all([result.record.id])
        assert outcome.result is not None
        assert outcome.result.trades == result.backtest.trades


def test_code_that_does_not_do_what_its_design_says_is_denied(tmp_path: Path, market: Path) -> None:
    """A threshold that is off by one is a finding, which goes back to the model."""
    wrong = compiled().replace("< 30", "< 31")
    coder = ScriptedProvider([wrong, wrong, wrong], name="model")
    designer = ScriptedProvider([json.dumps(DESIGN)], name="designer")
    freqgen, _ = freqgen_with(tmp_path, market, coder, designer)
    with freqgen:
        result = freqgen.generate("Buy low", design_model="designer", code_model="model")
    assert result.verdict.decision is Decision.DENY
    assert result.backtest is None
    assert [finding.code for finding in result.coded.report.blocking] == ["FG830"]
    assert "rsi" in coder.prompts[1].messages[-1].text
    assert "FG830" in coder.prompts[1].messages[-1].text


def test_without_the_checks_that_run_it_code_waits_for_review(tmp_path: Path, market: Path) -> None:
    """Nothing vouches for what was not run, not even for the compiler's own."""
    host = PluginHost.load(
        plugins=[module for module in OURS if module.__name__ != "freqgen_behaviour"],
        entry_points=False,
    )
    with Freqgen(userdir=tmp_path / "u", datadir=market, host=host) as freqgen:
        result = freqgen.generate(Design.from_data(DESIGN))
        assert result.verdict.decision is Decision.REVIEW
        assert result.backtest is None
        assert "was read and not run" in result.verdict.gates[-1].reason
        with pytest.raises(SandboxUnavailable, match="was read and not run"):
            freqgen.backtest_all([result.record.id])


BAD_REPLIES = [
    ("I would rather talk about it.", 'the reply begins "I would rather talk about it."'),
    ("[1, 2]", "there is no JSON object in it"),
    ("", "the reply is empty"),
    (json.dumps({**DESIGN, "timeframe": "1x"}), "timeframe"),
    (json.dumps({**DESIGN, "entry_long": ["rsx < 30"]}), 'unknown name "rsx"'),
    (json.dumps({**DESIGN, "indicators": [{"id": "rsi", "function": "RSY"}]}), "RSY"),
]


@pytest.mark.parametrize(("reply", "message"), BAD_REPLIES, ids=[m for _, m in BAD_REPLIES])
def test_replies_that_are_no_design(tmp_path: Path, market: Path, reply: str, message: str) -> None:
    """What is wrong with it is said, with the nearest valid name where there is one."""
    model = ScriptedProvider([reply] * 3, name="model")
    freqgen, _ = freqgen_with(tmp_path, market, model)
    with pytest.raises(AttemptsExhausted) as caught:
        freqgen.design("Buy low", model="model")
    assert message in str(caught.value)
    assert caught.value.attempts == len(model.prompts) == 3
    sure = ScriptedProvider([reply], name="sure", deterministic=True)
    freqgen, _ = freqgen_with(tmp_path, market, sure)
    with pytest.raises(ReplyInvalid) as refused:
        freqgen.design("Buy low", model="sure")
    assert message in str(refused.value)
    assert refused.value.provider == "sure"


def test_an_empty_reply_is_no_code(tmp_path: Path, market: Path) -> None:
    """Nothing is not a strategy."""
    model = ScriptedProvider([" \n"], name="model", deterministic=True)
    freqgen, _ = freqgen_with(tmp_path, market, model)
    with pytest.raises(ReplyInvalid, match="answered with nothing"):
        freqgen.code(Design.from_data(DESIGN), model="model")


def test_names_and_constraints_beside_the_text(tmp_path: Path, market: Path) -> None:
    """They win over the text."""
    freqgen, _ = freqgen_with(tmp_path, market)
    brief = freqgen.brief(
        "Buy when RSI(14) is below 30. 1h candles, 5% stop loss.",
        name="Mine",
        constraints={"timeframe": "4h"},
    )
    assert isinstance(brief, Brief)
    design = freqgen.design(brief).design
    assert (design.name, design.timeframe) == ("Mine", "4h")


def test_pairs(tmp_path: Path, market: Path) -> None:
    """What is asked for, else the whitelist with its patterns, else what there is."""
    freqgen, _ = freqgen_with(tmp_path, market)
    everything = freqgen.pairs("1h")
    assert "BTC/USDT" in everything
    assert len(everything) > 3
    assert freqgen.pairs("1h", ["ETH/USDT", "ETH/USDT"]) == ("ETH/USDT",)
    assert freqgen.pairs("1h", ["(BTC|ETH)/.*"]) == ("BTC/USDT", "ETH/USDT")
    with pytest.raises(UsageError, match="no 1h candles of NOPE/USDT"):
        freqgen.pairs("1h", ["NOPE/USDT"])
    with pytest.raises(UsageError, match="neither a pair nor a pattern"):
        freqgen.pairs("1h", ["(BTC/USDT"])
    freqgen.workspace.config["exchange"]["pair_whitelist"] = ["SOL/.*"]
    assert freqgen.pairs("1h") == ("SOL/USDT",)


def test_where_records_are_kept(tmp_path: Path) -> None:
    """In the user directory, whatever characters its path has, or where the settings say."""
    userdir = tmp_path / "50% of what?"
    with Freqgen(userdir=userdir, host=PluginHost()) as freqgen:
        assert freqgen.existing_store is None
        assert freqgen.store.list() == []
        assert (userdir / "freqgen" / "freqgen.sqlite").is_file()
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"freqgen": {"db_url": f"sqlite:///{tmp_path}/other.sqlite"}}))
    with Freqgen(config=[str(config)], userdir=tmp_path / "u", host=PluginHost()) as freqgen:
        assert freqgen.store.list() == []
    assert (tmp_path / "other.sqlite").is_file()


def test_futures_designs_need_futures(tmp_path: Path, market: Path) -> None:
    """Shorts and leverage are refused in spot, with what to configure."""
    freqgen, _ = freqgen_with(tmp_path, market)
    short = {**DESIGN, "can_short": True, "entry_short": ["rsi > 80"]}
    for design in (short, {**DESIGN, "risk": {"stoploss": -0.05, "leverage": 3}}):
        with pytest.raises(DesignError) as caught:
            freqgen.check_market(Design.from_data(design))
        assert "futures" in caught.value.hint


def test_advice_becomes_a_finding(tmp_path: Path, market: Path) -> None:
    """What a design probably does not mean is a warning of its code."""
    freqgen, _ = freqgen_with(tmp_path, market)
    design = {**DESIGN, "entry_long": ["rsi < 30", "close > highest(high, 20)"]}
    report = freqgen.code(Design.from_data(design), run=False).report
    assert report.passed
    assert [f.code for f in report.findings] == ["FG690"]
    assert "shift(highest" in report.findings[0].message


def test_prompts_hold_what_they_should(tmp_path: Path, market: Path) -> None:
    """The provider gets words, schema and data."""
    model = ScriptedProvider([json.dumps(DESIGN)], name="model")
    freqgen, _ = freqgen_with(tmp_path, market, model)
    freqgen.design("Buy the dip", model="model")
    prompt: Prompt = model.prompts[0]
    assert "Buy the dip" in prompt.messages[-1].text
    assert prompt.json_schema is not None
    assert prompt.payload.brief is not None


def test_funding_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    """Freqtrade takes it as zero without a word; the record says so."""
    data = tmp_path / "data"
    write_candles(data, "BTC/USDT:USDT", walk(1, 42_000.0, 1440, 2), kind="futures")
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"trading_mode": "futures", "margin_mode": "isolated"}))
    short = {**DESIGN, "name": "Shorts", "can_short": True, "entry_short": ["rsi > 70"]}
    host = PluginHost.load(plugins=[*OURS], entry_points=False)
    with Freqgen(config=[str(config)], userdir=tmp_path / "u", datadir=data, host=host) as freqgen:
        result = freqgen.generate(Design.from_data(short))
        console = Console(file=io.StringIO(), width=200)
        show_generation(console, result, freqgen, lambda *words, **_: " ".join(words))
    found = [f for f in result.to_dict()["findings"] if f["code"] == "FG691"]
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()
    assert [shown.count(f["message"]) for f in found] == [1] * len(found), "once is enough"
    assert [(f["severity"], f["phase"]) for f in found] == [("warning", "evaluation")] * len(found)
    assert any("funding" in f["message"] for f in found), found
    assert [f for f in result.record.findings if f["code"] == "FG691"] == found
    assert result.verdict.decision is Decision.ALLOW


def test_candles_of_a_slower_timeframe_are_looked_for_before_anything_is_written(
    tmp_path: Path, market: Path
) -> None:
    """What a design reads beside its own candles is part of what must be there."""
    trend = {"id": "trend", "function": "EMA", "timeframe": "1w"}
    design = {**DESIGN, "indicators": [*DESIGN["indicators"], trend]}
    design |= {"entry_long": ["rsi < 30", "close > trend"]}
    coder = ScriptedProvider(["never asked"], name="model")
    freqgen, _ = freqgen_with(tmp_path, market, coder)
    with freqgen, pytest.raises(DataMissing, match="1w"):
        freqgen.generate(Design.from_data(design), code_model="model")
    assert coder.prompts == []
