from typing import ClassVar

from freqgen import Severity
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.values import number

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"


class InterfaceVersion(Rule):
    """FG105: the strategy declares an interface other than version 3.

    Version 3 is the one with ``populate_entry_trend``, ``enter_long`` and shorts; Freqtrade
    takes it when nothing is declared. It goes by the names of the methods and not by this
    number, so a wrong one misleads readers and tools alone.
    """

    SEVERITY = Severity.WARNING
    HINT = "write INTERFACE_VERSION = 3"
    VALID = (
        _HEAD + "    INTERFACE_VERSION = 3\n",
        _HEAD + "    INTERFACE_VERSION: int = 3\n",
        _HEAD + "    x = 1\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "    INTERFACE_VERSION = 2  # old\n",
            line=5,
            fixed=_HEAD + "    INTERFACE_VERSION = 3  # old\n",
        ),
        Bad(
            code=_HEAD + "    x = 1\n    INTERFACE_VERSION: int = '3'\n",
            line=6,
            fixed=_HEAD + "    x = 1\n    INTERFACE_VERSION: int = 3\n",
        ),
    )

    def check(self) -> None:
        found = self.source.attributes.get("INTERFACE_VERSION")
        if found is not None and number(self.source, found[1]) != 3:
            self.report(found[0], "INTERFACE_VERSION is not 3", edits=[self.replace(found[1], "3")])
