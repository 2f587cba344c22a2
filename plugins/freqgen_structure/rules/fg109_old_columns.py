from typing import ClassVar

from freqgen import Severity
from freqgen_structure.columns import ColumnUse, columns_of
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

# Freqtrade gives these their new names if the new ones are not there. It does so with the tag as
# well, and then has two columns ``enter_tag``, its own empty one before the other.
_RENAMED = frozenset({"buy", "sell"})
_TAGS = frozenset({"buy_tag", "sell_tag"})

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
    ``enter_tag`` and ``exit_tag``. It still takes ``buy`` and ``sell`` for the signals of long
    trades, with a warning of freqgen's, as long as ``enter_long`` or ``exit_long`` is not
    written anywhere. A signal in any other column never trades, and a tag in one is lost.
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
                message, severity = self._what(use, new)
                self.report(
                    use.node,
                    message,
                    hint=f'write to "{new}"',
                    severity=severity,
                    edits=()
                    if (use.name, use.method) in _TURNED
                    else renamed_text(self.source, use.node, new),
                )

    def _what(self, use: ColumnUse, new: str) -> tuple[str, Severity]:
        """What comes of a column of version 2."""
        name = use.name
        if name in _TAGS:
            return (
                f'the column "{name}" is not read by Freqtrade, so the tag is lost',
                Severity.ERROR,
            )
        lost = f'the column "{name}" is not read by Freqtrade, so this never trades'
        # Entries come before exits: what the exits write is too late for them.
        late = name == "buy" and use.method in {"populate_exit_trend", "populate_sell_trend"}
        if name not in _RENAMED or late:
            return lost, Severity.ERROR
        if any(one.name == new for one in columns_of(self.source).writes):
            return f"{lost}: {new} is written as well", Severity.ERROR
        return (
            f'the column "{name}" is that of interface version 2, for which Freqtrade takes '
            f"{new} unless that is there",
            Severity.WARNING,
        )
