"""What the offline provider reads: tables of briefs, and laws that hold for any text."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from freqgen import Brief, BriefError, Design, DesignError, Reading, check_design
from freqgen.brief import without_controls
from freqgen.design.model import MAX_RULES
from freqgen_offline.account import LEFT_OUT
from freqgen_offline.lexicon import MEANINGLESS, words
from freqgen_offline.pieces import DIVIDERS, VERBS
from freqgen_offline.reader import read_brief
from freqgen_offline.statements import DENIALS
from tests.plugins.freqgen_offline.briefs import (
    BUY,
    ENTRIES,
    REFUSED,
    RISKS,
    TIMEFRAMES,
    UNREAD,
    WHOLE,
    Case,
)

MAIN = WHOLE[0].text


def read(text: str, **beside: Any) -> tuple[Design, Reading]:
    """A brief's design, and what became of its words."""
    name = beside.pop("name", None)
    data, reading = read_brief(Brief.from_text(text, name=name, constraints=beside))
    return Design.from_data(data), reading


def unread(reading: Reading) -> list[str]:
    return [span.text for span in reading.unread]


def left_out(reading: Reading) -> list[str]:
    return [span.text for span in reading.read if span.meaning == LEFT_OUT]


@pytest.mark.parametrize("case", WHOLE, ids=[c.id for c in WHOLE])
def test_whole_briefs(case: Case) -> None:
    design, reading = read(case.text)
    assert unread(reading) == case.unread
    assert design.entry_long == case.entry_long
    assert design.exit_long == case.exit_long
    assert design.entry_short == case.entry_short
    assert design.exit_short == case.exit_short
    assert design.can_short == bool(case.entry_short)
    if case.timeframe is not None:
        assert design.timeframe == case.timeframe
    if case.kind is not None:
        assert design.kind == case.kind
    if case.indicators is not None:
        assert {i.id: (i.function, i.params) for i in design.indicators} == case.indicators
    risk = design.risk.model_dump(exclude_unset=True)
    assert {name: risk.get(name) for name in case.risk} == case.risk
    if case.defaults is not None:
        told = [d for d in reading.defaults if "name" not in d and "open at once" not in d]
        assert len(told) == len(case.defaults), told
        for words_, sentence in zip(case.defaults, told, strict=True):
            assert words_ in sentence


@pytest.mark.parametrize(("entry", "rules"), [e[1:] for e in ENTRIES], ids=[e[0] for e in ENTRIES])
def test_entries(entry: str, rules: list[str] | None) -> None:
    if rules is None:
        with pytest.raises(BriefError):
            read(f"{BUY}{entry}.")
        return
    design, reading = read(f"{BUY}{entry}.")
    assert design.entry_long == rules
    assert unread(reading) == []


@pytest.mark.parametrize(("sentence", "risk"), [r[1:] for r in RISKS], ids=[r[0] for r in RISKS])
def test_risk(sentence: str, risk: dict[str, Any]) -> None:
    design, reading = read(f"Buy when EMA(50) > close. {sentence}. Sell when close > open. 5m.")
    found = design.risk.model_dump(exclude_unset=True)
    assert {name: found.get(name) for name in risk} == risk
    assert unread(reading) == []


@pytest.mark.parametrize(("sentence", "timeframe"), TIMEFRAMES, ids=[t[0] for t in TIMEFRAMES])
def test_timeframes(sentence: str, timeframe: str) -> None:
    design, reading = read(f"Buy when close > open. {sentence}")
    assert design.timeframe == timeframe
    assert unread(reading) == []


@pytest.mark.parametrize(
    ("text", "missed", "entry"), [u[1:] for u in UNREAD], ids=[u[0] for u in UNREAD]
)
def test_what_is_not_understood_is_listed_word_for_word(
    text: str, missed: list[str], entry: list[str]
) -> None:
    design, reading = read(text)
    assert unread(reading) == missed
    assert design.entry_long == entry


@pytest.mark.parametrize("text", [r[1] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_refusals_say_what_can_be_read(text: str) -> None:
    with pytest.raises(BriefError, match="no rule for an entry was understood") as caught:
        read(text)
    assert "Bollinger" in caught.value.hint
    assert len(caught.value.hint) < 200


def test_a_refusal_quotes_what_was_missed() -> None:
    with pytest.raises(BriefError, match='"Buy when the moon is full"'):
        read("Buy when the moon is full.")


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("Stop loss 150%", "between 0 and 100"),
        ("Stop loss at 2", "as in 2%"),
        ("7m candles", "no such timeframe"),
        ("Target 5", "a level of the price"),
        ("Sell when RSI(0) > 50", "from 2 to 1000"),
        ("Sell when RSI > 130", "between 0 and 100"),
        ("Sell when RSI > EMA(20)", "compared with"),
        ("Sell half when RSI > 50", "a part of a position"),
        ("Sell when RSI > 50 and then RSI < 40", "one thing after another"),
        ("Sell when two of the following hold: RSI > 50, close > open", "how many"),
    ],
    ids=lambda v: v,
)
def test_what_was_recognised_and_refused_says_why(told: str, why: str) -> None:
    _, reading = read(f"Buy when RSI(14) < 30. 1h. {told}.")
    assert [s.text for s in reading.unread] == [told]
    assert why in reading.unread[0].meaning


@pytest.mark.parametrize(
    ("words", "instead"),
    [
        ("in an uptrend", 'say what "uptrend" is, as in "close is above the EMA 200"'),
        ("and volatility is low", 'say what "volatility" is, as in "ATR(14)'),
        ("near support", 'say what "support" is, as in "the lowest low'),
        ("during the London session", 'as in "between 8:00 and 16:00 UTC"'),
    ],
)
def test_words_without_a_number_are_asked_about(words: str, instead: str) -> None:
    try:
        _, reading = read(f"Buy when RSI < 30 {words}. 1h, 2% stop.")
    except BriefError as exc:
        told = str(exc)
    else:
        told = " ".join(span.meaning for span in reading.unread if span.blocks)
    assert instead in told


def test_a_refusal_says_why() -> None:
    with pytest.raises(BriefError, match=r"RSI\(0\) < 30\" \(0 is not possible"):
        read("Buy when RSI(0) < 30")


def test_a_contradiction_is_said() -> None:
    design, reading = read("Buy when RSI(14) < 30 and RSI > 70. 1h.")
    assert design.entry_long == ["rsi < 30", "rsi > 70"]
    assert any("never hold together" in told for told in reading.defaults)


# --- what is given beside the text, names, kinds


def test_what_is_given_beside_the_text_wins() -> None:
    design, _ = read(MAIN, timeframe="4h", stoploss=-0.03, max_open_trades=5)
    assert design.timeframe == "4h"
    assert design.risk.stoploss == -0.03
    assert design.risk.take_profit == 0.05
    assert design.risk.max_open_trades == 5


def test_a_roi_table_beside_the_text_replaces_its_take_profit() -> None:
    design, _ = read(MAIN, roi={"0": 0.1})
    assert design.risk.roi == {"0": 0.1}
    assert design.risk.take_profit is None


def test_shorts_ruled_out_are_left_out_and_said() -> None:
    text = "Buy when RSI(14) < 30. Short when RSI(14) > 70. 1h."
    for design, reading in (read(text, can_short=False), read(f"{text} Long only.")):
        assert design.entry_short == []
        assert not design.can_short
        assert unread(reading) == []
        assert left_out(reading) == ["RSI(14) > 70"]
        assert any("shorts were ruled out" in d for d in reading.defaults)


def test_exits_of_a_side_that_is_never_entered_are_left_out_and_said() -> None:
    design, reading = read("Buy when RSI(14) < 30. Cover when ADX(14) > 40. 1h.")
    assert design.exit_short == []
    assert [i.id for i in design.indicators] == ["rsi"]
    assert unread(reading) == []
    assert left_out(reading) == ["ADX(14) > 40"]
    assert any("none is entered" in d for d in reading.defaults)


@pytest.mark.parametrize(
    ("beside", "told"),
    [({"moon": 1}, '"moon" is no field'), ({"timeframe": "7m"}, '"7m" is no timeframe')],
    ids=["field", "timeframe"],
)
def test_what_cannot_be_given_beside_the_text(beside: dict[str, Any], told: str) -> None:
    with pytest.raises(BriefError, match=told):
        read(MAIN, **beside)


def test_more_conditions_than_a_design_may_have_are_refused() -> None:
    conditions = [f"RSI({period}) < 30" for period in range(5, 5 + MAX_RULES + 1)]
    with pytest.raises(BriefError, match=f"at most {MAX_RULES} that must all hold"):
        read(f"Buy when {' and '.join(conditions)}. 1h, 2% stop.")
    design, _ = read(f"Buy when {' and '.join(conditions[:-1])}. 1h, 2% stop.")
    assert len(design.entry_long) == MAX_RULES


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        (None, "RsiBollingerReversion"),
        ("MyBot", "MyBot"),
        ("my rsi bot", "MyRsiBot"),
        ("2nd try", "Strategy2ndTry"),
        ("x" * 100, "X" + "x" * 63),
    ],
    ids=["chosen", "as it is", "made CamelCase", "digit first", "long"],
)
def test_names(wanted: str | None, name: str) -> None:
    design, reading = read(MAIN, name=wanted)
    assert design.name == name
    assert any("name" in d for d in reading.defaults) == (wanted is None)


def test_a_name_without_letters_is_refused() -> None:
    with pytest.raises(BriefError, match="no letters"):
        read(MAIN, name="???")


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("Buy when EMA(9) crosses above EMA(21)", "trend_following", "EmaTrend"),
        ("Buy when MACD(12,26,9) crosses above its signal", "momentum", "MacdMomentum"),
        ("Buy when RSI(14) crosses above 60", "momentum", "RsiMomentum"),
        ("Buy when close > 20-candle high", "breakout", "PriceBreakout"),
        ("Buy when close crosses above the upper band (20, 2)", "breakout", "BollingerBreakout"),
        ("Buy when volume > 2 x average volume(20)", "volume", "PriceVolume"),
        ("Buy when ATR(14) > 5", "volatility", "AtrVolatility"),
        ("Buy when close > open", "other", "PriceStrategy"),
        ("Short when RSI(14) > 80", "mean_reversion", "RsiReversion"),
    ],
    ids=lambda v: v if " " not in v else None,
)
def test_kinds_and_the_names_chosen_of_them(text: str, kind: str, name: str) -> None:
    design, _ = read(text)
    assert (design.kind, design.name) == (kind, name)
    assert design.hypothesis


def test_the_default_stop_loss_leaves_half_of_a_leveraged_stake() -> None:
    design, reading = read("Short when RSI(14) > 80. 20x leverage. 1h.")
    assert design.risk.stoploss == -0.025
    assert any("2.5% is used" in d for d in reading.defaults)


# --- indicators


def test_an_indicator_named_twice_is_one() -> None:
    design, _ = read("Buy when RSI(14) < 30 and RSI 14 > 10. Sell when the 14-period RSI > 70.")
    assert [i.id for i in design.indicators] == ["rsi"]


def test_a_period_said_once_holds_for_the_rest() -> None:
    design, reading = read("Buy when RSI < 30. Sell when RSI(7) > 70.")
    assert [i.params for i in design.indicators] == [{"timeperiod": 7}]
    assert not any("period" in d for d in reading.defaults)


def test_an_indicator_named_for_itself_says_its_period() -> None:
    design, reading = read("Use RSI(7). Buy when RSI < 30. 1h.")
    assert [i.params for i in design.indicators] == [{"timeperiod": 7}]
    assert next(s.meaning for s in reading.read) == "RSI(7)"
    _, reading = read("Use ADX(7). Buy when RSI < 30. 1h.")
    assert unread(reading) == ["Use ADX(7)"]


def test_a_period_left_out_between_two_is_named() -> None:
    design, reading = read("Buy when RSI(7) < 30 and RSI(21) < 40. Sell when RSI > 70.")
    assert [i.id for i in design.indicators] == ["rsi_7", "rsi_21"]
    assert design.exit_long == ["rsi_7 > 70"]
    assert any("the first one named, 7" in d for d in reading.defaults)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Buy when close < lower Bollinger band",
            "period and width were not given for the Bollinger bands: 20 and 2",
        ),
        (
            "Buy when close < lower Bollinger band (30)",
            "width was not given for the Bollinger bands: 2",
        ),
        ("Buy when close > the moving average (50)", "a simple one"),
        ("Buy when close > EMA", "period was not given for the EMA: 20"),
        ("Buy when volume is above average", "length of an average"),
        ("Buy when RSI(14) is oversold", "below 30"),
        ("Buy when RSI(14) is rising", "one candle"),
        ("Buy when EMA(9) crosses EMA(21)", "upwards"),
        ("Buy when RSI(14) < 30. Trailing stop 3 ATR", "22"),
        ("Buy when RSI(14) < 30. Stop 2 ATR", "outer limit of the ATR stop"),
    ],
    ids=lambda v: v if len(v) < 45 else None,
)
def test_every_default_is_a_sentence(text: str, told: str) -> None:
    _, reading = read(text)
    assert any(told in sentence for sentence in reading.defaults), reading.defaults


# --- laws

VOCABULARY = [
    "buy",
    "sell",
    "short",
    "cover",
    "exit",
    "when",
    "if",
    "and",
    "or",
    "but",
    "unless",
    "either",
    "not",
    "rsi",
    "ema",
    "sma",
    "macd",
    "signal",
    "histogram",
    "adx",
    "atr",
    "any of",
    "all of",
    "then",
    "it",
    "once",
    "half",
    "for",
    "within",
    "ago",
    "was",
    "bollinger",
    "lower",
    "upper",
    "middle",
    "band",
    "close",
    "price",
    "volume",
    "average",
    "its",
    "high",
    "low",
    "highest",
    "lowest",
    "of",
    "the",
    "last",
    "previous",
    "candles",
    "14",
    "20",
    "200",
    "30",
    "70.5",
    "(14)",
    "(20,",
    "2)",
    "(12,26,9)",
    "2%",
    "5%",
    "-3%",
    "1h",
    "4h",
    "daily",
    "20-candle",
    "200-day",
    "is",
    "are",
    "below",
    "above",
    "under",
    "over",
    "at",
    "least",
    "between",
    "crosses",
    "rises",
    "falls",
    "drops",
    "breaks",
    "turns",
    "positive",
    "up",
    "down",
    "stop",
    "loss",
    "take",
    "profit",
    "target",
    "trailing",
    "risk",
    "per",
    "trade",
    "hold",
    "after",
    "hours",
    "x",
    "*",
    "+",
    "-",
    "<",
    ">",
    "<=",
    "≥",
    "→",
    ".",
    ",",
    ";",
    ":",
    "(",
    ")",
    "\n",
    "\n-",
    "\n\n",
    "moon",
    "never",
    "only",
    "also",
    "filter:",
    "entry:",
    "long",
    "only",
    "golden",
    "cross",
    "touches",
    "new",
    "rising",
    "oversold",
    "leverage",
    "max",
    "open",
    "trades",
]

briefs = st.one_of(
    st.lists(st.sampled_from(VOCABULARY), max_size=40).map(" ".join),
    st.lists(st.sampled_from(VOCABULARY), max_size=25).map(lambda w: f"{MAIN} " + " ".join(w)),
    st.text(max_size=120),
    st.text(max_size=60).map(lambda t: f"Buy when RSI(14) < 30 {t}"),
).filter(lambda t: bool(without_controls(t).strip()))


@given(briefs)
@settings(max_examples=400, deadline=None)
@example("İıſKÅ buy when rsi < 30 ǅ")
@example("buy when ((((rsi < 30")
@example("buy when rsi(99999999999999999999999) < 1e999 and ema(1.5) > 2")
@example("٣ buy when rsi < ٣٠ ²")
@example("buy when ema(0) crosses 0 from below, 0% stop, 0h candles, x x x")
@example("buy when rsi < 30. cover when rsi rises")
@example("buy when {0} {rsi} < 30 and rsi < 30")
def test_any_text_is_read_or_refused_and_accounted_for(text: str) -> None:
    brief = Brief.from_text(text)
    try:
        data, reading = read_brief(brief)
    except BriefError:
        return
    assert read_brief(brief) == (data, reading)
    Design.from_data(data)
    spans = sorted((*reading.read, *reading.unread), key=lambda s: (s.start, s.end))
    for span in spans:
        assert 0 <= span.start < span.end
        assert brief.text[span.start : span.end] == span.text
    for one, other in pairwise(spans):
        assert one.end <= other.start
    assert all(s.meaning for s in reading.read)
    covered = {i for s in spans for i in range(s.start, s.end)}
    silent = MEANINGLESS | (DIVIDERS - VERBS.keys())
    for word in words(brief.text):
        if word.type not in silent:
            assert word.start in covered, word


@given(briefs)
@settings(max_examples=200, deadline=None)
@example("buy when rsi < 30, sell at rsi 60")
@example("buy when rsi < 30 and rsi(7) > rsi(7)")
@example("rsi(7) below 20. buy when rsi < 30")
@example("buy when rsi < 30 and below 20 on the 4h chart and rsi(3) > rsi(3) on the 1d chart")
@example("never buy when rsi(7) < 20. buy when rsi < 30")
def test_what_was_not_read_has_no_effect(text: str) -> None:
    brief = Brief.from_text(text)
    try:
        data, reading = read_brief(brief)
    except BriefError:
        return
    without = list(brief.text)
    kept = DIVIDERS | MEANINGLESS | {"NOT"}
    for word in words(brief.text):
        missed = any(s.start <= word.start < s.end for s in reading.unread)
        if missed and word.type not in kept and str(word.token) not in DENIALS:
            without[word.start : word.end] = "q" * (word.end - word.start)
    begins = {word.start for word in words(brief.text) if word.type not in DIVIDERS}
    for span in reading.unread:  # what follows without a comma must not be taken for its end
        following = span.end + len(brief.text[span.end :]) - len(brief.text[span.end :].lstrip())
        if following in begins and without[span.end - 1] == "q":
            without[span.end - 1] = ","
    again, _ = read_brief(Brief(text="".join(without)))
    assert again == data


@given(st.lists(st.sampled_from(VOCABULARY), max_size=12).map(" ".join))
@settings(max_examples=100, deadline=None)
def test_what_is_read_can_be_computed(catalogue: Any, tail: str) -> None:
    try:
        data, _ = read_brief(Brief.from_text(f"{MAIN} {tail}"))
    except BriefError:
        return
    try:
        check_design(Design.from_data(data), catalogue)
    except DesignError as exc:  # what the text asks for cannot be had, and the user is told why
        assert re.search("whole stake|candles of history", exc.message)  # noqa: PT017


@pytest.mark.parametrize("case", WHOLE, ids=[c.id for c in WHOLE])
def test_every_whole_brief_can_be_computed(catalogue: Any, case: Case) -> None:
    checked = check_design(read(case.text)[0], catalogue)
    assert not checked.warnings
