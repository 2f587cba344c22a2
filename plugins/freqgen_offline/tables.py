"""The indicators and candlestick patterns that the reader knows, and what people call them.

RSI, ADX, ATR, MACD, Bollinger bands and the usual moving averages have words and rules of their own
in the grammar, since most sentences are about them; all else becomes the words ``KNOWN``,
``AVERAGE_KIND``, ``OUTPUT`` and ``PATTERN``.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from freqgen_offline.known import PERIOD, Known, Param

WIDTH = (
    r"multipliers?|mult|factor|std\s?devs?|stddev|standard\s+deviations?|devs?|sd|std|width|atrs"
)


def _period(usual: int, name: str = "timeperiod", words: str = PERIOD, low: int = 2) -> Param:
    return Param(name=name, usual=Decimal(usual), words=words, low=Decimal(low))


def _width(usual: str, name: str) -> Param:
    return Param(name=name, usual=Decimal(usual), words=WIDTH, low=Decimal("0.01"), high=Decimal(6))


def _average(function: str, words: str, spoken: str = "", usual: int = 30) -> Known:
    return Known(
        function=function,
        words=words,
        spoken=spoken or f"the {function}",
        params=(_period(usual),),
        measure="price",
        title=function.capitalize(),
    )


def _oscillator(  # noqa: PLR0917
    function: str,
    words: str,
    spoken: str,
    usual: int | None = 14,
    bounds: tuple[int, int] | None = None,
    extremes: tuple[int, int] | None = None,
    title: str = "",
    measure: str = "",
) -> Known:
    return Known(
        function=function,
        words=words,
        spoken=spoken,
        params=() if usual is None else (_period(usual),),
        measure=measure or function.lower(),
        bounds=bounds,
        extremes=extremes,
        title=title or function.capitalize(),
    )


OWN = (
    Known(function="RSI", spoken="the RSI", params=(_period(14),), measure="oscillator",
          bounds=(0, 100), extremes=(30, 70), title="Rsi"),
    Known(function="ADX", spoken="the ADX", params=(_period(14),), measure="oscillator",
          bounds=(0, 100), title="Adx"),
    Known(function="ATR", spoken="the ATR", params=(_period(14),), measure="distance",
          title="Atr"),
    Known(function="EMA", spoken="the EMA", params=(_period(20),), measure="price", title="Ema"),
    Known(function="SMA", spoken="the SMA", params=(_period(20),), measure="price", title="Sma"),
    Known(function="BBANDS", spoken="the Bollinger bands", params=(_period(20),
          _width("2", "nbdevup")), sided=True, measure="price", short="bb", title="Bollinger"),
    Known(function="MACD", spoken="the MACD", params=(
          _period(12, "fastperiod", r"fast(?:\s+(?:period|length|ema))?"),
          _period(26, "slowperiod", r"slow(?:\s+(?:period|length|ema))?"),
          _period(9, "signalperiod", r"signal(?:\s+(?:period|length|line))?|smoothing", low=1)),
          output="line", measure="distance", title="Macd"),
)  # fmt: skip
"""Those whose words stand in the grammar."""

AVERAGES = (
    _average("HMA", r"hmas?|hull(?:\s+moving)?\s+averages?|hull\s+mas?", usual=20),
    _average("DEMA", r"demas?|double\s+exponential(?:\s+moving)?\s+averages?"),
    _average("TEMA", r"temas?|triple\s+exponential(?:\s+moving)?\s+averages?"),
    _average("ZLEMA", r"zlemas?|zero[\s-]lag\s+(?:emas?|exponential(?:\s+moving)?\s+averages?)"),
    _average("KAMA", r"kamas?|kaufman(?:'s)?\s+adaptive(?:\s+moving)?\s+averages?"),
    _average("TRIMA", r"trimas?|triangular(?:\s+moving)?\s+averages?"),
    _average("VWMA", r"vwmas?|volume[\s-]weighted\s+moving\s+averages?"),
    _average("WMA", r"wmas?|weighted\s+(?:moving\s+)?averages?|linear(?:ly)?\s+weighted\s+mas?"),
    _average("RMA", r"rmas?|wilder'?s?\s+(?:moving\s+)?averages?|smmas?"),
)  # fmt: skip
"""Moving averages beside the exponential and the simple one; they are read as those are."""

_FASTK = _period(5, "fastk_period", r"%?k(?:\s+(?:period|length))?|" + PERIOD, low=1)
_SLOWK = _period(3, "slowk_period", r"smooth(?:ing)?(?:\s+k)?", low=1)
_SLOWD = _period(3, "slowd_period", r"%?d(?:\s+(?:period|length|smoothing))?", low=1)

KNOWN = (
    Known(
        function="STOCHRSI",
        words=r"stoch(?:astics?)?[\s-]*rsi|srsi",
        spoken="the stochastic RSI",
        params=(
            _period(14),
            _period(5, "fastk_period", r"%?k(?:\s+(?:period|length))?", low=1),
            _period(3, "fastd_period", r"%?d(?:\s+(?:period|length))?", low=1),
        ),
        output="k",
        measure="stochastic",
        bounds=(0, 100),
        extremes=(20, 80),
        title="StochRsi",
    ),
    Known(
        function="STOCHF",
        words=r"fast\s+stoch(?:astics?)?(?:\s+oscillator)?|stochf",
        spoken="the fast stochastic",
        params=(_FASTK, _period(3, "fastd_period", _SLOWD.words, low=1)),
        output="k",
        measure="stochastic",
        bounds=(0, 100),
        extremes=(20, 80),
        title="Stoch",
    ),
    Known(
        function="STOCH",
        words=r"(?:slow\s+)?stoch(?:astics?)?(?:\s+oscillator)?",
        spoken="the stochastic",
        params=(_FASTK, _SLOWK, _SLOWD),
        output="k",
        measure="stochastic",
        bounds=(0, 100),
        extremes=(20, 80),
        title="Stoch",
    ),
    _oscillator("CCI", r"cci|commodity\s+channel\s+index", "the CCI", extremes=(-100, 100)),
    _oscillator("MFI", r"mfi|money\s+flow\s+index", "the MFI", bounds=(0, 100), extremes=(20, 80)),
    _oscillator(
        "WILLR",
        r"williams\s*(?:%\s*r|percent(?:age)?\s+r|r%?)|will?\s*%?\s*r(?![a-z])|%\s?r(?![a-z])",
        "Williams %R",
        bounds=(-100, 0),
        extremes=(-80, -20),
        title="Williams",
    ),
    _oscillator(
        "CMO",
        r"cmo|chande(?:'s)?\s+momentum\s+oscillator",
        "the CMO",
        bounds=(-100, 100),
        extremes=(-50, 50),
    ),
    Known(
        function="ULTOSC",
        words=r"ultimate\s+oscillator|ultosc",
        spoken="the ultimate oscillator",
        params=(
            _period(7, "timeperiod1"),
            _period(14, "timeperiod2"),
            _period(28, "timeperiod3"),
        ),
        measure="ultosc",
        bounds=(0, 100),
        extremes=(30, 70),
        title="Ultimate",
    ),
    _oscillator("AROONOSC", r"aroon\s+osc(?:illator)?|aroonosc", "the Aroon oscillator",
                bounds=(-100, 100), title="Aroon"),
    Known(
        function="AROON",
        words=r"aroon",
        spoken="the Aroon",
        params=(_period(14),),
        output="?",
        measure="aroon",
        bounds=(0, 100),
        title="Aroon",
    ),
    _oscillator("ROC", r"roc|rate[\s-]of[\s-]change", "the rate of change", 10),
    _oscillator("MOM", r"mom(?=\s*\()|momentum(?=\s*\(|\s+(?:indicator|oscillator))"
                r"(?:\s+(?:indicator|oscillator))?", "the momentum", 10, title="Momentum"),
    _oscillator("TRIX", r"trix", "the TRIX", 30),
    _oscillator("CMF", r"cmf|chaikin(?:'s)?\s+money\s+flow", "the Chaikin money flow", 20,
                bounds=(-1, 1)),
    _oscillator("NATR", r"natr|normali[sz]ed\s+(?:atr|average\s+true\s+range)", "the NATR"),
    _oscillator("BOP", r"bop|balance\s+of\s+power", "the balance of power", None, (-1, 1)),
    Known(
        function="AO",
        words=r"awesome\s+oscillator|ao(?=\s|$|\()",
        spoken="the awesome oscillator",
        params=(_period(5, "fastperiod", r"fast"), _period(34, "slowperiod", r"slow")),
        measure="distance",
        title="Awesome",
    ),
    _oscillator("RVOL", r"rvol|relative\s+volume", "the relative volume", 20, title="Volume"),
    _oscillator("PLUS_DI", r"\+\s?di(?:\+)?|plus\s+di|di\s?\+|positive\s+directional\s+indicator",
                "+DI", bounds=(0, 100), title="Dmi", measure="dmi"),
    _oscillator("MINUS_DI", r"-\s?di(?:-)?|minus\s+di|di\s?-(?!\w)|"
                r"negative\s+directional\s+indicator", "-DI", bounds=(0, 100), title="Dmi",
                measure="dmi"),
    Known(
        function="OBV",
        words=r"obv|on[\s-]balance[\s-]volume",
        spoken="the on-balance volume",
        measure="obv",
        title="Obv",
    ),
    Known(
        function="KC",
        words=r"keltner(?:'s)?(?:\s+channels?|\s+bands?)?|kc(?:\s+bands?)?",
        spoken="the Keltner channels",
        params=(
            _period(20, words=PERIOD + r"|ema|sma|ma"),
            _period(10, "atrperiod", r"atr(?:\s+(?:period|length))?", low=1),
            _width("2", "nbdev"),
        ),
        sided=True,
        measure="price",
        title="Keltner",
    ),
    Known(
        function="DONCHIAN",
        words=r"donchian(?:'s)?(?:\s+channels?|\s+bands?)?|dc(?=\s*\(|\s+(?:upper|lower|high|low))",
        spoken="the Donchian channels",
        params=(_period(20),),
        sided=True,
        measure="price",
        before=True,
        short="dc",
        title="Donchian",
    ),
    Known(
        function="SUPERTREND",
        words=r"super[\s-]?trend",
        spoken="the Supertrend",
        params=(
            _period(10, words=PERIOD + r"|atr(?:\s+(?:period|length))?"),
            _width("3", "multiplier"),
        ),
        output="value",
        measure="price",
        title="Supertrend",
    ),
    Known(
        function="SAR",
        words=r"parabolic\s+(?:sar|stop\s+and\s+reverse)|psar|p-sar|sar",
        spoken="the parabolic SAR",
        params=(
            Param(name="acceleration", usual=Decimal("0.02"), words=r"steps?|start|acceleration|af",
                  low=Decimal("0.0001"), high=Decimal("0.5")),
            Param(name="maximum", usual=Decimal("0.2"), words=r"max(?:imum)?",
                  low=Decimal("0.001"), high=Decimal("0.9")),
        ),
        measure="price",
        title="Sar",
    ),
    Known(
        function="ROLLING_VWAP",
        words=r"(?:rolling\s+|moving\s+)?(?:vwap|volume[\s-]weighted\s+average\s+price)",
        spoken="the rolling VWAP",
        params=(_period(20, low=1),),
        measure="price",
        short="vwap",
        title="Vwap",
    ),
    Known(
        function="ICHIMOKU",
        words=r"ichimoku(?:\s+(?:cloud|kinko\s+hyo))?",
        spoken="the Ichimoku cloud",
        params=(
            _period(9, "tenkan", r"tenkan(?:[\s-]sen)?|conversion"),
            _period(26, "kijun", r"kijun(?:[\s-]sen)?|base"),
            _period(52, "senkou", r"senkou|span\s+b"),
            _period(26, "displacement", r"displacement|shift", low=1),
        ),
        output="?",
        measure="price",
        title="Ichimoku",
    ),
    _average("LINEARREG", r"linear\s+regression(?!\s+(?:slope|angle))|linreg", usual=14),
    _oscillator("LINEARREG_SLOPE", r"linear\s+regression\s+slope|"
                r"slope\s+of\s+(?:the\s+)?linear\s+regression", "the linear regression's slope",
                title="Slope"),
    Known(function="TYPPRICE", words=r"typical\s+price|hlc3", spoken="the typical price",
          measure="price", title="Typical"),
    Known(function="MEDPRICE", words=r"median\s+price|hl2", spoken="the median price",
          measure="price", title="Median"),
    Known(
        function="HA",
        words=r"heikin[\s-]*ashi|ha(?=\s+(?:candles?|close|open))",
        spoken="Heikin-Ashi candles",
        output="close",
        measure="price",
        title="HeikinAshi",
    ),
)  # fmt: skip
"""Where one name begins with another's, the longer one comes first."""

OUTPUTS: Mapping[str, tuple[str, str]] = {
    r"slow\s+%\s?k": ("STOCH", "k"),
    r"slow\s+%\s?d": ("STOCH", "d"),
    r"fast\s+%\s?k": ("STOCHF", "k"),
    r"fast\s+%\s?d": ("STOCHF", "d"),
    r"(?:%\s?k|k(?=\s+(?:line|crosses|is|above|below|over|under|[<>])|\s*[<>]))(?:\s+line)?": (
        "STOCHASTIC", "k"),
    r"(?:%\s?d|d(?=\s+(?:line|is|above|below|over|under|[<>])|\s*(?:[<>,.;:!?)\n]|$)))(?:\s+line)?":
        ("STOCHASTIC", "d"),
    r"tenkan(?:[\s-]*sen)?(?:\s+line)?|conversion\s+line": ("ICHIMOKU", "tenkan"),
    r"kijun(?:[\s-]*sen)?(?:\s+line)?|base\s+line": ("ICHIMOKU", "kijun"),
    r"(?:senkou\s+)?span\s+a": ("ICHIMOKU", "senkou_a"),
    r"(?:senkou\s+)?span\s+b": ("ICHIMOKU", "senkou_b"),
    r"(?:ichimoku\s+|kumo\s+)?cloud|kumo": ("ICHIMOKU", "cloud"),
    r"aroon[\s-]*up": ("AROON", "up"),
    r"aroon[\s-]*down": ("AROON", "down"),
}  # fmt: skip
"""Outputs that have names of their own, with the function that they belong to.

``STOCHASTIC`` is whichever stochastic the brief names, ``cloud`` both spans.
"""

PATTERNS: Mapping[str, tuple[str, str]] = {
    r"inverted\s+hammers?": ("CDLINVERTEDHAMMER", ">"),
    r"hammers?": ("CDLHAMMER", ">"),
    r"hanging\s+m[ae]n": ("CDLHANGINGMAN", "<"),
    r"shooting\s+stars?": ("CDLSHOOTINGSTAR", "<"),
    r"morning\s+doji\s+stars?": ("CDLMORNINGDOJISTAR", ">"),
    r"evening\s+doji\s+stars?": ("CDLEVENINGDOJISTAR", "<"),
    r"morning\s+stars?": ("CDLMORNINGSTAR", ">"),
    r"evening\s+stars?": ("CDLEVENINGSTAR", "<"),
    r"dragonfly\s+dojis?": ("CDLDRAGONFLYDOJI", ">"),
    r"gravestone\s+dojis?": ("CDLGRAVESTONEDOJI", ">"),
    r"dojis?": ("CDLDOJI", ">"),
    r"bullish\s+engulfings?": ("CDLENGULFING", ">"),
    r"bearish\s+engulfings?": ("CDLENGULFING", "<"),
    r"bullish\s+harami\s+cross(?:es)?": ("CDLHARAMICROSS", ">"),
    r"bearish\s+harami\s+cross(?:es)?": ("CDLHARAMICROSS", "<"),
    r"bullish\s+haramis?": ("CDLHARAMI", ">"),
    r"bearish\s+haramis?": ("CDLHARAMI", "<"),
    r"piercing(?:\s+lines?)?": ("CDLPIERCING", ">"),
    r"dark\s+cloud(?:\s+covers?)?": ("CDLDARKCLOUDCOVER", "<"),
    r"three\s+white\s+soldiers": ("CDL3WHITESOLDIERS", ">"),
    r"three\s+black\s+crows": ("CDL3BLACKCROWS", "<"),
    r"three\s+inside\s+up": ("CDL3INSIDE", ">"),
    r"three\s+inside\s+down": ("CDL3INSIDE", "<"),
    r"three\s+outside\s+up": ("CDL3OUTSIDE", ">"),
    r"three\s+outside\s+down": ("CDL3OUTSIDE", "<"),
    r"bullish\s+marubozus?": ("CDLMARUBOZU", ">"),
    r"bearish\s+marubozus?": ("CDLMARUBOZU", "<"),
    r"bullish\s+abandoned\s+bab(?:y|ies)": ("CDLABANDONEDBABY", ">"),
    r"bearish\s+abandoned\s+bab(?:y|ies)": ("CDLABANDONEDBABY", "<"),
    r"bullish\s+belt\s+holds?": ("CDLBELTHOLD", ">"),
    r"bearish\s+belt\s+holds?": ("CDLBELTHOLD", "<"),
    r"bullish\s+kickers?": ("CDLKICKING", ">"),
    r"bearish\s+kickers?": ("CDLKICKING", "<"),
    r"rising\s+three(?:\s+methods)?": ("CDLRISEFALL3METHODS", ">"),
    r"falling\s+three(?:\s+methods)?": ("CDLRISEFALL3METHODS", "<"),
}
"""Candlestick patterns: TA-Lib's function, and on which side of zero it then is."""

PRICE = Known(function="PRICE", spoken="the price", measure="price", title="Price")
"""A price of another timeframe or pair."""
