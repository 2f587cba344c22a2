"""The indicators that a brief names: their parameters, ids and what was filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

DEFAULTS: dict[str, tuple[Decimal, ...]] = {
    "RSI": (Decimal(14),),
    "ADX": (Decimal(14),),
    "ATR": (Decimal(14),),
    "EMA": (Decimal(20),),
    "SMA": (Decimal(20),),
    "BBANDS": (Decimal(20), Decimal(2)),
    "MACD": (Decimal(12), Decimal(26), Decimal(9)),
}
"""What is taken where nobody said otherwise; the values that charts begin with."""

WORDS = {"BBANDS": "the Bollinger bands", "MACD": "the MACD", "RSI": "the RSI", "ADX": "the ADX",
         "ATR": "the ATR", "EMA": "the EMA", "SMA": "the SMA"}  # fmt: skip
IDS = {"BBANDS": "bb"}

Params = tuple[Decimal, ...]
Key = tuple[str, Params, str]
"""A function, its parameters, and what it is computed from where that is not the price."""


@dataclass(slots=True)
class Indicators:
    """The indicators that a brief names, each combination of parameters once.

    :param named: Function to the parameters that were written out, in the order of the text.
    :param used: What the rules use, in order of first use.
    :param defaults: Sentences on what was filled in.
    :param usual: Functions that are not meant as written elsewhere when nothing is said of them.
    """

    named: dict[str, list[Params]] = field(default_factory=dict)
    used: dict[Key, None] = field(default_factory=dict)
    defaults: dict[str, None] = field(default_factory=dict)
    usual: frozenset[str] = frozenset()

    def name(self, function: str, params: Params) -> None:
        """Note that the brief writes these parameters out."""
        if len(params) == len(DEFAULTS[function]):
            seen = self.named.setdefault(function, [])
            if params not in seen:
                seen.append(params)

    def complete(self, function: str, params: Params) -> Params:
        """Parameters as meant: what was left out is what the brief says elsewhere, or usual."""
        usual = DEFAULTS[function]
        if len(params) == len(usual):
            return params
        elsewhere = [p for p in self.named.get(function, []) if p[: len(params)] == params]
        if elsewhere and function not in self.usual:
            if len(elsewhere) > 1:
                self.defaults[
                    f"{WORDS[function].capitalize()} without a period was taken as the first one "
                    f"named, {_listed(elsewhere[0])}."
                ] = None
            elif elsewhere[0] != usual:
                short = WORDS[function].removeprefix("the ")
                one = "a length was" if len(usual) == 1 else "all parameters were"
                one = one if function != "MACD" else "parameters was"
                self.defaults[
                    f"{short} without {one} taken as {short}"
                    f"({', '.join(map(plain, elsewhere[0]))}), which is written elsewhere."
                ] = None
            return elsewhere[0]
        taken = (*params, *usual[len(params) :])
        missing = taken[len(params) :]
        what = "period was" if len(missing) == 1 else "periods were"
        if function == "BBANDS":
            what = "width was" if params else "period and width were"
        self.defaults[
            f"The {what} not given for {WORDS[function]}: {_listed(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} used."
        ] = None
        return taken

    def ids(self) -> dict[Key, str]:
        """The id of each indicator: short, with parameters where one function is used twice."""
        kinds = [(function, source) for function, _, source in self.used]
        found: dict[Key, str] = {}
        for function, params, source in self.used:
            parts = [IDS.get(function, function.lower())]
            if source:
                parts.append(source.format(*found.values()).replace(".", "_"))
            if kinds.count((function, source)) > 1:
                parts += [plain(p).replace(".", "p") for p in params]
            found[function, params, source] = "_".join(parts)
        return found

    def specs(self) -> list[dict[str, object]]:
        """The indicators as the design has them."""
        names = {
            "BBANDS": ("timeperiod", "nbdevup"),
            "MACD": ("fastperiod", "slowperiod", "signalperiod"),
        }
        specs: list[dict[str, object]] = []
        ids = self.ids()
        for (function, params, source), name in ids.items():
            keys = names.get(function, ("timeperiod",))
            values = {k: _json_number(p) for k, p in zip(keys, params, strict=True)}
            if function == "BBANDS":
                values["nbdevdn"] = values["nbdevup"]
            spec: dict[str, object] = {"id": name, "function": function, "params": values}
            if source:
                spec["source"] = source.format(*ids.values())
            specs.append(spec)
        return specs


def plain(value: Decimal) -> str:
    """A number without superfluous zeros."""
    return format(value.normalize() + 0, "f")


def _json_number(value: Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)


def _listed(params: Sequence[Decimal]) -> str:
    texts = [plain(p) for p in params]
    return " and ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else texts[0]
