"""The codes of the type check, with what the reference says of each."""

from __future__ import annotations

from dataclasses import dataclass

_HEAD = "from freqtrade.strategy import IStrategy, IntParameter\n\n\nclass S(IStrategy):\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeDocumentation:
    """What a code means, for people.

    :param severity: ``error``, ``warning``, or both where it depends.
    :param bad: Code that gives it.
    :param good: The same code, corrected.
    """

    code: str
    name: str
    title: str
    why: str
    severity: str
    bad: tuple[str, ...]
    good: tuple[str, ...]


_ALL = (
    CodeDocumentation(
        code="FG701",
        name="types",
        title="an attribute does not exist",
        why="A misspelt attribute or function stops the bot when the line is reached, which in "
        "a callback may be weeks later. Attributes that only the stubs of pandas and NumPy "
        "lack are not reported.",
        severity="error",
        bad=(_HEAD + "    p = IntParameter(1, 9, default=5)\n\n"
             "    def version(self) -> str:\n        return str(self.p.valeu)\n",),
        good=(_HEAD + "    p = IntParameter(1, 9, default=5)\n\n"
              "    def version(self) -> str:\n        return str(self.p.value)\n",),
    ),
    CodeDocumentation(
        code="FG702",
        name="types",
        title="a function is called with arguments that it does not take",
        why="Python refuses the call. TA-Lib's abstract functions do not: they ignore a keyword "
        "that they do not know, such as period for timeperiod, and compute with their "
        "default, silently.",
        severity="error or warning",
        bad=(_HEAD + "    p = IntParameter(1, 9, defalt=5)\n",
             "import talib.abstract as ta\nfrom pandas import DataFrame\n\n\n"
             "def f(dataframe: DataFrame) -> object:\n    return ta.RSI(dataframe, period=14)\n"),
        good=(_HEAD + "    p = IntParameter(1, 9, default=5)\n",
              "import talib.abstract as ta\nfrom pandas import DataFrame\n\n\n"
              "def f(dataframe: DataFrame) -> object:\n"
              "    return ta.RSI(dataframe, timeperiod=14)\n"),
    ),
    CodeDocumentation(
        code="FG703",
        name="types",
        title="a callback cannot be called the way Freqtrade calls it",
        why="Freqtrade calls callbacks with keyword arguments. One that lacks **kwargs, needs a "
        "parameter of another name, or is async, fails on its first call. Leaving parameters to "
        "**kwargs is fine, after_fill of custom_stoploss included.",
        severity="error or warning",
        bad=(_HEAD + "    def custom_exit(self, pair, trade, current_time):\n"
             "        return None\n",),
        good=(_HEAD + "    def custom_exit(self, pair, trade, **kwargs):\n"
              "        return None\n",),
    ),
    CodeDocumentation(
        code="FG704",
        name="types",
        title="a method returns something else than Freqtrade goes on with",
        why="What populate_* returns becomes the dataframe, what custom_stoploss returns the "
        "stop. A value of another type stops the bot or is ignored.",
        severity="error or warning",
        bad=(_HEAD + "    def version(self) -> str:\n        if self.can_short:\n"
             "            return '1'\n",),
        good=(_HEAD + "    def version(self) -> str:\n        return '1'\n",),
    ),
    CodeDocumentation(
        code="FG705",
        name="types",
        title="a name is used that is not defined",
        why="The bot stops when the line is reached. Names in annotations that Python does not "
        "look up are not reported.",
        severity="error",
        bad=(_HEAD + "    def version(self) -> str:\n        return str(pi)\n",),
        good=("from math import pi\n\n" + _HEAD
              + "    def version(self) -> str:\n        return str(pi)\n",),
    ),
    CodeDocumentation(
        code="FG706",
        name="types",
        title="an attribute of the strategy has a value of the wrong type",
        why="Freqtrade reads the attribute as the type that IStrategy declares.",
        severity="error or warning",
        bad=(_HEAD + "    startup_candle_count = 'thirty'\n",),
        good=(_HEAD + "    startup_candle_count = 30\n",),
    ),
    CodeDocumentation(
        code="FG707",
        name="types",
        title="a hyperopt parameter is computed with as if it were its value",
        why="self.buy_rsi is an object that holds a range; its number is self.buy_rsi.value.",
        severity="error",
        bad=(_HEAD + "    p = IntParameter(1, 9, default=5)\n\n"
             "    def version(self) -> str:\n        return str(self.p + 1)\n",),
        good=(_HEAD + "    p = IntParameter(1, 9, default=5)\n\n"
              "    def version(self) -> str:\n        return str(self.p.value + 1)\n",),
    ),
    CodeDocumentation(
        code="FG708",
        name="types",
        title="the type check needs more time or memory than it may use",
        why="mypy runs in a process of its own, with a minute of processor time and three "
        "gigabytes of memory. It computes constants and types that a file can make as large as it "
        "likes. What was not checked has not passed.",
        severity="error",
        bad=("from typing import Final\n\nLIMIT: Final = 1 << 99999999999\n",),
        good=("from typing import Final\n\nLIMIT: Final = 1 << 20\n",),
    ),
    CodeDocumentation(
        code="FG709",
        name="types",
        title="mypy finds something else that may be wrong",
        why="The message ends with mypy's own code, by which its documentation explains it.",
        severity="error or warning",
        bad=(_HEAD + "    def version(self) -> str:\n        return '1'\n\n"
             "    def version(self) -> str:\n        return '2'\n",),
        good=(_HEAD + "    def version(self) -> str:\n        return '2'\n",),
    ),
)  # fmt: skip

CODES = {entry.code: entry for entry in _ALL}
"""Every code with its documentation."""
