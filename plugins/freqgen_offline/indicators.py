"""The indicators that a brief names: their parameters, ids and what was filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from freqgen import CANDLE_COLUMNS, TIMEFRAMES
from freqgen_offline.vocabulary import about

Params = tuple[Decimal, ...]


class Key(NamedTuple):
    """An indicator: a function, its parameters, and what it is computed from and on.

    :param source: Empty for what the function reads by itself.
    :param frame: A slower timeframe in minutes; 0 for that of the design.
    :param pair: Another pair; empty for the one that is traded.
    """

    function: str
    params: Params
    source: str = ""
    frame: int = 0
    pair: str = ""


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
        if len(params) == len(about(function).params):
            seen = self.named.setdefault(function, [])
            if params not in seen:
                seen.append(params)

    def complete(self, function: str, params: Params) -> Params:
        """Parameters as meant: what was left out is what the brief says elsewhere, or usual."""
        usual = about(function).usual
        if len(params) == len(usual):
            return params
        spoken = about(function).spoken
        elsewhere = [p for p in self.named.get(function, []) if p[: len(params)] == params]
        if elsewhere and function not in self.usual:
            if len(elsewhere) > 1:
                self.defaults[
                    f"{spoken[0].upper()}{spoken[1:]} without a period was taken as the first one "
                    f"named, {_listed(elsewhere[0])}."
                ] = None
            elif elsewhere[0] != usual:
                short = spoken.removeprefix("the ")
                one = "a length was" if len(usual) == 1 else "all parameters were"
                one = one if function != "MACD" else "parameters was"
                self.defaults[
                    f"{short} without {one} taken as {short}"
                    f"({', '.join(map(plain, elsewhere[0]))}), which is written elsewhere."
                ] = None
            return elsewhere[0]
        taken = (*params, *usual[len(params) :])
        missing = taken[len(params) :]
        lacking = about(function).params[len(params) :]
        periods = all(p.counts for p in lacking)
        what = "period was" if len(missing) == 1 else "periods were"
        if not periods:
            what = "width was" if len(missing) == 1 else "period and width were"
            what = "parameters were" if len(missing) > 2 or function == "SAR" else what
        self.defaults[
            f"The {what} not given for {spoken}: {_listed(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} used."
        ] = None
        return taken

    def ids(self) -> dict[Key, str]:
        """The id of each indicator: short, with parameters where one function is used twice."""
        kinds = [key._replace(params=()) for key in self.used]
        found: dict[Key, str] = {}
        for key in self.used:
            price = key.function == "PRICE"
            parts = [key.pair.partition("/")[0].lower()] if key.pair else []
            parts += [] if price else [about(key.function).id]
            if price and not key.pair:
                parts.append("price")
            if key.source:
                parts.append(key.source.format(*found.values()).replace(".", "_"))
            if kinds.count(key._replace(params=())) > 1:
                parts += [plain(p).replace(".", "p") for p in key.params]
            if key.frame:
                parts.append(frame_name(key.frame))
            found[key] = _apart("_".join(parts), {*found.values()})
        return found

    def specs(self) -> list[dict[str, object]]:
        """The indicators as the design has them."""
        specs: list[dict[str, object]] = []
        ids = self.ids()
        for key, name in ids.items():
            known = about(key.function)
            pairs = zip(known.params, key.params, strict=True)
            values = {param.name: _json_number(value) for param, value in pairs}
            if key.function == "BBANDS":
                values["nbdevdn"] = values["nbdevup"]
            spec: dict[str, object] = {"id": name, "function": key.function, "params": values}
            if key.frame:
                spec["timeframe"] = frame_name(key.frame)
            if key.pair:
                spec["pair"] = key.pair
            if key.source:
                spec["source"] = key.source.format(*ids.values())
            specs.append(spec)
        return specs


def frame_name(minutes: int) -> str:
    """What Freqtrade calls a timeframe."""
    return next(name for name, size in TIMEFRAMES.items() if size == minutes)


def _apart(name: str, taken: set[str]) -> str:
    """A name that is no candle column, and none that is taken."""
    while name in taken or name in CANDLE_COLUMNS:
        name += "x"
    return name


def plain(value: Decimal) -> str:
    """A number without superfluous zeros."""
    return format(value.normalize() + 0, "f")


def _json_number(value: Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)


def _listed(params: Sequence[Decimal]) -> str:
    texts = [plain(p) for p in params]
    return " and ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else texts[0]
