import difflib
from collections.abc import Callable
from typing import ClassVar

import libcst as cst

from freqgen import Edit, Severity
from freqgen_structure.editing import renamed_text
from freqgen_structure.nodes import number_of, text_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.values import goes_short, meant

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
_TYPES = (
    "    order_types = {'entry': 'limit', 'exit': 'limit', 'stoploss': 'market',\n"
    "        'stoploss_on_exchange': False}\n"
)

_KINDS = frozenset({"limit", "market"})
_FORCE = frozenset({"GTC", "FOK", "IOC", "PO"})
_OLD = {
    "buy": "entry",
    "sell": "exit",
    "emergencysell": "emergency_exit",
    "emergencyexit": "emergency_exit",
    "emergency_sell": "emergency_exit",
    "forcebuy": "force_entry",
    "forceentry": "force_entry",
    "force_buy": "force_entry",
    "forcesell": "force_exit",
    "forceexit": "force_exit",
    "force_sell": "force_exit",
}
# Keys of version 2 that Freqtrade itself writes anew in spot markets; in futures it refuses.
_SPOT_ONLY = {
    "order_types": frozenset(
        "buy sell emergencysell emergencyexit forcebuy forceentry forcesell forceexit".split()
    ),
    "order_time_in_force": frozenset({"buy", "sell"}),
    "unfilledtimeout": frozenset({"buy", "sell"}),
}
_NEEDED = {
    "order_types": ("entry", "exit", "stoploss", "stoploss_on_exchange"),
    "order_time_in_force": ("entry", "exit"),
    "unfilledtimeout": (),
}
_KEYS = {
    "order_types": (
        *_NEEDED["order_types"],
        "force_entry",
        "force_exit",
        "emergency_exit",
        "stoploss_price_type",
        "stoploss_on_exchange_interval",
        "stoploss_on_exchange_limit_ratio",
    ),
    "order_time_in_force": ("entry", "exit"),
    "unfilledtimeout": ("entry", "exit", "exit_timeout_count", "unit"),
}


class OrderSettings(Rule):
    """FG122: the settings of orders have a key or value that Freqtrade does not know.

    ``order_types`` needs ``entry``, ``exit``, ``stoploss`` and ``stoploss_on_exchange``, and
    ``order_time_in_force`` needs ``entry`` and ``exit``: Freqtrade refuses to load a strategy
    without them. A key of another name is refused or ignored. Keys of interface version 2 are
    taken in spot markets and refused in futures: a warning, but for a strategy that goes short.
    """

    VALID = (
        _HEAD + _TYPES,
        _HEAD + "    order_time_in_force = {'entry': 'gtc', 'exit': 'IOC'}\n",
        _HEAD + "    order_types = {**BASE, 'entry': 'market'}\n",
        _HEAD + "    unfilledtimeout = {'entry': 10, 'exit': 30, 'unit': 'minutes'}\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + _TYPES.replace("        'stoploss_on_exchange': False", "    "),
            line=5,
        ),
        Bad(code=_HEAD + _TYPES.replace("'entry'", "'buy'"), line=5, fixed=_HEAD + _TYPES),
        Bad(
            code=_HEAD + "    order_time_in_force = {\n        'buy': 'GTC',\n"
            "        'exit': 'GTC',\n    }\n",
            line=6,
            fixed=_HEAD + "    order_time_in_force = {\n        'entry': 'GTC',\n"
            "        'exit': 'GTC',\n    }\n",
        ),
        Bad(
            code=_HEAD + _TYPES.replace("'stoploss_on_exchange'", "'stoploss_on_exchang'"),
            line=6,
            fixed=_HEAD + _TYPES,
        ),
        Bad(
            code=_HEAD + _TYPES.replace("'entry': 'limit'", "'entry': 'Limit'"),
            line=5,
            fixed=_HEAD + _TYPES,
        ),
        Bad(code=_HEAD + _TYPES.replace("'entry': 'limit'", "'entry': 'stop'"), line=5),
        Bad(code=_HEAD + _TYPES.replace("False", "'False'"), line=6, fixed=_HEAD + _TYPES),
        Bad(code=_HEAD + "    order_time_in_force = {'entry': 'DAY', 'exit': 'GTC'}\n", line=5),
        Bad(code=_HEAD + "    order_types = 'limit'\n", line=5),
        Bad(
            code=_HEAD + "    unfilledtimeout = {'buy': 10, 'exit': 30, 'unit': 'minutes'}\n",
            line=5,
            fixed=_HEAD + "    unfilledtimeout = {'entry': 10, 'exit': 30, 'unit': 'minutes'}\n",
        ),
    )

    def check(self) -> None:
        for name in _KEYS:
            found = self.source.attributes.get(name)
            if found is None:
                continue
            table = meant(self.source, found[1])
            if isinstance(table, cst.Dict):
                self._table(name, found[0], table)
            elif number_of(table) is not None or isinstance(
                table, cst.SimpleString | cst.List | cst.Tuple | cst.Set
            ):
                self.report(found[0], f"{name} is not a dict", hint=self._hint(name))

    def _hint(self, name: str) -> str:
        return f"its keys are {', '.join(_KEYS[name])}"

    def _table(self, name: str, node: cst.CSTNode, table: cst.Dict) -> None:
        elements = [e for e in table.elements if isinstance(e, cst.DictElement)]
        keys = {text_of(e.key): e for e in elements}
        found: set[str] = set()
        for key, element in keys.items():
            if key is None:
                continue
            if key in _KEYS[name]:
                found.add(key)
                self._value(name, key, element.value)
                continue
            right = self._right(name, key)
            old = key in _SPOT_ONLY[name] and right not in keys
            # What nothing is called like is passed over, and does no harm.
            warns = right is None or (old and not goes_short(self.source))
            self.report(
                element.key,
                f'the key "{key}" of {name} is that of interface version 2, which Freqtrade takes '
                "in spot markets only"
                if old
                else f'{name} has no key "{key}"',
                hint=f'write "{right}"' if right else self._hint(name),
                severity=Severity.WARNING if warns else None,
                edits=renamed_text(self.source, element.key, right)
                if right and right not in keys
                else (),
            )
            found.add(right or "")
        missing = [key for key in _NEEDED[name] if key not in found]
        whole = None not in keys and len(elements) == len(table.elements)
        if missing and whole:
            self.report(
                node,
                f"{name} lacks {' and '.join(missing)}",
                hint=f"it needs {', '.join(_NEEDED[name])}",
            )

    def _right(self, name: str, key: str) -> str | None:
        old = _OLD.get(key.lower())
        if old in _KEYS[name]:
            return old
        near = difflib.get_close_matches(key.lower(), _KEYS[name], n=1, cutoff=0.8)
        return near[0] if near else None

    def _value(self, name: str, key: str, value: cst.BaseExpression) -> None:
        text = text_of(value)
        if name == "unfilledtimeout":
            if key == "unit":
                self._choice(value, {"minutes", "seconds"}, str.lower)
            return
        if name == "order_time_in_force":
            if (
                text is None
                or text.upper() not in _FORCE
                or text
                not in {
                    text.upper(),
                    text.lower(),
                }
            ):
                self._choice(value, _FORCE, str.upper)
        elif key == "stoploss_on_exchange":
            says = {"true": "True", "false": "False"}.get((text or "").lower())
            if text is not None:
                self.report(
                    value,
                    "stoploss_on_exchange is neither True nor False",
                    hint="write True or False",
                    edits=[self.replace(value, says)] if says else (),
                )
        elif key == "stoploss_price_type":
            self._choice(value, {"last", "mark", "index"}, str.lower)
        elif not key.startswith("stoploss_on_exchange_"):
            self._choice(value, _KINDS, str.lower)

    def _choice(
        self,
        value: cst.BaseExpression,
        allowed: set[str] | frozenset[str],
        spelt: Callable[[str], str],
    ) -> None:
        text = text_of(value)
        if text in allowed or (text is None and not _is_constant(value)):
            return
        right = spelt((text or "").strip())
        edits: tuple[Edit, ...] = ()
        if right in allowed:
            edits = renamed_text(self.source, value, right)
        self.report(
            value,
            f"{self.text(value)} is none of {', '.join(sorted(allowed))}",
            hint=f"write {', '.join(sorted(allowed))}",
            edits=edits,
        )


def _is_constant(value: cst.BaseExpression) -> bool:
    return number_of(value) is not None or (
        isinstance(value, cst.Name) and value.value in {"True", "False", "None"}
    )
