from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.columns import columns_of
from freqgen_structure.editing import with_attribute
from freqgen_structure.flow import is_empty
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.values import number, sets_on_object, truth

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
_STOP = "    def custom_stoploss(self, **kwargs):\n        return -0.05\n"
_EXIT = "    def custom_exit(self, **kwargs):\n        return True\n"
_SIGNAL = (
    "    def populate_exit_trend(self, dataframe, metadata):\n"
    "        dataframe['exit_long'] = 1\n        return dataframe\n"
)

SWITCHES = {
    "custom_stoploss": "use_custom_stoploss",
    "custom_roi": "use_custom_roi",
    "adjust_trade_position": "position_adjustment_enable",
}
_PRICES = ("adjust_entry_price", "adjust_exit_price")


class SwitchedOff(Rule):
    """FG116: a callback or signal is written whose switch is off.

    ``custom_stoploss`` is called with ``use_custom_stoploss = True`` only,
    ``adjust_trade_position`` with ``position_adjustment_enable = True``, and ``custom_roi`` with
    ``use_custom_roi = True``; with ``use_exit_signal = False`` neither exit signals nor
    ``custom_exit`` close a trade. Beside ``adjust_order_price`` Freqtrade refuses
    ``adjust_entry_price`` and ``adjust_exit_price``. A switch that is off in plain sight may be
    meant to be, and is a warning.
    """

    VALID = (
        _HEAD + "    use_custom_stoploss = True\n" + _STOP,
        _HEAD + _STOP + "    def bot_start(self):\n        self.use_custom_stoploss = True\n",
        _HEAD + "    use_exit_signal = True\n" + _EXIT + _SIGNAL,
        _HEAD
        + "    use_exit_signal = False\n"
        + _SIGNAL.replace("        dataframe['exit_long'] = 1\n", ""),
        _HEAD + "    position_adjustment_enable = False\n    max_entry_position_adjustment = -1\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "    x = 1\n\n" + _STOP,
            line=7,
            fixed=_HEAD + "    x = 1\n    use_custom_stoploss = True\n\n" + _STOP,
        ),
        Bad(code=_HEAD + "    use_custom_stoploss = False\n" + _STOP, line=5),
        Bad(
            code=_HEAD + "    def adjust_trade_position(self, trade, **kwargs):\n"
            "        return 10\n",
            line=5,
            fixed=_HEAD + "    position_adjustment_enable = True\n\n"
            "    def adjust_trade_position(self, trade, **kwargs):\n        return 10\n",
        ),
        Bad(
            code=_HEAD + "    x = 1\n    def custom_roi(self, trade, **kwargs):\n"
            "        return 0.1\n",
            line=6,
            fixed=_HEAD + "    x = 1\n    use_custom_roi = True\n"
            "    def custom_roi(self, trade, **kwargs):\n        return 0.1\n",
        ),
        Bad(code=_HEAD + "    use_exit_signal = False\n" + _EXIT, line=5),
        Bad(code=_HEAD + "    x = 1\n    use_exit_signal = False\n" + _SIGNAL, line=6),
        Bad(code=_HEAD + "    max_entry_position_adjustment = 3\n", line=5),
        Bad(
            code=_HEAD + "    def adjust_order_price(self, **kwargs):\n        return 1\n"
            "    def adjust_entry_price(self, **kwargs):\n        return 1\n",
            line=7,
        ),
    )

    def check(self) -> None:
        if self.source.strategy is None:
            return
        for name, switch in SWITCHES.items():
            method = self.source.methods.get(name)
            if method is not None and not is_empty(method):
                self._called(name, method, switch)
        self._exits()
        self._adjustments()
        if "adjust_order_price" in self.source.methods:
            for name in _PRICES:
                if name in self.source.methods:
                    self.report(
                        self.source.methods[name].name,
                        f"Freqtrade refuses {name} beside adjust_order_price",
                        hint="keep adjust_order_price, or the two others",
                    )

    def _called(self, name: str, method: cst.FunctionDef, switch: str) -> None:
        found = self.source.attributes.get(switch)
        if switch in self.source.methods or sets_on_object(self.source, switch):
            return
        if found is None:
            if self.source.foreign_bases:
                return
            self.report(
                method.name,
                f"{name} is never called, since {switch} is not set",
                hint=f"add {switch} = True",
                edits=with_attribute(self.source, switch, "True"),
            )
        elif truth(self.source, found[1]) is False:
            self.report(
                found[0],
                f"{name} is never called, since {switch} is False",
                hint=f"write {switch} = True, or leave {name} out",
                severity=Severity.WARNING,
            )

    def _exits(self) -> None:
        found = self.source.attributes.get("use_exit_signal")
        if found is None or truth(self.source, found[1]) is not False:
            return
        if sets_on_object(self.source, "use_exit_signal"):
            return
        lost = [name for name in ("exit_long", "exit_short") if self._writes(name)]
        method = self.source.methods.get("custom_exit")
        if method is not None and not is_empty(method):
            lost.append("custom_exit")
        if lost:
            self.report(
                found[0],
                f"use_exit_signal is False, so {' and '.join(lost)} close no trade",
                hint="write use_exit_signal = True, or leave the exits out",
                severity=Severity.WARNING,
            )

    def _writes(self, column: str) -> bool:
        """Whether a signal is written, as something else than nothing."""
        return any(
            use.name == column and not self._zero(use.node)
            for use in columns_of(self.source).writes
        )

    def _zero(self, node: cst.CSTNode) -> bool:
        for outer in self.source.ancestors(node):
            if isinstance(outer, cst.Assign):
                return number(self.source, outer.value) == 0
        return False

    def _adjustments(self) -> None:
        found = self.source.attributes.get("max_entry_position_adjustment")
        switch = self.source.attributes.get("position_adjustment_enable")
        if found is None or switch is not None or self.source.foreign_bases:
            return
        several = number(self.source, found[1])
        told = "adjust_trade_position" in self.source.methods
        if several and several > 0 and not told:
            self.report(
                found[0],
                "max_entry_position_adjustment is set, but no position is ever adjusted",
                hint="set position_adjustment_enable = True and write adjust_trade_position",
                severity=Severity.WARNING,
            )
