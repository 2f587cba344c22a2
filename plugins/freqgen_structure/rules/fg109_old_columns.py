from typing import ClassVar

from freqgen_structure.columns import columns_of
from freqgen_structure.editing import renamed_text
from freqgen_structure.rule import Bad, Rule

_HEAD = (
    "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
    "    def populate_entry_trend(self, dataframe, metadata):\n"
)
OLD = {
    "buy": "enter_long",
    "sell": "exit_long",
    "buy_tag": "enter_tag",
    "exit_buy": "exit_long",
    "sell_tag": "exit_tag",
}

# An exit among the entries is a mistake of another kind, which only its author can mend.
_TURNED = {
    ("sell", "populate_entry_trend"),
    ("sell", "populate_buy_trend"),
    ("buy", "populate_exit_trend"),
    ("buy", "populate_sell_trend"),
}


class OldColumns(Rule):
    """FG109: a signal is written to a column of interface version 2.

    Freqtrade reads ``enter_long``, ``exit_long``, ``enter_short``, ``exit_short``,
    ``enter_tag`` and ``exit_tag``. A signal in any other column never trades.
    """

    VALID = (
        _HEAD + "        dataframe.loc[dataframe['rsi'] < 30, 'enter_long'] = 1\n",
        _HEAD + "        dataframe['buy'] = dataframe['rsi'] < 30\n"
        "        dataframe.loc[dataframe['buy'], 'enter_long'] = 1\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "        dataframe.loc[dataframe['rsi'] < 30, 'buy'] = 1  # in\n",
            line=6,
            fixed=_HEAD + "        dataframe.loc[dataframe['rsi'] < 30, 'enter_long'] = 1  # in\n",
        ),
        Bad(
            code=_HEAD + "        dataframe['x'] = 1\n"
            '        dataframe.loc[dataframe["x"] > 1, ["buy", "buy_tag"]] = (1, "x")\n',
            line=7,
            fixed=_HEAD + "        dataframe['x'] = 1\n"
            '        dataframe.loc[dataframe["x"] > 1, ["enter_long", "enter_tag"]] = (1, "x")\n',
        ),
        Bad(
            code=_HEAD.replace("entry", "exit") + "        dataframe['sell'] = 1\n",
            line=6,
            fixed=_HEAD.replace("entry", "exit") + "        dataframe['exit_long'] = 1\n",
        ),
    )

    def check(self) -> None:
        columns = columns_of(self.source)
        read = {use.name for use in columns.reads}
        for use in columns.writes:
            new = OLD.get(use.name)
            # A helper column of the author's own may have any name, and is read again.
            if new is not None and use.name not in read:
                self.report(
                    use.node,
                    f'the column "{use.name}" is not read by Freqtrade, so this never trades',
                    hint=f'write to "{new}"',
                    edits=()
                    if (use.name, use.method) in _TURNED
                    else renamed_text(self.source, use.node, new),
                )
