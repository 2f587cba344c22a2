from typing import ClassVar

from freqgen_structure.columns import columns_of
from freqgen_structure.designed import wanted_columns
from freqgen_structure.rule import Bad, Good, Rule

DESIGN = {
    "name": "S",
    "timeframe": "1h",
    "indicators": [
        {"id": "rsi", "function": "RSI", "params": {"timeperiod": 14}},
        {"id": "bb", "function": "BBANDS", "params": {"timeperiod": 20}},
    ],
    "entry_long": ["rsi < 30", "close < bb.lower"],
    "risk": {"stoploss": -0.05},
}
HEAD = (
    "import talib.abstract as ta\nfrom freqtrade.strategy import IStrategy\n\n\n"
    "class S(IStrategy):\n    def populate_indicators(self, dataframe, metadata):\n"
)
RSI = "        dataframe['rsi'] = ta.RSI(dataframe, timeperiod=14)\n"
BANDS = "        dataframe['bb_lower'] = ta.BBANDS(dataframe, 20)['lowerband']\n"
ENTRY = (
    "        return dataframe\n    def populate_entry_trend(self, dataframe, metadata):\n"
    "        dataframe.loc[(dataframe['rsi'] < 30)\n"
    "            & (dataframe['close'] < dataframe['bb_lower']), 'enter_long'] = 1\n"
    "        return dataframe\n"
)


class MissingIndicator(Rule):
    """FG601: an indicator that the design's rules use is not computed.

    The column of an indicator is called as its id, ``rsi``, or, where it has several outputs,
    ``bb_lower`` for ``bb.lower``. Only where a draft was made from a design.
    """

    VALID = (
        HEAD + ENTRY,
        Good(code=HEAD + RSI + BANDS + ENTRY, design=DESIGN),
        Good(
            code=HEAD
            + "        for name in names:\n            dataframe[name] = f(name)\n"
            + ENTRY,
            design=DESIGN,
        ),
    )
    INVALID: ClassVar = (
        Bad(code=HEAD + RSI + ENTRY, line=6, design=DESIGN),
        Bad(code=HEAD + BANDS + ENTRY, line=6, design=DESIGN),
    )

    def check(self) -> None:
        columns = columns_of(self.source)
        written = {use.name for use in columns.writes}
        where = self.source.methods.get("populate_indicators") or self.source.strategy
        for wanted in wanted_columns(self.design, self.context):
            if wanted.written & written or any(
                pattern.fullmatch(name) for name in wanted.written for pattern in columns.patterns
            ):
                continue
            name = min(wanted.written, key=len)
            self.report(
                getattr(where, "name", where),
                f"the design uses {wanted.name}, but the code does not compute it",
                hint=f'compute it in populate_indicators as dataframe["{name}"]',
            )
