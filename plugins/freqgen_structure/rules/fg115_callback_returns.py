from collections.abc import Iterable
from typing import ClassVar

import libcst as cst

from freqgen import Edit, Severity
from freqgen_structure.editing import at_end_of
from freqgen_structure.flow import (
    falls_through,
    gives_nothing,
    is_generator,
    last_expression,
    returns_of,
)
from freqgen_structure.interface import CALLBACKS
from freqgen_structure.rule import Bad, Rule

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
_CONFIRM = "    def confirm_trade_entry(self, pair, **kwargs):\n"
_STAKE = "    def custom_stake_amount(self, proposed_stake, **kwargs):\n"
_STOP = "    def custom_stoploss(self, current_profit, **kwargs):\n"

_RESULTS = frozenset(
    "custom_exit custom_stoploss custom_roi adjust_trade_position adjust_entry_price "
    "adjust_exit_price adjust_order_price check_entry_timeout check_exit_timeout "
    "informative_pairs".split()
)
"""Callbacks that are there for what they return, and may return ``None``."""

_NOTHING = {
    "confirm_trade_entry": "no trade is ever opened",
    "confirm_trade_exit": "no trade is ever closed by it",
    "custom_stake_amount": "no trade is opened",
    "leverage": "the entry fails",
    "custom_entry_price": "it changes no price",
    "custom_exit_price": "it changes no price",
}


class CallbackReturns(Rule):
    """FG115: a callback can end without returning what Freqtrade needs.

    ``None`` from ``confirm_trade_entry`` counts as a refusal, from ``custom_stake_amount`` as a
    stake of nothing; with ``leverage`` the entry fails. A callback such as ``custom_stoploss``
    may return ``None``, but one that never returns anything else does nothing.
    """

    VALID = (
        _HEAD + _CONFIRM + "        return pair != 'X/Y'\n",
        _HEAD + _CONFIRM + "        if pair == 'X/Y':\n            return False\n"
        "        return True\n",
        _HEAD + _STOP + "        if current_profit > 0.1:\n            return -0.05\n",
        _HEAD + _STOP + "        return None\n",
        _HEAD + "    def order_filled(self, pair, **kwargs):\n        self.x = pair\n",
        _HEAD + "    def custom_exit(self, **kwargs):\n        pass\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + _CONFIRM + "        self.x = pair\n",
            line=5,
            fixed=_HEAD + _CONFIRM + "        self.x = pair\n        return True\n",
        ),
        Bad(
            code=_HEAD + _CONFIRM + "        if pair == 'X/Y':\n            return False\n",
            line=5,
            fixed=_HEAD + _CONFIRM + "        if pair == 'X/Y':\n            return False\n"
            "        return True\n",
        ),
        Bad(
            code=_HEAD + _CONFIRM + "        if pair == 'X/Y':\n            return True\n",
            line=5,
            fixed=_HEAD + _CONFIRM + "        if pair == 'X/Y':\n            return True\n"
            "        return False\n",
        ),
        Bad(
            code=_HEAD + _STAKE + "        stake = proposed_stake / 2\n",
            line=5,
            fixed=_HEAD + _STAKE + "        stake = proposed_stake / 2\n        return stake\n",
        ),
        Bad(
            code=_HEAD + _STAKE + "        if proposed_stake > 9:\n            return 9\n",
            line=5,
            fixed=_HEAD + _STAKE + "        if proposed_stake > 9:\n            return 9\n"
            "        return proposed_stake\n",
        ),
        Bad(
            code=_HEAD + _STAKE + "        if proposed_stake > 9:\n            return\n"
            "        return proposed_stake\n",
            line=7,
            fixed=_HEAD + _STAKE + "        if proposed_stake > 9:\n"
            "            return proposed_stake\n        return proposed_stake\n",
        ),
        Bad(
            code=_HEAD + _STOP + "        stop = -current_profit / 2\n",
            line=5,
            fixed=_HEAD + _STOP + "        stop = -current_profit / 2\n        return stop\n",
        ),
        Bad(
            code=_HEAD + "    def leverage(self, side, **kwargs):\n        side.lower()\n",
            line=5,
        ),
        Bad(code=_HEAD + _CONFIRM + "        return False\n", line=6),
        Bad(
            code=_HEAD + _STAKE + "        x = 2\n        proposed_stake / x  # half\n",
            line=7,
            fixed=_HEAD + _STAKE + "        x = 2\n        return proposed_stake / x  # half\n",
        ),
        Bad(
            code=_HEAD + _STOP + "        if current_profit > 1:\n            -0.01\n",
            line=5,
        ),
    )

    def check(self) -> None:
        for name, method in self.source.methods.items():
            if method.asynchronous is not None or is_generator(self.source, method):
                continue  # FG114 says so
            if name in _NOTHING:
                self._needed(name, method)
            elif name in _RESULTS:
                self._wanted(name, method)

    def _needed(self, name: str, method: cst.FunctionDef) -> None:
        certain = not name.endswith("_price")
        severity = Severity.ERROR if certain else Severity.WARNING
        value = self._otherwise(name, method)
        found = returns_of(self.source, method)
        for node in found:
            if gives_nothing(node):
                self.report(
                    node,
                    f"{name} returns nothing here: {_NOTHING[name]}",
                    hint=f"return {CALLBACKS[name].default}",
                    severity=severity,
                    edits=[self.replace(node, f"return {value}")] if value else (),
                )
        if falls_through(method.body):
            self._falls(name, method, severity, value)
        elif name.startswith("confirm_") and found and all(_refuses(n) for n in found):
            self.report(found[0], f"{name} always refuses: {_NOTHING[name]}", hint="return True")

    def _falls(self, name: str, method: cst.FunctionDef, severity: Severity, value: str) -> None:
        found = returns_of(self.source, method)
        if self._unreturned(name, method, severity):
            return
        accepts = name.startswith("confirm_") and any(_accepts(n) for n in found)
        last = self._last(method)
        if accepts and not any(_refuses(n) for n in found):
            # What is written works, since None counts as a refusal, but does not say so.
            value, severity = "False", Severity.WARNING
        elif accepts:
            value = ""
        elif last and not any(not gives_nothing(n) for n in found):
            value = last
        elif not found and not name.startswith("confirm_"):
            value = ""
        self.report(
            method.name,
            f"{name} can end without returning anything: {_NOTHING[name]}",
            hint=f"end every path with return, such as return {value or CALLBACKS[name].default}",
            severity=severity,
            edits=at_end_of(self.source, method, f"return {value}") if value else (),
        )

    def _wanted(self, name: str, method: cst.FunctionDef) -> None:
        found = returns_of(self.source, method)
        quiet = [s for s in method.body.body if not _is_plain(s)]
        if found or not quiet:
            return
        if self._unreturned(name, method, Severity.ERROR):
            return
        last = self._last(method)
        edits: Iterable[Edit] = at_end_of(self.source, method, f"return {last}") if last else ()
        self.report(
            method.name,
            f"{name} never returns anything, so it does nothing",
            hint=f"return {last or 'its result'}",
            severity=Severity.ERROR if name == "informative_pairs" or last else Severity.WARNING,
            edits=edits,
        )

    def _unreturned(self, name: str, method: cst.FunctionDef, severity: Severity) -> bool:
        """Report a value that stands alone at the end, where ``return`` was forgotten."""
        last = last_expression(method)
        match last:
            case cst.Call(func=cst.Name(value="min" | "max" | "abs" | "round" | "float" | "bool")):
                pass
            case cst.Call(func=cst.Name(value="stoploss_from_open" | "stoploss_from_absolute")):
                pass
            case cst.BinaryOperation() | cst.Comparison() | cst.BooleanOperation() | cst.Name():
                pass
            case cst.Integer() | cst.Float() | cst.UnaryOperation() | cst.IfExp():
                pass
            case _:
                return False
        if last is None or last.lpar:
            return False
        self.report(
            last,
            f"{name} works this out, and does not return it",
            hint="write return before it",
            severity=severity,
            edits=[self.insert_before(last, "return ")],
        )
        return True

    def _otherwise(self, name: str, method: cst.FunctionDef) -> str:
        """What stands for "as if I were not there", where the method has it."""
        default = CALLBACKS[name].default
        params = [*method.params.params, *method.params.kwonly_params]
        known = default in {"True", "1.0"} or any(p.name.value == default for p in params)
        return default if known else ""

    def _last(self, method: cst.FunctionDef) -> str:
        """The name that the last statement gives a value, which nothing can read then."""
        line = method.body.body[-1]
        if not isinstance(line, cst.SimpleStatementLine):
            return ""
        match line.body[-1]:
            case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]):
                return name
            case cst.AnnAssign(target=cst.Name(value=name)):
                return name
        return ""


def _is_plain(statement: cst.CSTNode) -> bool:
    """Whether a statement does nothing: a docstring, ``pass`` or ``...``."""
    return isinstance(statement, cst.SimpleStatementLine | cst.Pass) and all(
        isinstance(small, cst.Pass)
        or (
            isinstance(small, cst.Expr)
            and isinstance(small.value, cst.Ellipsis | cst.SimpleString | cst.ConcatenatedString)
        )
        for small in getattr(statement, "body", ())
    )


def _refuses(node: cst.Return) -> bool:
    return isinstance(node.value, cst.Name) and node.value.value == "False"


def _accepts(node: cst.Return) -> bool:
    return node.value is not None and not _refuses(node) and not gives_nothing(node)
