"""Wishes that no rule on candles can grant, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from freqgen_offline.lexicon import Squeezed, plain

FUTURE = (
    "it looks into the future: when a candle closes, nobody knows the next one; say what can be "
    "seen by then"
)
OUTSIDE = "candles do not tell it: rules know prices, volume and the time of day, and nothing else"
PROMISE = "nobody can promise that; freqgen measures what rules would have earned"

OTHER_CANDLES = "rules see the market's own candles: name one of its timeframes, and no other kind"
OTHER_CLOCK = "hours of rules are those of UTC: say them so"

_WISHES = (
    (
        OTHER_CANDLES,
        r"\brenko\b|\bkagi\b|\b(?:range|tick|volume|dollar|imbalance|line[\s-]break)[\s-]+(?:bars?|"
        r"candles?|bricks?|charts?)\b|\bpoint\s+(?:and|&)\s+figure\b|\bheiken\b"
        r"|\b(?:us(?:e|es|ing)|on|with|based\s+on|from|in|trades?|trading|have|set\s+to)\s+(?:the\s+"
        r"|my\s+|a\s+)?(?:[0-9]+[\s-]?[a-z]+\s+|daily\s+|hourly\s+)?heikin[\s-]*ashi(?:\s+(?:candles?|"
        r"candlesticks?|charts?|bars?|data)|\s*[.,;:\n])(?!\s+(?:is|are|turns?|being|that|colou?r))"
        r"|\bheikin[\s-]*ashi\s*(?:charts?|data|prices?|timeframe|,?\s*[0-9]+\s?(?:m|h|d|w|min|hour|"
        r"day)[a-z]*)\b|\b[0-9]+\s?(?:m|h|d|w|min|hour|day)[a-z]*,?\s+heikin[\s-]*ashi(?:\s+(?:"
        r"candles?|charts?|bars?))?\s*[.,;:\n]",
    ),
    (
        OTHER_CLOCK,
        r"\b(?:est|edt|cst|cdt|mst|mdt|pst|pdt|cet|cest|eet|eest|bst|ist|jst|kst|hkt|sgt|aest|aedt|"
        r"msk)\b|\b(?:new\s+york|london|berlin|tokyo|sydney|moscow|paris|chicago|local|eastern|"
        r"central|pacific|exchange|server)\s+(?:standard\s+)?(?:time|times|timezone|time\s+"
        r"zone|hours)\b(?!\s*frame)|\b(?:time\s*zone|times?|clock|hours)\s+(?:is|are|in)\s+(?!utc)"
        r"(?:new\s+york|london|berlin|tokyo|sydney|local|eastern)\b|\b(?:utc|gmt)\s*[+-]\s*[1-9]"
        r"|\bi(?:'m|\s+am)\s+in\s+(?:new\s+york|london|berlin|tokyo|sydney|moscow|paris|chicago)\b",
    ),
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
    flat = Squeezed.of(plain(text))
    for why, pattern in _WISHES:
        for match in re.finditer(pattern, flat.text):
            yield Wish(*flat.place(*match.span()), why)
