"""What the rules of lookahead share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freqgen import Severity
from freqgen_structure.rule import Rule
from freqgen_structure.unread import unread_column

if TYPE_CHECKING:
    import libcst as cst


class LookaheadRule(Rule):
    """A rule that finds values of later candles."""

    def leak(self, node: cst.BaseExpression, message: str = "", *, certain: bool = True) -> None:
        """Report ``node``, which has values of later candles.

        It is a warning where they only go into a column that nothing in the file reads, such as
        a Chikou span to be plotted: then running the strategy tells whether a signal follows it.

        :param certain: Whether the text shows that the candles are later ones.
        """
        column = unread_column(self.source, node)
        if column is None:
            self.report(node, message, severity=None if certain else Severity.WARNING)
            return
        self.report(
            node,
            f'{message or self.title()}; nothing reads the column "{column}" that they are in',
            hint="it may be plotted, but no signal and no callback may read it",
            severity=Severity.WARNING,
        )
