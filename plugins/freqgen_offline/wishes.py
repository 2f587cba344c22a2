"""Wishes that no rule on candles can grant, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from freqgen_offline.lexicon import plain

FUTURE = (
    "it looks into the future: when a candle closes, nobody knows the next one; say what can be "
    "seen by then"
)
OUTSIDE = "candles do not tell it: rules know prices, volume and the time of day, and nothing else"
PROMISE = "nobody can promise that; freqgen measures what rules would have earned"

_WISHES = (
    (
        FUTURE,
        r"\btomorrow\b|\bnext\s+(?:\w+\s+)?(?:candles?|bars?|days?|hours?|weeks?|months?|minutes?)\b(?!'?s?\s+open)"
        r"|\bcoming\s+(?:days?|weeks?|hours?|months?|candles?)\b|\b(?:right\s+)?before\s+(?:it|the\s+"
        r"(?:price|market|drop|pump|dump|rally|crash|next))\b|\bright\s+before\b"
        r"|\b(?:will|is\s+going\s+to|are\s+(?:all\s+)?going\s+to|gonna)\s+(?:be|go|rise|fall|drop|"
        r"pump|dump|turn|move|close)\b|\bat\s+the\s+(?:exact\s+|very\s+|absolute\s+)?(?:bottom|top)\b"
        r"(?!\s+(?:band|line))|\b(?:bottom|top)\s+of\s+(?:every|each|the)\s+(?:swing|move|dip|wave)\b"
        r"|\bbefore\s+(?:every|each|the|a)\s+(?:drop|pump|dump|rally|crash|move)\b",
    ),
    (
        OUTSIDE,
        r"\btweet\w*|\btwitter\b|\bnews\b|\bheadlines?\b|\bsentiment\b|\bhype\b|\breddit\b|\btelegram"
        r"\b|\belon\b|\bmusk\b|\bfed\b|\bfomc\b|\bcpi\b|\bearnings\b|\bannouncements?\b|\border\s?book"
        r"\b|\bbids?\b|\basks?\b|\bfunding\s+rates?\b|\bopen\s+interest\b|\bliquidations?\b|\bon-?chain"
        r"\b|\bwhales?\b|\bgoogle\s+trends\b|\bfear\s+(?:and|&)\s+greed\b|\bmoon\s+is\b|\bfeel(?:ing)?s?"
        r"\s+like\b|\blooks?\s+(?:\w+\s+)?(?:strong|weak|good|bad|bullish|bearish)\b",
    ),
    (
        PROMISE,
        r"\bguarante\w+|\bmak(?:e|es)\s+me\s+(?:rich|money|a\s+millionaire)\b|\bnever\s+los(?:e|es|ing)"
        r"\b|\b(?:no|zero|without)\s+(?:losing\s+trades?|losses|risk)\b|\b100\s?%\s+win|\bwin\s?-?rate"
        r"\b|\bmak(?:e|es)\s+it\s+(?:very\s+|highly\s+)?profitable\b|\bprofitable\b|\bdoubles?\s+my\b"
        r"|\bbest\s+(?:possible\s+)?(?:strategy|results?|settings)\b|\bprofits?\s+(?:of\s+\S+\s+)?every"
        r"\b|\bwhatever\s+works\b",
    ),
)


@dataclass(frozen=True, slots=True)
class Wish:
    """A part of a brief that asks for what cannot be: ``text[start:end]``.

    :param why: What is wrong with it.
    """

    start: int
    end: int
    why: str


def wishes(text: str) -> Iterator[Wish]:
    """The wishes of a brief that cannot be granted."""
    flat = plain(text)
    for why, pattern in _WISHES:
        for match in re.finditer(pattern, flat):
            yield Wish(match.start(), match.end(), why)
