from typing import ClassVar

import libcst as cst

from freqgen_structure.nodes import text_of
from freqgen_structure.rule import Bad, Good, Rule
from freqgen_structure.rules.fg601_missing_indicator import DESIGN

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"


class OtherSettings(Rule):
    """FG603: the code trades another timeframe or other sides than the design says.

    A rule means something else on other candles, and a strategy that may go short needs a
    futures market. Only where a draft was made from a design.
    """

    HINT = "write what the design says"
    VALID = (
        _HEAD + "    timeframe = '5m'\n",
        Good(code=_HEAD + "    timeframe = '1h'\n    can_short = False\n", design=DESIGN),
    )
    INVALID: ClassVar = (
        Bad(code=_HEAD + "    timeframe = '5m'\n", line=5, design=DESIGN),
        Bad(
            code=_HEAD + "    timeframe = '1h'\n    can_short: bool = True\n", line=6, design=DESIGN
        ),
    )

    def check(self) -> None:
        if self.design is None:
            return
        timeframe = self.source.attributes.get("timeframe")
        if timeframe is not None and text_of(timeframe[1]) != self.design.timeframe:
            self.report(timeframe[0], f'the design says timeframe = "{self.design.timeframe}"')
        short = self.source.attributes.get("can_short")
        value = short[1].value if short and isinstance(short[1], cst.Name) else "False"
        if value != str(self.design.can_short):
            self.report(
                short[0] if short else self.source.strategy,
                f"the design says can_short = {self.design.can_short}",
            )
