"""What plugin authors test with. docs/plugins/testing.md shows it in use, and is run too."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from freqgen.design.checked import check_design
from freqgen.design.shape import TIMEFRAMES
from freqgen.exceptions import DesignError, PluginError, ProviderUnavailable
from freqgen.finding import Finding, Phase, Severity
from freqgen.generation.prompt import Step
from freqgen.generation.provider import Reply
from freqgen.hookspecs import hookimpl
from freqgen.testing import (
    ScriptedProvider,
    a_candle_frame,
    a_catalogue,
    a_design,
    a_draft,
    a_prompt,
    check_case,
    make_host,
    rule_cases,
)


class NoTabs:
    """XX1: a tab."""

    VALID = ("a", SimpleNamespace(source="b", design=None))
    INVALID = (("\t", 1), SimpleNamespace(code="a\n\t", line=2, design=a_design().to_data()))

    name = "no-tabs"
    phase = Phase.PARSE
    codes = ("XX1",)

    def check(self, draft, design, context):
        for line, text in enumerate(draft.source.split("\n"), 1):
            if "\t" in text:
                yield Finding(
                    code="XX1",
                    severity=Severity.ERROR,
                    phase=self.phase,
                    message=f"a tab in {design.name if design else 'a file'}",
                    line=line,
                )


class TestRules:
    @pytest.mark.parametrize("case", rule_cases(NoTabs))
    def test_a_rule_that_keeps_its_word(self, case):
        check_case(NoTabs(), case)

    def test_cases_have_ids_that_say_what_is_expected(self):
        ids = [case.id for case in rule_cases(NoTabs)]
        assert ids == ["XX1-valid-0", "XX1-valid-1", "XX1-invalid-0", "XX1-invalid-1"]

    @pytest.mark.parametrize(
        ("changes", "complaint"),
        [
            ({"VALID": ("\t",), "INVALID": NoTabs.INVALID}, r"found \[\('XX1', 1\)\] in a valid"),
            ({"VALID": (), "INVALID": (("\t", 2),)}, r"instead of \('XX1', 2\)"),
            ({"VALID": (), "INVALID": (("x", 1),)}, r"found \[\] instead of"),
        ],
        ids=["alarm-in-a-valid-one", "another-line", "nothing-found"],
    )
    def test_a_rule_that_does_not(self, changes, complaint):
        rule = type("Wrong", (NoTabs,), changes)
        with pytest.raises(AssertionError, match=complaint):
            check_case(rule(), rule_cases(rule)[0].values[0])

    def test_a_rule_may_name_its_code_by_a_method(self):
        rule = SimpleNamespace(VALID=(), INVALID=(("x", 1),), code=lambda: "FG9")
        assert rule_cases(rule)[0].values[0].expected == "FG9"

    def test_a_rule_that_was_never_seen_to_find_anything(self):
        with pytest.raises(ValueError, match="has no INVALID example"):
            rule_cases(SimpleNamespace(VALID=("a",), INVALID=()))


class TestScriptedProvider:
    def test_gives_texts_replies_and_errors_in_turn(self):
        reply = Reply(text="b")
        provider = ScriptedProvider(["a", reply, KeyError("c")], name="s", deterministic=True)
        assert provider.answer(a_prompt()).text == "a"
        assert provider.answer(a_prompt()) is reply
        with pytest.raises(KeyError):
            provider.answer(a_prompt())
        with pytest.raises(ProviderUnavailable, match="has 3 replies and this is prompt 4"):
            provider.answer(a_prompt())
        assert len(provider.prompts) == 4
        assert provider.deterministic
        assert provider.models() == ()


class TestHost:
    def test_has_these_plugins_only(self):
        assert make_host().describe() == ()

    def test_raises_what_would_only_be_warned_of(self):
        class Typo:
            @hookimpl
            def register_provider(self, register):
                raise AssertionError

        with pytest.raises(PluginError, match="register_provider"):
            make_host(Typo())


class TestExamples:
    def test_the_design_fits_the_catalogue(self):
        assert check_design(a_design(), a_catalogue()).design.name == "RsiReversion"

    def test_a_design_s_fields_can_be_replaced(self):
        design = a_design(name="Other", risk={"take_profit": 0.1})
        assert (design.name, design.risk.take_profit, design.risk.stoploss) == ("Other", 0.1, -0.05)
        with pytest.raises(DesignError):
            a_design(timeframe="7m")

    def test_the_draft_is_of_the_design(self):
        assert a_draft().class_name == a_design().name
        assert a_draft("x", class_name="Y", origin="z").source == "x"

    def test_a_prompt_holds_the_question_twice(self):
        prompt = a_prompt("buy", step="code", design=a_design())
        assert prompt.step is Step.CODE
        assert prompt.messages[-1].text == prompt.payload.brief.text == "buy"
        assert prompt.payload.design == a_design()

    @given(
        candles=st.integers(1, 300),
        seed=st.integers(0, 2**32),
        timeframe=st.sampled_from(sorted(TIMEFRAMES)),
    )
    def test_candles_are_possible_ones(self, candles, seed, timeframe):
        frame = a_candle_frame(candles, seed=seed, timeframe=timeframe)
        assert len(frame) == candles
        assert (frame["low"] <= frame[["open", "close"]].min(axis=1)).all()
        assert (frame["high"] >= frame[["open", "close"]].max(axis=1)).all()
        assert (frame[["low", "volume"]] > 0).all(axis=None)
        steps = frame["date"].diff().dropna().unique()
        assert list(steps) == [pd.Timedelta(minutes=TIMEFRAMES[timeframe])] * min(1, candles - 1)
        assert str(frame["date"].dt.tz) == "UTC"

    def test_candles_are_the_same_every_time(self):
        assert a_candle_frame(seed=5).equals(a_candle_frame(seed=5))
        assert not a_candle_frame(seed=5).equals(a_candle_frame(seed=6))
