import difflib
import re
from typing import ClassVar

from freqgen_structure.columns import SIGNALS, columns_of
from freqgen_structure.editing import renamed_text
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.rules.fg109_old_columns import OLD

_HEAD = (
    "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
    "    def populate_entry_trend(self, dataframe, metadata):\n"
)
_ALIKE = re.compile(r"(enter|entry|exit|enters|exits)_?(long|short|tag)s?", re.IGNORECASE)
_TURNED = re.compile(r"(long|short|tag)s?_?(enter|entry|exit)", re.IGNORECASE)

_ENTRY, _EXIT = "populate_entry_trend", "populate_exit_trend"
# Names that are a signal's where signals are made, and read by nobody.
_SHORT = {
    (_ENTRY, "enter"): "enter_long",
    (_ENTRY, "entry"): "enter_long",
    (_ENTRY, "long"): "enter_long",
    (_ENTRY, "open_long"): "enter_long",
    (_ENTRY, "short"): "enter_short",
    (_ENTRY, "open_short"): "enter_short",
    (_ENTRY, "tag"): "enter_tag",
    (_EXIT, "exit"): "exit_long",
    (_EXIT, "close_long"): "exit_long",
    (_EXIT, "close_short"): "exit_short",
    (_EXIT, "tag"): "exit_tag",
}


class MisspeltColumns(Rule):
    """FG110: a signal is written to a column whose name is nearly that of a signal.

    ``enter_longs`` or ``entry_long`` is a column like any other to Freqtrade: nothing is
    traded, and nothing is said.
    """

    VALID = (
        _HEAD + "        dataframe.loc[:, ['enter_long', 'enter_tag']] = (1, 'x')\n",
        _HEAD + "        dataframe['exit_long_price'] = dataframe['close'] * 1.1\n",
        _HEAD + "        dataframe['entry_long'] = dataframe['rsi'] < 30\n"
        "        dataframe['enter_long'] = dataframe['entry_long'].astype(int)\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "        dataframe.loc[:, ['enter', 'tag']] = (1, 'x')\n",
            line=6,
            fixed=_HEAD + "        dataframe.loc[:, ['enter_long', 'enter_tag']] = (1, 'x')\n",
        ),
        Bad(
            code=_HEAD + "        dataframe.loc[dataframe['rsi'] < 30, 'enter_longs'] = 1\n",
            line=6,
            fixed=_HEAD + "        dataframe.loc[dataframe['rsi'] < 30, 'enter_long'] = 1\n",
        ),
        Bad(
            code=_HEAD + "        dataframe['entry_long'] = 1\n",
            line=6,
            fixed=_HEAD + "        dataframe['enter_long'] = 1\n",
        ),
        Bad(
            code=_HEAD + "        dataframe['x'] = 1\n        dataframe['enter_lnog'] = 1\n",
            line=7,
            fixed=_HEAD + "        dataframe['x'] = 1\n        dataframe['enter_long'] = 1\n",
        ),
        Bad(
            code=_HEAD + "        dataframe['x'] = 1\n        dataframe['long_entry'] = 1\n",
            line=7,
            fixed=_HEAD + "        dataframe['x'] = 1\n        dataframe['enter_long'] = 1\n",
        ),
    )

    def check(self) -> None:
        columns = columns_of(self.source)
        read = {use.name for use in columns.reads}
        for use in columns.writes:
            if use.name in SIGNALS or use.name in OLD or use.name in read:
                continue
            near = _meant(use.name) or _SHORT.get((use.method or "", use.name.lower()))
            if near is not None:
                self.report(
                    use.node,
                    f'the column "{use.name}" is not one that Freqtrade reads',
                    hint=f'write to "{near}"',
                    edits=renamed_text(self.source, use.node, near),
                )


def _meant(name: str) -> str | None:
    """The signal that a name is nearly that of."""
    for pattern, verb, side in ((_ALIKE, 1, 2), (_TURNED, 2, 1)):
        match = pattern.fullmatch(name)
        if match:
            kind = "exit" if match[verb].lower().startswith("ex") else "enter"
            return f"{kind}_{match[side].lower()}"
    near = difflib.get_close_matches(name.lower(), SIGNALS, n=1, cutoff=0.88)
    return near[0] if near else None
