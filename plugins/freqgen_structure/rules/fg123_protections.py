import difflib
import re
from typing import ClassVar

import libcst as cst

from freqgen import Edit, Severity
from freqgen_structure.editing import renamed_text
from freqgen_structure.flow import returns_of
from freqgen_structure.nodes import decorators, text_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.values import meant, number, truth

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
_GUARD = (
    "    protections = [\n        {\n            'method': 'StoplossGuard',\n"
    "            'lookback_period_candles': 24,\n            'trade_limit': 4,\n"
    "            'stop_duration_candles': 12,\n        },\n    ]\n"
)

_COMMON = (
    "method",
    "stop_duration",
    "stop_duration_candles",
    "lookback_period",
    "lookback_period_candles",
    "unlock_at",
)
_OWN = {
    "CooldownPeriod": (),
    "StoplossGuard": ("trade_limit", "only_per_pair", "only_per_side", "required_profit"),
    "LowProfitPairs": ("trade_limit", "required_profit", "only_per_side"),
    "MaxDrawdown": ("trade_limit", "max_allowed_drawdown", "calculation_mode"),
}
_EITHER = (
    ("stop_duration", "stop_duration_candles"),
    ("lookback_period", "lookback_period_candles"),
    ("unlock_at", "stop_duration"),
    ("unlock_at", "stop_duration_candles"),
)
_CLOCK = re.compile(r"([01]?\d|2[0-3]):[0-5]?\d")


class Protections(Rule):
    """FG123: a protection has a method, key or value that Freqtrade does not know.

    Freqtrade refuses an unknown method, and a length given both in minutes and in candles. It
    passes over a key that it does not know, so the protection works with a default: twelve
    candles misspelt are an hour.
    """

    VALID = (
        _HEAD + _GUARD,
        _HEAD + "    @property\n    def protections(self):\n"
        "        return [{'method': 'CooldownPeriod', 'stop_duration_candles': self.n.value}]\n",
        _HEAD + "    protections = [{'method': 'MaxDrawdown', 'max_allowed_drawdown': 0.2,\n"
        "        'lookback_period': 60, 'trade_limit': 3, 'unlock_at': '06:00'}]\n",
        _HEAD + "    protections = [{**BASE, 'method': NAME}]\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "    @property\n    def protections(self):\n        found = []\n"
            "        found.append({'method': 'CooldownPeriod', 'stop_duration_candles': 5,\n"
            "                      'stop_duration': 60})\n        return found\n",
            line=9,
        ),
        Bad(
            code=_HEAD + _GUARD.replace("StoplossGuard", "StopLossGuard"),
            line=7,
            fixed=_HEAD + _GUARD,
        ),
        Bad(code=_HEAD + "    protections = [{'method': 'Nothing'}]\n", line=5),
        Bad(
            code=_HEAD + _GUARD.replace("stop_duration_candles", "stop_duration_candle"),
            line=10,
            fixed=_HEAD + _GUARD,
        ),
        Bad(
            code=_HEAD
            + _GUARD.replace(
                "            'trade_limit'",
                "            'lookback_period': 60,\n            'trade_limit'",
            ),
            line=9,
        ),
        Bad(code=_HEAD + "    protections = [{'stop_duration': 60}]\n", line=5),
        Bad(code=_HEAD + "    protections = [{'method': 'CooldownPeriod', 'x': 1}]\n", line=5),
        Bad(
            code=_HEAD + "    protections = [\n        {'method': 'MaxDrawdown',\n"
            "         'max_allowed_drawdown': 20},\n    ]\n",
            line=7,
        ),
        Bad(
            code=_HEAD + "    protections = [\n        {'method': 'CooldownPeriod',\n"
            "         'stop_duration': '60'},\n    ]\n",
            line=7,
            fixed=_HEAD + "    protections = [\n        {'method': 'CooldownPeriod',\n"
            "         'stop_duration': 60},\n    ]\n",
        ),
        Bad(code=_HEAD + "    protections = {'method': 'CooldownPeriod'}\n", line=5),
        Bad(
            code=_HEAD + "    def protections(self):\n"
            "        return [{'method': 'CooldownPeriod', 'stop_duration': 5}]\n",
            line=5,
            fixed=_HEAD + "    @property\n    def protections(self):\n"
            "        return [{'method': 'CooldownPeriod', 'stop_duration': 5}]\n",
        ),
    )

    def check(self) -> None:
        found = self.source.attributes.get("protections")
        if found is not None:
            self._all(found[1])
        method = self.source.methods.get("protections")
        if method is None:
            return
        if not decorators(method):
            self._plain(method)
        for node in returns_of(self.source, method):
            if node.value is not None:
                self._all(node.value)
            if isinstance(node.value, cst.Name):
                for call in self.source.below(method, cst.Call):
                    self._put_in(call, node.value.value)

    def _put_in(self, call: cst.Call, name: str) -> None:
        """``listed.append({…})`` and ``listed.extend([…])``."""
        match call:
            case cst.Call(
                func=cst.Attribute(value=cst.Name(value=listed), attr=cst.Name(value=how)),
                args=[cst.Arg(value=value)],
            ) if listed == name:
                one = meant(self.source, value)
                if how == "append" and isinstance(one, cst.Dict):
                    self._one(one)
                elif how == "extend" and isinstance(one, cst.List):
                    self._all(value)

    def _plain(self, method: cst.FunctionDef) -> None:
        start, _ = self.source.span(method)
        begin = self.source.text.rfind("\n", 0, start) + 1
        indent = self.source.text[begin:start]
        edit = Edit(start=begin, end=begin, text=f"{indent}@property\n")
        self.report(
            method.name,
            "protections is a method, and Freqtrade reads an attribute",
            hint="decorate it with @property",
            edits=() if indent.strip() else [edit],
        )

    def _all(self, value: cst.BaseExpression) -> None:
        listed = meant(self.source, value)
        if isinstance(listed, cst.Dict | cst.SimpleString):
            self.report(
                value, "protections is not a list", hint='write [{"method": "CooldownPeriod", …}]'
            )
        if not isinstance(listed, cst.List | cst.Tuple):
            return
        for element in listed.elements:
            one = meant(self.source, element.value)
            if isinstance(one, cst.Dict):
                self._one(one)
            elif text_of(one) is not None:
                self.report(
                    one,
                    f"{self.text(one)} is not a protection",
                    hint='write {"method": "CooldownPeriod", "stop_duration_candles": 5}',
                )

    def _one(self, table: cst.Dict) -> None:
        elements = [e for e in table.elements if isinstance(e, cst.DictElement)]
        keys = {text_of(e.key) or "": e for e in elements}
        whole = len(elements) == len(table.elements) and "" not in keys
        if "method" not in keys:
            if whole:
                self.report(
                    table, "a protection has no method", hint=f"add one of {', '.join(_OWN)}"
                )
            return
        method = self._method(keys["method"].value)
        if method is None:
            return
        known = (*_COMMON, *_OWN[method])
        for key, element in keys.items():
            if key in known:
                self._value(key, element.value)
            elif key:
                self._unknown(method, element, key, known, keys)
        for one, other in _EITHER:
            if one in keys and other in keys:
                later = max((keys[one].key, keys[other].key), key=self.source.position)
                self.report(
                    later,
                    f"{method} is given both {one} and {other}",
                    hint="keep one of them: Freqtrade refuses both",
                )

    def _method(self, node: cst.BaseExpression) -> str | None:
        text = text_of(meant(self.source, node))
        if text is None or text in _OWN:
            return text
        plain = {name.lower(): name for name in _OWN}
        near = [name for name in plain if name.startswith(text.lower())][:2]
        if len(near) != 1:
            near = difflib.get_close_matches(text.lower(), plain, n=1, cutoff=0.8)
        self.report(
            node,
            f'there is no protection "{text}"',
            hint=f'write "{plain[near[0]]}"' if near else f"there are {', '.join(_OWN)}",
            edits=renamed_text(self.source, node, plain[near[0]]) if near else (),
        )
        return None

    def _unknown(
        self,
        method: str,
        element: cst.DictElement,
        key: str,
        known: tuple[str, ...],
        keys: dict[str, cst.DictElement],
    ) -> None:
        # Written for another method, where it means something, it is left over, not misspelt.
        elsewhere = any(key in own for own in _OWN.values())
        near = [] if elsewhere else difflib.get_close_matches(key, known, n=1, cutoff=0.7)
        self.report(
            element.key,
            f'{method} has no key "{key}", and passes over it',
            hint=f'write "{near[0]}"' if near else f"it has {', '.join(known)}",
            severity=Severity.WARNING if elsewhere else Severity.ERROR,
            edits=renamed_text(self.source, element.key, near[0])
            if near and near[0] not in keys
            else (),
        )

    def _value(self, key: str, node: cst.BaseExpression) -> None:
        text, value = text_of(node), number(self.source, node)
        if key == "unlock_at":
            if value is not None or (text is not None and not _CLOCK.fullmatch(text)):
                self.report(node, "unlock_at is not a time of day", hint='write "06:30"')
        elif key == "calculation_mode":
            if text is not None and text not in {"ratios", "equity"}:
                self.report(
                    node, f'there is no calculation_mode "{text}"', hint='"ratios" or "equity"'
                )
        elif key.startswith("only_per_"):
            if text is not None:
                says = text.strip().capitalize()
                self.report(
                    node,
                    f"{key} is neither True nor False",
                    hint="write True or False",
                    # Any text counts as True.
                    severity=Severity.WARNING if says == "True" else None,
                    edits=[self.replace(node, says)] if says in {"True", "False"} else (),
                )
        elif key != "method":
            self._number(key, node, text, value)

    def _number(
        self, key: str, node: cst.BaseExpression, text: str | None, value: float | None
    ) -> None:
        if text is not None or truth(self.source, node) is not None:
            digits = text is not None and re.fullmatch(r"-?\d+(\.\d+)?", text)
            self.report(
                node,
                f"{key} is not a number",
                hint="write a number",
                edits=[self.replace(node, text)] if digits and text is not None else (),
            )
        elif value is None:
            return
        elif key == "max_allowed_drawdown" and not 0 < value <= 1:
            self.report(node, f"a drawdown of {value:g} is {value * 100:g} %", hint="0.2 is 20 %")
        elif key.endswith(("duration", "period", "candles", "limit")) and (
            value < 0 or value != int(value)
        ):
            self.report(node, f"{key} cannot be {value:g}", hint="write a whole number")
