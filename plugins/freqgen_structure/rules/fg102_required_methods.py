from typing import ClassVar

from freqgen_structure.rule import Bad, Rule
from freqgen_structure.rules.fg108_old_names import METHODS as OLD
from freqgen_structure.rules.fg113_misspelt_method import MisspeltMethod

REQUIRED = ("populate_indicators", "populate_entry_trend", "populate_exit_trend")

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"


class RequiredMethods(Rule):
    """FG102: a method that Freqtrade calls on every candle is missing.

    Freqtrade refuses a strategy without ``populate_indicators``, ``populate_entry_trend`` and
    ``populate_exit_trend``, even if one of them has nothing to do.
    """

    VALID = (
        _HEAD + "".join(f"    def {name}(self, dataframe, metadata): ...\n" for name in REQUIRED),
        _HEAD
        + "".join(
            f"    def {name}(self, dataframe, metadata): ...\n"
            for name in ("populate_indicators", "populate_buy_trend", "populate_exits")
        ),
        _HEAD + "    def populate_indicators(self, dataframe, metadata): ...\n"
        "    if 1:\n        def populate_entry_trend(self, dataframe, metadata): ...\n"
        "    else:\n        populate_entry_trend = populate_indicators\n"
        "    populate_exit_trend = lambda self, dataframe, metadata: dataframe\n",
        "from somewhere import common_exit\n"
        + _HEAD
        + "    from somewhere import populate_indicators\n"
        "    def populate_entry_trend(self, dataframe, metadata): ...\n"
        "    populate_exit_trend = common_exit\n",
        "from somewhere import Base\nfrom freqtrade.strategy import IStrategy\n\n\n"
        "class S(Base, IStrategy):\n    x = 1\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "    def populate_indicators(self, dataframe, metadata): ...\n"
            "    def populate_entry_trend(self, dataframe, metadata): ...\n",
            line=4,
        ),
    )

    def check(self) -> None:
        strategy = self.source.strategy
        if strategy is None or self.source.foreign_bases:
            return
        # What stands under an old or a misspelt name has a finding there.
        elsewhere = {OLD.get(name) for name in self.source.methods} | {
            known for _, known in MisspeltMethod(self.source, self.design, self.context).misspelt()
        }
        for name in REQUIRED:
            if name not in self.source.given_names and name not in elsewhere:
                self.report(
                    strategy,
                    f"the method {name} is missing",
                    hint=f"add def {name}(self, dataframe: DataFrame, metadata: dict) -> "
                    "DataFrame, which returns the dataframe",
                )
