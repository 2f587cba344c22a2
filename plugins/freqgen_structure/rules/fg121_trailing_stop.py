import re
from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.nodes import text_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.values import number, sets_on_object, truth

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
_ON = "    trailing_stop = True\n"
_NEAR = "    trailing_stop_positive = 0.01\n"


class TrailingStop(Rule):
    """FG121: the attributes of the trailing stop do not go together.

    Freqtrade refuses to start where ``trailing_stop_positive_offset``, the profit at which the
    closer stop begins, is not above ``trailing_stop_positive``, the distance that it keeps; and
    where ``trailing_only_offset_is_reached`` waits for an offset that is not there. Without
    ``trailing_stop = True`` none of them is looked at.
    """

    VALID = (
        _HEAD
        + _ON
        + "    trailing_stop_positive = 0.01\n    trailing_stop_positive_offset = 0.02\n"
        "    trailing_only_offset_is_reached = True\n",
        _HEAD + _ON,
        _HEAD + "    trailing_stop = False\n    trailing_stop_positive = None\n",
        _HEAD
        + _ON
        + "    trailing_stop_positive = 0.01\n    trailing_stop_positive_offset = 0.0\n",
        _HEAD + "    trailing_stop = False\n    trailing_stop_positive = 0.02\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + _ON + "    trailing_stop_positive = 0.02\n"
            "    trailing_stop_positive_offset = 0.01\n",
            line=7,
        ),
        Bad(code=_HEAD + _ON + "    trailing_only_offset_is_reached = True\n", line=6),
        Bad(
            code=_HEAD + _ON + "    trailing_only_offset_is_reached = True\n"
            "    trailing_stop_positive = 0.02\n",
            line=6,
        ),
        Bad(code=_HEAD + _ON + "    trailing_stop_positive = 0.0\n", line=6),
        Bad(
            code=_HEAD + _ON + "    trailing_stop_positive = '0.02'\n",
            line=6,
            fixed=_HEAD + _ON + "    trailing_stop_positive = 0.02\n",
        ),
        Bad(code=_HEAD + _ON + "    trailing_stop_positive = -0.02\n", line=6),
        Bad(code=_HEAD + _ON + "    trailing_stop_positive_offset = 3\n", line=6),
        Bad(code=_HEAD + "    x = 1\n    trailing_stop_positive = 0.02\n", line=6),
    )

    def check(self) -> None:
        attributes = self.source.attributes
        found = attributes.get("trailing_stop")
        if found is None and not sets_on_object(self.source, "trailing_stop"):
            self._off()
        if found is None or truth(self.source, found[1]) is not True:
            return
        for name in ("trailing_stop_positive", "trailing_stop_positive_offset"):
            self._share(name)
        distance, offset = self._number("trailing_stop_positive"), self._number(_OFFSET)
        if distance and offset and 0 < offset <= distance:
            self.report(
                attributes[_OFFSET][0],
                "trailing_stop_positive_offset is not above trailing_stop_positive",
                hint="Freqtrade refuses to start; trailing begins at the offset",
            )
        waits = attributes.get(_ONLY)
        if waits is not None and truth(self.source, waits[1]) is True:
            self._waits(waits[0], distance, offset)

    def _waits(self, node: cst.CSTNode, distance: float | None, offset: float | None) -> None:
        if "trailing_stop_positive" not in self.source.attributes:
            self.report(
                node,
                "trailing_only_offset_is_reached needs trailing_stop_positive",
                hint="Freqtrade refuses to start; set trailing_stop_positive, and a higher offset",
            )
        elif distance and (offset == 0 or _OFFSET not in self.source.attributes):
            self.report(
                node,
                "trailing_only_offset_is_reached waits for an offset that is not set",
                hint="set trailing_stop_positive_offset to the profit at which trailing begins",
            )

    def _off(self) -> None:
        for name in ("trailing_stop_positive", _OFFSET, _ONLY):
            found = self.source.attributes.get(name)
            if found is None:
                continue
            if number(self.source, found[1]) or truth(self.source, found[1]):
                self.report(
                    found[0],
                    f"{name} is set, but trailing_stop is not, so no stop trails",
                    hint="add trailing_stop = True, or leave the line out",
                    severity=Severity.WARNING,
                )
                return

    def _share(self, name: str) -> None:
        value = self._number(name)
        found = self.source.attributes.get(name)
        text = text_of(found[1]) if found is not None else None
        if found is not None and text is not None:
            digits = re.fullmatch(r"0?\.\d+", text)
            self.report(
                found[0],
                f"{name} is not a number",
                hint="write a positive ratio: 0.02 is 2 %",
                edits=[self.replace(found[1], text)] if digits else (),
            )
        if value is None:
            return
        if value < 0 or value > 1 or (value == 0 and name == "trailing_stop_positive"):
            self.report(
                self.source.attributes[name][0],
                f"{name} cannot be {value:g}",
                hint="Freqtrade refuses to start; write a positive ratio: 0.02 is 2 %",
            )

    def _number(self, name: str) -> float | None:
        found = self.source.attributes.get(name)
        return None if found is None else number(self.source, found[1])


_OFFSET = "trailing_stop_positive_offset"
_ONLY = "trailing_only_offset_is_reached"
