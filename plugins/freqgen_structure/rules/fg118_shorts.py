from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.columns import columns_of
from freqgen_structure.editing import with_attribute
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.values import number, sets_on_object, truth

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
_ENTRY = "    def populate_entry_trend(self, dataframe, metadata):\n"
_SHORT = "        dataframe.loc[dataframe['rsi'] > 70, 'enter_short'] = 1\n"
_LONG = "        dataframe.loc[dataframe['rsi'] < 30, 'enter_long'] = 1\n"
_EXIT = "    def populate_exit_trend(self, dataframe, metadata):\n"
_COVER = "        dataframe.loc[dataframe['rsi'] < 50, 'exit_short'] = 1\n"


class Shorts(Rule):
    """FG118: short entries are written, and the strategy may not go short.

    Freqtrade ignores ``enter_short`` unless ``can_short = True``, and takes the column for
    nothing in spot markets. ``can_short = False`` in plain sight may be meant, and is a warning
    where the rest of the strategy is written for shorts; so is ``can_short = True`` where nothing
    ever enters short, since it only keeps the strategy out of spot markets.

    Where ``can_short`` is missing, ``can_short = True`` is written by itself if more than the one
    column shows that shorts are meant: exits of shorts, ``is_short``, ``leverage``, or that there
    are no long entries. Else it may as well be the column that is left over, and Freqtrade would no
    longer start the strategy in a spot market.
    """

    VALID = (
        _HEAD + "    can_short = True\n" + _ENTRY + _SHORT,
        _HEAD + _ENTRY + _LONG,
        _HEAD + "    can_short = False\n" + _ENTRY + _LONG + _SHORT,
        _HEAD + "    can_short = False\n" + _ENTRY + "        dataframe['enter_short'] = 0\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD
            + "    timeframe = '1h'  # fast\n\n"
            + _ENTRY
            + _LONG
            + _SHORT
            + _EXIT
            + _COVER,
            line=9,
            fixed=_HEAD
            + "    timeframe = '1h'  # fast\n    can_short = True\n\n"
            + _ENTRY
            + _LONG
            + _SHORT
            + _EXIT
            + _COVER,
        ),
        Bad(
            code=_HEAD + "    timeframe = '1h'\n\n" + _ENTRY + _SHORT,
            line=8,
            fixed=_HEAD + "    timeframe = '1h'\n    can_short = True\n\n" + _ENTRY + _SHORT,
        ),
        Bad(code=_HEAD + "    timeframe = '1h'\n\n" + _ENTRY + _LONG + _SHORT, line=9),
        Bad(code=_HEAD + "    can_short = False\n" + _ENTRY + _SHORT, line=5),
        Bad(code=_HEAD + "    can_short: bool = True\n" + _ENTRY + _LONG, line=5),
    )

    def check(self) -> None:
        if self.source.strategy is None or sets_on_object(self.source, "can_short"):
            return
        columns = columns_of(self.source)
        found = self.source.attributes.get("can_short")
        written = [u for u in columns.writes if u.name == "enter_short" and not self._zero(u.node)]
        if written and found is None:
            if not self.source.foreign_bases and "can_short" not in self.source.methods:
                meant = self._meant() or self._whole()
                self.report(
                    written[0].node,
                    "short entries are ignored, since can_short is not set",
                    hint="add can_short = True"
                    if meant
                    else "add can_short = True, which spot markets refuse, or leave the short "
                    "entries out",
                    edits=with_attribute(self.source, "can_short", "True") if meant else (),
                )
        elif written and found is not None and truth(self.source, found[1]) is False:
            if not self._meant():
                return
            self.report(
                found[0],
                "can_short is False, so the short entries are ignored",
                hint="write can_short = True, or leave the short entries out",
                severity=Severity.WARNING,
            )
        elif found is not None and truth(self.source, found[1]) is True:
            long = any(use.name == "enter_long" for use in columns.writes)
            shows = not columns.opaque and not any(
                pattern.fullmatch("enter_short") for pattern in columns.patterns
            )
            if long and shows and not written:
                self.report(
                    found[0],
                    "can_short is True, but nothing enters short",
                    hint="write enter_short, or leave can_short out: spot markets refuse it",
                    severity=Severity.WARNING,
                )

    def _meant(self) -> bool:
        """Whether the strategy is written for shorts beyond signals that may be switched off."""
        longs = any(use.name == "enter_long" for use in columns_of(self.source).writes)
        told = any(a.attr.value == "is_short" for a in self.source.all(cst.Attribute))
        return (
            told
            or not longs
            or any(text.evaluated_value == "short" for text in self.source.all(cst.SimpleString))
        )

    def _whole(self) -> bool:
        """Whether there is more to the shorts than their entries."""
        return "leverage" in self.source.methods or any(
            use.name == "exit_short" and not self._zero(use.node)
            for use in columns_of(self.source).writes
        )

    def _zero(self, node: cst.CSTNode) -> bool:
        """Whether a column is only set to nothing."""
        for outer in self.source.ancestors(node):
            if isinstance(outer, cst.Assign):
                return number(self.source, outer.value) == 0
        return False
