from typing import ClassVar

from freqgen import Severity
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.rules.fg116_switched_off import SWITCHES
from freqgen_structure.values import truth

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"

_WITHOUT = {
    "use_custom_stoploss": "the stop trails every high at the distance of stoploss",
    "use_custom_roi": "it has no effect",
    "position_adjustment_enable": "no position is ever adjusted",
}


class IdleSwitch(Rule):
    """FG117: a switch is on whose callback is not there.

    With ``use_custom_stoploss = True`` and no ``custom_stoploss`` Freqtrade's own one is called:
    it returns ``stoploss`` as the distance to the price of the moment, so the fixed stop becomes
    a trailing one, without a word. The other switches do nothing then.
    """

    VALID = (
        _HEAD + "    use_custom_stoploss = True\n"
        "    def custom_stoploss(self, **kwargs):\n        return -0.1\n",
        _HEAD + "    use_custom_stoploss = False\n",
        "from x import Base\n"
        + _HEAD.replace("IStrategy)", "Base, IStrategy)")
        + "    use_custom_stoploss = True\n",
    )
    INVALID: ClassVar = (
        Bad(code=_HEAD + "    use_custom_stoploss = True\n", line=5),
        Bad(code=_HEAD + "    x = 1\n    use_custom_roi: bool = True\n", line=6),
        Bad(code=_HEAD + "    position_adjustment_enable = True\n", line=5),
    )

    def check(self) -> None:
        if self.source.strategy is None or self.source.foreign_bases:
            return
        for callback, switch in SWITCHES.items():
            found = self.source.attributes.get(switch)
            if found is None or truth(self.source, found[1]) is not True:
                continue
            if callback in self.source.methods:
                continue
            stops = switch == "use_custom_stoploss"
            self.report(
                found[0],
                f"{switch} is True without {callback}: {_WITHOUT[switch]}",
                hint=f"write {callback}, or leave {switch} out"
                + ("; trailing_stop = True says that the stop trails" if stops else ""),
                severity=Severity.ERROR if stops else Severity.WARNING,
            )
