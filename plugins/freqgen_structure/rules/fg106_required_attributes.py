from typing import ClassVar

from freqgen import Severity
from freqgen_structure.rule import Bad, Rule

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
_CONFIGURED = ", so the strategy runs only where the configuration has it"
_ALL = "    timeframe = '1h'\n    stoploss = -0.1\n    minimal_roi = {}\n"


class RequiredAttributes(Rule):
    """FG106: an attribute that every strategy needs is missing.

    Without ``stoploss`` or ``timeframe`` the strategy runs only where a configuration happens
    to bring them, and then as somebody else decided. ``minimal_roi`` may be left out, which
    means that profit is never taken by itself: say so with ``minimal_roi = {}``. All three are
    warnings, since some leave them to the configuration on purpose.
    """

    SEVERITY = Severity.WARNING

    VALID = (
        _HEAD + _ALL,
        _HEAD + "    minimal_roi = {}\n    stoploss: float = -0.1\n    timeframe: str = '5m'\n",
        _HEAD + "    timeframe, stoploss = '5m', -0.1\n    minimal_roi = {}\n",
        _HEAD + "    (timeframe, stoploss), minimal_roi = SETTINGS\n",
        "LIVE = True\n"
        + _HEAD
        + "    if LIVE:\n        timeframe = '1h'\n        stoploss = -0.1\n"
        "    elif 1:\n        timeframe = '5m'\n    else:\n        timeframe = '4h'\n"
        "    try:\n        minimal_roi = {}\n    except ValueError:\n        pass\n",
        _HEAD[:-1] + " timeframe = '5m'; stoploss = -0.1; minimal_roi = {'0': 1}\n",
        "from somewhere import Base\nfrom freqtrade.strategy import IStrategy\n\n\n"
        "class S(Base, IStrategy):\n    x = 1\n",
    )
    INVALID: ClassVar = (
        Bad(code=_HEAD + "    timeframe = '1h'\n    minimal_roi = {}\n", line=4),
        Bad(code=_HEAD + "    stoploss = -0.1\n    minimal_roi = {}\n", line=4),
        Bad(code=_HEAD + "    stoploss = -0.1\n    timeframe = '1h'\n", line=4),
        Bad(code=_HEAD[:-1] + " stoploss = -0.1; minimal_roi = {}\n", line=4),
        Bad(
            code=_HEAD + "    minimal_roi, timeframe = {}, '1h'\n    class Inner:\n"
            "        stoploss = -0.1\n",
            line=4,
        ),
    )

    def check(self) -> None:
        strategy = self.source.strategy
        if strategy is None or self.source.foreign_bases:
            return
        for name, example, meaning in (
            ("stoploss", "stoploss = -0.1", _CONFIGURED),
            ("timeframe", 'timeframe = "1h"', _CONFIGURED),
            ("minimal_roi", "minimal_roi = {}", ""),
        ):
            if name in self.source.given_names:
                continue
            if name == "timeframe" and self.source.uses_freqai:
                continue  # FreqAI's strategies take theirs from the configuration
            self.report(
                strategy,
                f"the attribute {name} is missing{meaning}",
                hint=f"add, for example, {example}",
            )
