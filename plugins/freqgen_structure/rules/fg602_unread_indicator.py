from typing import ClassVar

import libcst as cst

from freqgen_structure.columns import columns_of
from freqgen_structure.designed import wanted_columns
from freqgen_structure.rule import Bad, Good, Rule
from freqgen_structure.rules.fg601_missing_indicator import BANDS, DESIGN, ENTRY, HEAD, RSI

_HALF = (
    "        return dataframe\n    def populate_entry_trend(self, dataframe, metadata):\n"
    "        dataframe.loc[dataframe['rsi'] < 30, 'enter_long'] = 1\n        return dataframe\n"
)


class UnreadIndicator(Rule):
    """FG602: an indicator that the design's rules use is computed, but no rule reads it.

    Then a condition of the design is missing from the code, and it trades more often than
    asked for. Only where a draft was made from a design.
    """

    VALID = (
        HEAD + RSI + _HALF,
        Good(code=HEAD + RSI + BANDS + ENTRY, design=DESIGN),
        Good(
            code=HEAD + RSI + ENTRY.replace("dataframe['bb_lower']", "dataframe.bb_lower"),
            design=DESIGN,
        ),
    )
    INVALID: ClassVar = (Bad(code=HEAD + RSI + BANDS + _HALF, line=8, design=DESIGN),)

    def check(self) -> None:
        columns = columns_of(self.source)
        read = {use.name for use in columns.reads}
        read |= {node.attr.value for node in self.source.all(cst.Attribute)}
        computed = any(
            not isinstance(node.slice[0].slice, cst.Index)
            or columns_name(self.source.strings(node.slice[0].slice.value)) is None
            for node in self.source.all(cst.Subscript)
            if _of_frame(node)
        )
        if computed:
            return  # columns are read under names that are put together first
        for wanted in wanted_columns(self.design, self.context):
            if wanted.read & read:
                continue
            for use in columns.writes:
                if use.name in wanted.written:
                    self.report(
                        use.node,
                        f"{wanted.name} is computed, but no rule reads it",
                        hint="write every rule of the design into the conditions",
                    )
                    break


def columns_name(names: frozenset[str] | None) -> str | None:
    """One of the names, or ``None``."""
    return next(iter(names), None) if names else None


def _of_frame(node: cst.Subscript) -> bool:
    """Whether a plain ``dataframe[name]`` reads a column whose name is a variable."""
    element = node.slice[0].slice
    return (
        isinstance(node.value, cst.Name)
        and node.value.value in {"dataframe", "df"}
        and isinstance(element, cst.Index)
        and isinstance(element.value, cst.Name | cst.FormattedString)
    )
