import difflib
from collections.abc import Iterable
from typing import ClassVar

import libcst as cst

from freqgen import Edit, Severity
from freqgen_structure.callbacks import wrong_kind
from freqgen_structure.editing import renamed_local, with_parameter
from freqgen_structure.interface import CALLBACKS, PLAIN
from freqgen_structure.rule import Bad, Rule

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
_EXIT = "    def custom_exit({}):\n        return {}\n"
_FULL = "self, pair, trade, current_time, current_rate, current_profit"
# Freqtrade gives these under their old names too.
_OLD = {"confirm_trade_exit": {"sell_reason": "exit_reason"}}


class CallbackParameters(Rule):
    """FG114: a callback cannot be called the way Freqtrade calls it.

    Freqtrade calls callbacks with keywords, so every parameter must have the name that it is
    given by. A call that fails is logged and answered by a default: the stop is never moved,
    the trade always confirmed. With ``**kwargs`` a callback may leave out what it does not
    need, and goes on working when Freqtrade gives more.
    """

    VALID = (
        _HEAD + _EXIT.format(f"{_FULL}, **kwargs", "None"),
        _HEAD + _EXIT.format("self, trade, current_profit, **kwargs", "current_profit > 1"),
        _HEAD + _EXIT.format("self, **kwargs", "kwargs['pair']"),
        _HEAD + "    def informative_pairs(self):\n        return []\n",
        _HEAD + "    def bot_start(self):\n        self.x = 1\n",
        _HEAD + "    def leverage(self, *args, **kwargs):\n        return 1.0\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + _EXIT.format("self, pair, trade", "None"),
            line=5,
            fixed=_HEAD + _EXIT.format("self, pair, trade, **kwargs", "None"),
        ),
        Bad(
            code=_HEAD + _EXIT.format(_FULL, "None"),
            line=5,
            fixed=_HEAD + _EXIT.format(f"{_FULL}, **kwargs", "None"),
        ),
        Bad(
            code=_HEAD + _EXIT.format("self, current_profits: float, **kwargs", "current_profits"),
            line=5,
            fixed=_HEAD + _EXIT.format("self, current_profit: float, **kwargs", "current_profit"),
        ),
        Bad(code=_HEAD + _EXIT.format("self, candle, **kwargs", "candle"), line=5),
        Bad(
            code=_HEAD + "    def confirm_trade_exit(self, pair, sell_reason, **kwargs):\n"
            "        return sell_reason != 'roi'\n",
            line=5,
            fixed=_HEAD + "    def confirm_trade_exit(self, pair, exit_reason, **kwargs):\n"
            "        return exit_reason != 'roi'\n",
        ),
        Bad(
            code=_HEAD + _EXIT.format("pair, trade, **kwargs", "pair"),
            line=5,
            fixed=_HEAD + _EXIT.format("self, pair, trade, **kwargs", "pair"),
        ),
        Bad(
            code=_HEAD + "    @staticmethod\n" + _EXIT.format("pair, **kwargs", "pair"),
            line=6,
            fixed=_HEAD + _EXIT.format("self, pair, **kwargs", "pair"),
        ),
        Bad(
            code=_HEAD + "    async def bot_loop_start(self, current_time, **kwargs):\n"
            "        self.x = 1\n",
            line=5,
            fixed=_HEAD + "    def bot_loop_start(self, current_time, **kwargs):\n"
            "        self.x = 1\n",
        ),
        Bad(
            code=_HEAD + "    def informative_pairs(self, pair):\n        return []\n",
            line=5,
        ),
        Bad(
            code=_HEAD + "    def custom_exit(\n        self,\n        pair: str,\n"
            "        trade: 'Trade',  # open\n    ) -> str | None:\n        return None\n",
            line=5,
            fixed=_HEAD + "    def custom_exit(\n        self,\n        pair: str,\n"
            "        trade: 'Trade',  # open\n        **kwargs,\n    ) -> str | None:\n"
            "        return None\n",
        ),
    )

    def check(self) -> None:
        for name, method in self.source.methods.items():
            if name not in CALLBACKS:
                continue
            if name == "version" and method.decorators:
                continue
            kind = wrong_kind(self.source, method)
            if kind is not None:
                self.report(method.name, f"{name} {kind[0]}", hint=_hint(name), edits=kind[1])
                continue
            if not self._has_self(name, method):
                continue
            self._names(name, method)

    def _has_self(self, name: str, method: cst.FunctionDef) -> bool:
        positional = [*method.params.posonly_params, *method.params.params]
        first = positional[0].name.value if positional else ""
        if isinstance(method.params.star_arg, cst.Param) and not positional:
            return True
        if positional and first not in CALLBACKS[name].parameters:
            return True
        edits: Iterable[Edit] = ()
        if positional:
            edits = [self.insert_before(positional[0], "self, ")]
        self.report(method.name, f"{name} lacks self", hint=_hint(name), edits=edits)
        return False

    def _names(self, name: str, method: cst.FunctionDef) -> None:
        params = method.params
        given = CALLBACKS[name].parameters
        own = [*params.posonly_params, *params.params][1:] + list(params.kwonly_params)
        names = {p.name.value for p in own}
        wrong = False
        for param in own:
            if param.name.value in given or param.default is not None:
                continue
            new = _OLD.get(name, {}).get(param.name.value)
            if new is not None:
                self._old(method, param, new)
                continue
            wrong = True
            self._unknown(name, method, param, [n for n in given if n not in names])
        if wrong or params.star_kwarg is not None or name in PLAIN:
            return
        old = {_OLD.get(name, {}).get(n) for n in names}
        missing = [n for n in given if n not in names | old]
        edits = with_parameter(self.source, method, "**kwargs")
        if missing:
            self.report(
                method.name,
                f"{name} is given {', '.join(missing[:3])}, which it does not take",
                hint="add **kwargs",
                edits=edits,
            )
        else:
            self.report(
                method.name,
                f"{name} lacks **kwargs, so it fails when Freqtrade gives it more",
                hint="add **kwargs",
                severity=Severity.WARNING,
                edits=edits,
            )

    def _old(self, method: cst.FunctionDef, param: cst.Param, new: str) -> None:
        name = param.name.value
        self.report(
            param,
            f"{name} is the name of interface version 2 for {new}",
            hint=f"call it {new}",
            severity=Severity.WARNING,
            edits=renamed_local(self.source, method, name, new),
        )

    def _unknown(
        self, name: str, method: cst.FunctionDef, param: cst.Param, left: list[str]
    ) -> None:
        wrong = param.name.value
        near = [n for n in left if n.endswith(f"_{wrong}")]
        near = near or difflib.get_close_matches(wrong, left, n=2, cutoff=0.8)
        edits = renamed_local(self.source, method, wrong, near[0]) if len(near) == 1 else ()
        self.report(
            param,
            f"Freqtrade does not give {name} a parameter {wrong}",
            hint=f"call it {near[0]}" if near else _hint(name),
            edits=edits,
        )


def _hint(name: str) -> str:
    given = CALLBACKS[name].parameters
    if not given:
        return f"write def {name}(self)"
    return f"write def {name}(self, {', '.join(given)}, **kwargs)"
