"""Puts rules and settings together into a design, and names what nobody gave."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from freqgen import TIMEFRAMES, Brief, BriefError, Risk
from freqgen_offline import naming
from freqgen_offline.items import Settings
from freqgen_offline.rules import Rule, contradiction, lines
from freqgen_offline.timeframes import DEFAULT_TIMEFRAME
from freqgen_offline.writing import Writer

DEFAULT_STOPLOSS = -0.10
DEFAULT_OPEN_TRADES = 3
MAX_RULES = 20
MAX_RULE_CHARACTERS = 1_800


@dataclass(slots=True)
class Drafter:
    """Makes a design of what was read.

    :param rules: The rule of each list, or ``None`` where it has none.
    :param groupings: How rules were joined, where that could be done in another way.
    :param defaults: What was added or concluded, as sentences; grows.
    """

    brief: Brief
    settings: Settings
    rules: Mapping[str, Rule | None]
    groupings: Sequence[str]
    timeframe_was_given: bool
    defaults: list[str] = field(default_factory=list)

    def design(self, writer: Writer) -> dict[str, Any]:
        """The design as JSON values; what it had to add goes to ``defaults``.

        :raises BriefError: If there are too many rules.
        """
        constraints = self.brief.constraints
        rules = {
            name: [writer.finished(line) for line in lines(rule)]
            for name, rule in self.rules.items()
        }
        for name, found in rules.items():
            if len(found) > MAX_RULES or any(len(r) > MAX_RULE_CHARACTERS for r in found):
                raise BriefError(
                    f"{name} has too many conditions: at most {MAX_RULES} that must all hold, and "
                    f"{MAX_RULE_CHARACTERS} characters of alternatives",
                    hint="keep those that matter most",
                )
        if constraints.get("can_short") is False or self.settings.value("can_short") is False:
            can_short = False
        else:
            can_short = bool(rules["entry_short"] or constraints.get("can_short"))
        if not self.timeframe_was_given:
            self.defaults.append(f"No timeframe was given: {DEFAULT_TIMEFRAME} is used.")
        risk = self._risk(writer, constraints)
        for side in ("long", "short"):
            if rules[f"entry_{side}"] and not rules[f"exit_{side}"]:
                self._say_how_it_ends(side, risk)
        self.defaults += writer.indicators.defaults
        self.defaults += [writer.finished(told) for told in self.groupings]
        self.defaults += [
            f"{name.replace('_', ' of a ')}: {told}"
            for name, found in rules.items()
            if (told := contradiction(found))
        ]
        functions = _functions(writer, rules["entry_long"] + rules["entry_short"])
        side = "long" if rules["entry_long"] else "short"
        entry = rules[f"entry_{side}"]
        kind = naming.kind_of(entry, functions, short=side == "short")
        if self.brief.name:
            name = naming.class_name(self.brief.name)
        else:
            name = naming.chosen_name(functions, kind, volume="volume" in " ".join(entry))
            self.defaults.append(f"No name was given: {name} was chosen from the rules.")
        return {
            "contract": 1,
            "name": name,
            "kind": kind,
            "hypothesis": naming.hypothesis(kind, entry, side),
            "timeframe": next(k for k, v in TIMEFRAMES.items() if v == writer.timeframe),
            "can_short": can_short,
            "indicators": writer.indicators.specs(),
            **rules,
            "risk": risk,
            "parameters": [],
        }

    def _risk(self, writer: Writer, constraints: Mapping[str, Any]) -> dict[str, Any]:
        risk = self.settings.risk(writer)
        given = {k: v for k, v in constraints.items() if k in Risk.model_fields}
        if given.get("roi"):
            risk.pop("take_profit", None)
        risk |= given
        if "target" in risk:
            self.defaults.append(
                f"A trade ends where the price reaches {risk['target']}: at once, if it is there."
            )
        if "stoploss" not in risk:
            # With leverage the default must not be more than half of the stake.
            most = 0.5 / max(1.0, float(risk.get("leverage", 1)))
            risk["stoploss"] = -round(min(-DEFAULT_STOPLOSS, most), 4)
            beside = " as the outer limit of the ATR stop" if "stop_atr" in risk else ""
            self.defaults.append(
                f"No stop loss in percent was given: {-100 * risk['stoploss']:g}% is used{beside}."
            )
        if "max_open_trades" not in risk:
            risk["max_open_trades"] = DEFAULT_OPEN_TRADES
            self.defaults.append(
                f"How many trades may be open at once was not given: {DEFAULT_OPEN_TRADES} are "
                "allowed."
            )
        return risk

    def _say_how_it_ends(self, side: str, risk: Mapping[str, Any]) -> None:
        if any(risk.get(k) for k in ("take_profit", "roi", "target", "max_holding")):
            return
        ends = "its stop loss or its trailing stop" if risk.get("trailing") else "its stop loss"
        self.defaults.append(f"No exit rule was given: a {side} trade ends by {ends} alone.")


def _functions(writer: Writer, entry: Sequence[str]) -> list[str]:
    """The functions that the entry looks at, in the order in which it names them."""
    found = " ".join(entry)
    named = {name: key.function for key, name in writer.indicators.ids().items()}
    places = {
        function: place.start()
        for name, function in reversed(named.items())
        if (place := re.search(rf"\b{name}\b", found))
    }
    return sorted(places, key=lambda f: places[f])
