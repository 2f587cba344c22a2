"""Tells small talk from words that may be about a rule.

What is not understood and is no small talk stops a brief: that "in an uptrend" or "make sure the
candle is green" was passed over would not be seen in what comes out.
"""

from __future__ import annotations

import re
from itertools import pairwise

from freqgen_offline.lexicon import MEANINGLESS, Word
from freqgen_offline.phrases import Clause
from freqgen_offline.statements import Statement

_EMPTY = MEANINGLESS | {"WORD", "OTHER", "COMMA", "MARK", "NL", "BLANK", "AND", "IS", "ITS",
                        "TRADES", "ROI", "CHART", "REASON"}  # fmt: skip

_PHRASES = frozenset({"NOISE_PHRASE", "NOISE", "NOISE_OVER", "HEADER"})

_NUMBER_WORDS = frozenset({"one", "two", "three", "zero"})

_OF_THE_MARKET = frozenset(
    """
    trend trends trending uptrend uptrends downtrend downtrends sideways ranging range choppy
    bull bulls bullish bear bears bearish market markets regime volatility volatile calm quiet
    momentum support resistance pullback pullbacks dip dips rally bounce breakout breakouts
    breakdown pump dump pumping dumping spike crash gap squeeze divergence divergences engulfing
    green red candle candles bar bars price prices volume volumes liquidity spread coin coins
    bitcoin ethereum altcoin altcoins pair pairs news funding sentiment fear greed dominance
    higher lower high low highs lows strong weak healthy flat rising falling positive negative
    overbought oversold confirmed confirmation confirm confirms crossover cross session sessions
    london asia asian york tokyo european morning mornings afternoon afternoons evening evenings
    night nights daytime weekday weekdays weekend weekends monday tuesday wednesday thursday
    friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays
    january december month months quarter close closing hour hours minute minutes daily hourly
    weekly leverage lvg position positions budget wallet winners losers winner loser profit
    profits profitable loss losses drawdown expectancy heikin renko
    """.split()  # noqa: SIM905  (a list of them is a page long)
)

RESTRICTING = frozenset(
    """
    duration lookback expires expiry lasts longer shorter more less fewer only never not no none
    don't dont don'ts doesn't doesnt isn't cannot can't without unless except excluding excluded
    exclude besides avoid avoiding skip skipping ignore ignoring pause paused must mustn't should
    shouldn't need needs needed require requires required demand mandatory essential important wait
    waiting confirm confirmed confirms confirming ensure ensures sure check checks verify verified
    whenever until instead actually correction corrected update updated edit wrong mistake mistakes
    bad better disabled disable enabled todo joke new version alternative alternatively alternate
    option options scenario variant default backtest live forbidden allowed permitted exception
    exceptions optional optionally ideally preferably maybe perhaps sometimes usually rarely roughly
    opposite inverse inverted reverse reversed versa vice either neither rather half third quarter
    partial partially scale add average re-enter dca pyramid pyramiding martingale hedge hedging
    limit maximum minimum max min most least per cooldown timeout
    """.split()  # noqa: SIM905  (a list of them is a page long)
)

_OF_SHORTS = frozenset(
    {"short", "shorts", "shorting", "shorted", "bear", "bears", "bearish", "puts"}
)

_LOADED = _OF_THE_MARKET | RESTRICTING | _OF_SHORTS


def is_chatter(clause: Clause) -> bool:
    """Whether words that were not understood can be no part of a rule."""
    words = [w for w in clause.words if w.type not in {"COLON", "MARK"}]
    if not words or words[0].type == "REASON":
        return True
    said = [str(w.token) for w in words]
    purpose = next((i for i, pair in enumerate(pairwise(said)) if pair in _PURPOSE), len(words))
    opinion = bool(_OPINIONS.intersection(said))
    loaded = [w for w in words[:purpose] if _is_loaded(w)]
    return not [w for w in loaded if not opinion or w.type not in NAMES]


_PURPOSE = frozenset({("so", "it"), ("so", "i"), ("so", "that"), ("so", "we")})
_OPINIONS = frozenset({"know", "think", "believe", "love", "like", "hate", "feel", "boring",
                       "hardly", "see"})  # fmt: skip
NAMES = frozenset({"KNOWN", "PATTERN", "OUTPUT", "RSI", "EMA", "SMA", "MA", "MACD", "BB", "ADX",
                    "ATR", "CROSS", "GOLDEN", "DEATH", "TOUCH", "HOLD", "UPWARDS"})  # fmt: skip


def is_heading(clause: Clause) -> bool:
    """Whether words only say what the next ones are about: "Risk:", "Higher timeframe"."""
    content = [w for w in clause.words if w.type not in MEANINGLESS]
    return bool(content) and all(
        w.type in {"CHART", "RISK", "CANDLE", "STOP", "TAKE"} or str(w.token) in _HEADINGS
        for w in content
    )


_HEADINGS = frozenset(
    """
    risk timeframe chart candles candle momentum filter trend volume volatility confirmation
    recommended higher lower money management first step pattern patterns exits targets
    """.split()  # noqa: SIM905
)


def gives_reason(brief: str, statement: Statement) -> bool:
    """Whether "so" follows a sentence: "Alts only move when BTC lets them, so: ...".

    What tells when to trade is no reason: "Only in an uptrend, so ...", "Never on Mondays, so ...".
    """
    words = [w for clause in statement.clauses for w in clause.words]
    if not words or any(_restricts(word) for word in words):
        return False
    first = next((_said(w).split()[0] for w in words if _said(w)), "")
    if first in RESTRICTING | PREPOSITIONS | _TRADING:
        return False
    return _SO.match(brief, max(c.end for c in statement.clauses)) is not None


def _restricts(word: Word) -> bool:
    said = _said(word)
    return said in _DEMANDS or said in _VAGUE or said in _OF_SHORTS or word.type in _TIMES


_SO = re.compile(r"\s*+(?:,\s*+)?so\b(?!\s+(?:that|long))", re.IGNORECASE)
_DEMANDS = frozenset(
    {"must", "should", "has", "have", "need", "needs", "required", "wait", "avoid"}
)
PREPOSITIONS = frozenset({"in", "during", "on", "at", "near", "while", "when", "if"})
_TRADING = frozenset({"trade", "trades", "trading"})
_TIMES = frozenset({"TIME", "DAYS", "HOURS", "HOUR"})


def speaks_of_shorts(clause: Clause) -> bool:
    """Whether words that were not understood are about shorts."""
    return bool({str(w.token) for w in clause.words} & _OF_SHORTS)


def _is_loaded(word: Word) -> bool:
    if word.type == "NUM":
        return str(word.token) not in _NUMBER_WORDS
    if word.type not in _EMPTY:
        return True
    if word.type in _PHRASES:
        return False
    return not {*_said(word).split()}.isdisjoint(_LOADED)


def _said(word: Word) -> str:
    return str(word.token).strip("'\"")


def what_to_say(clause: Clause) -> str:
    """What to write in place of a word that has no number behind it; or nothing."""
    said = map(_said, clause.words)
    found = next((word for word in said if word in _VAGUE), "")
    return f'say what "{found}" is, as in {_VAGUE[found]}' if found else ""


_TREND = '"close is above the EMA 200" or "ADX(14) is above 25"'
_VOLATILITY = '"ATR(14) is above its 20-candle average" or "ADX(14) is below 20"'
_LEVEL = '"the lowest low of the last 20 candles"'
_PULLBACK = '"close is below the EMA 20" or "price dropped 3 % over the last 6 candles"'
_SESSION = '"between 8:00 and 16:00 UTC"'
_VAGUE = {
    **dict.fromkeys(("trend", "uptrend", "downtrend", "bullish", "bearish", "bull"), _TREND),
    **dict.fromkeys(("bear", "strong", "weak", "healthy", "trending"), _TREND),
    **dict.fromkeys(("volatility", "volatile", "calm", "quiet", "choppy"), _VOLATILITY),
    **dict.fromkeys(("ranging", "sideways"), _VOLATILITY),
    **dict.fromkeys(("support", "resistance"), _LEVEL),
    **dict.fromkeys(("pullback", "pullbacks", "dip", "bounce", "rally"), _PULLBACK),
    **dict.fromkeys(("session", "london", "tokyo", "york", "asia"), _SESSION),
    **dict.fromkeys(("morning", "afternoon", "evening", "night"), _SESSION),
}
