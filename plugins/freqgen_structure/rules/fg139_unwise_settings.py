from typing import ClassVar

from freqgen import Severity
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.values import number, sets_on_object, truth

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"

_SETTINGS = {
    ("process_only_new_candles", False): (
        "everything is computed again every few seconds, on the same candles",
        "leave it out, or write True",
    ),
    ("disable_dataframe_checks", True): (
        "a dataframe that lost or moved candles is traded on, with a warning in the log",
        "leave it out, and keep all candles in populate_…",
    ),
}


class UnwiseSettings(Rule):
    """FG139: a setting is rarely meant as it is.

    ``process_only_new_candles = False`` computes all columns again in every loop of the bot, and
    ``disable_dataframe_checks = True`` hides that ``populate_…`` returned other candles than it
    was given. ``exit_profit_offset`` is looked at with ``exit_profit_only = True`` alone.
    """

    SEVERITY = Severity.WARNING
    VALID = (
        _HEAD + "    process_only_new_candles = True\n    disable_dataframe_checks = False\n",
        _HEAD + "    exit_profit_only = True\n    exit_profit_offset = 0.01\n",
        _HEAD + "    exit_profit_only = False\n    exit_profit_offset = 0.0\n",
    )
    INVALID: ClassVar = (
        Bad(code=_HEAD + "    process_only_new_candles: bool = False\n", line=5),
        Bad(code=_HEAD + "    x = 1\n    disable_dataframe_checks = True\n", line=6),
        Bad(code=_HEAD + "    exit_profit_offset = 0.01\n", line=5),
    )

    def check(self) -> None:
        for (name, value), (message, hint) in _SETTINGS.items():
            found = self.source.attributes.get(name)
            if found is not None and truth(self.source, found[1]) is value:
                self.report(found[0], f"{name} is {value}: {message}", hint=hint)
        offset = self.source.attributes.get("exit_profit_offset")
        only = self.source.attributes.get("exit_profit_only")
        if offset is None or self.source.foreign_bases:
            return
        told = only is not None or sets_on_object(self.source, "exit_profit_only")
        if number(self.source, offset[1]) and not told:
            self.report(
                offset[0],
                "exit_profit_offset is set, but exit_profit_only is not, so it is not used",
                hint="add exit_profit_only = True, or leave it out",
            )
