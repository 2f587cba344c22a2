from typing import ClassVar

from freqgen_structure.nodes import number_of
from freqgen_structure.rule import Bad, Rule

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"


class InterfaceVersion(Rule):
    """FG105: the strategy declares an interface other than version 3.

    Version 3 is the one with ``populate_entry_trend``, ``enter_long`` and shorts; Freqtrade
    takes it when nothing is declared. Names of older versions are no longer read.
    """

    HINT = "write INTERFACE_VERSION = 3"
    VALID = (
        _HEAD + "    INTERFACE_VERSION = 3\n",
        _HEAD + "    INTERFACE_VERSION: int = 3\n",
        _HEAD + "    x = 1\n",
    )
    INVALID: ClassVar = (
        Bad(code=_HEAD + "    INTERFACE_VERSION = 2\n", line=5),
        Bad(code=_HEAD + "    x = 1\n    INTERFACE_VERSION: int = '3'\n", line=6),
    )

    def check(self) -> None:
        found = self.source.attributes.get("INTERFACE_VERSION")
        if found is not None and number_of(found[1]) != 3:
            self.report(found[0], "INTERFACE_VERSION is not 3")
