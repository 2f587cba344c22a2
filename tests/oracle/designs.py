"""Random designs that are valid, as the JSON values that a user would write.

The choice is driven by coverage: every (indicator, output) of the catalogue, template, form of
risk, kind of parameter and way of joining is taken in turn, in an order that the seed shuffles,
and only their combination is left to chance. :func:`coverage` says what was used.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from . import grammar
from .interpreter import SIGNALS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from freqgen.design.indicators import Catalogue, Indicator, Param

Data = dict[str, Any]

UNIT_RANGE = frozenset({"ACOS", "ASIN", "EXP", "COSH", "SINH"})
"""Undefined or infinite on prices; computed from BOP, which lies between -1 and 1."""

MARKETS: tuple[tuple[str | None, str | None], ...] = (
    (None, "4h"),
    ("BTC/USDT", None),
    (None, "1d"),
    ("BTC/USDT", "4h"),
)
"""Pair and timeframe of informative indicators, seen from 1h candles."""

MAX_LOOKBACK = {"1d": 20, "4h": 60}
"""So that values exist within a few months of candles."""

RISKS: Mapping[str, Data] = {
    "stoploss": {},
    "stop_atr": {"stop_atr": {"multiple": 1.5, "period": 14}},
    "trailing_ratio": {"trailing": {"ratio": 0.03}},
    "trailing_offset": {"trailing": {"ratio": 0.02, "offset": 0.04}},
    "trailing_atr": {"trailing": {"multiple": 3, "period": 22}},
    "take_profit": {"take_profit": 0.05},
    "roi": {"roi": {"0": 0.06, "120": 0.03, "600": 0.01, "1440": 0}},
    "target": {"target": "mean(close, 20)"},
    "target_of_indicator": {"target": ""},
    "max_holding": {"max_holding": "24h"},
    "max_holding_candles": {"max_holding": {"candles": 12}},
    "risk_per_trade": {"risk_per_trade": 0.015},
    "max_open_trades": {"max_open_trades": 7},
    "leverage": {"leverage": 3},
    "protections": {
        "protections": [
            {"method": "CooldownPeriod", "stop_duration_candles": 2},
            {
                "method": "StoplossGuard",
                "lookback_period_candles": 24,
                "trade_limit": 4,
                "stop_duration_candles": 4,
                "only_per_pair": False,
            },
        ]
    },
}
"""Every form of risk, beside the stop loss that each design has."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a number of designs use."""

    outputs: set[tuple[str, str]] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    operators: set[str] = field(default_factory=set)
    risks: set[str] = field(default_factory=set)
    features: set[str] = field(default_factory=set)


class _Turns:
    """Takes each item once before any is taken again; the order changes every round."""

    def __init__(self, items: Iterable[Any], dice: Random) -> None:
        self._items = list(items)
        self._dice = dice
        self._left: list[Any] = []

    def next(self) -> Any:
        if not self._left:
            self._left = list(self._items)
            self._dice.shuffle(self._left)
        return self._left.pop()


class _Maker:
    """Makes one design after the other."""

    def __init__(self, seed: int, catalogue: Catalogue) -> None:
        self.dice = Random(seed)
        self.catalogue = catalogue
        pairs = [(entry, output.name) for entry in catalogue for output in entry.outputs]
        self.pairs = _Turns(pairs, self.dice)
        self.plain = [
            entry
            for entry in catalogue
            if len(entry.sources) == 1 and len(entry.outputs) == 1 and not entry.cumulative
        ]
        self.turns = {
            name: _Turns(items, self.dice)
            for name, items in {
                "series": grammar.ANY_SERIES,
                "pattern": grammar.PATTERN,
                "total": grammar.RUNNING_TOTAL,
                "clock": grammar.CLOCK,
                "joined": grammar.JOINED,
                "parameter": grammar.PARAMETERS,
                "fact": grammar.FACTS,
                "risk": RISKS,
                "market": MARKETS,
                "column": ("open", "high", "low", "close", "volume"),
            }.items()
        }
        self.number = 0
        self.indicators: list[Data] = []

    def design(self) -> Data:
        """One design of 1h candles."""
        self.number += 1
        self.indicators = []
        names = [self._indicator(*self.pairs.next()) for _ in range(self.dice.choice((2, 2, 3)))]
        parameters: list[Data] = []
        short = self.number % 4 == 0
        atoms = [self._atom(entry, name) for entry, name in names]
        rules = {
            "entry_long": [self._rule(atoms[0]), *self._parameter_rules(parameters, "buy")],
            "exit_long": [self._rule(atoms[1])],
        }
        if short:
            rules["entry_short"] = [self._rule(f"not ({atoms[0]})")]
            rules["exit_short"] = self._parameter_rules(parameters, "sell")
        if len(atoms) > 2:
            place = self.dice.choice(sorted(rules))
            rules[place].append(self._rule(atoms[2]))
        if short and self.number % 12 == 0:
            del rules["entry_long"], rules["exit_long"]
            self.indicators = _needed(self.indicators, rules)
            parameters = [p for p in parameters if p["space"] == "sell"]
        return {
            "contract": 1,
            "name": f"Random{self.number:04d}",
            "kind": "other",
            "hypothesis": f"None: random design {self.number}",
            "timeframe": "1h",
            "can_short": short,
            "indicators": self.indicators,
            **{name: rules.get(name, []) for name in SIGNALS.values()},
            "risk": self._risk(short),
            "parameters": parameters,
        }

    def _indicator(self, entry: Indicator, output: str) -> tuple[Indicator, str]:
        """Add an indicator, and those it is computed from; returns it and its name in rules."""
        params = self._params(entry)
        market = self._market(entry, params)
        source = self._source(entry, market)
        ident = self._add(entry, params, market, source)
        return entry, ident if len(entry.outputs) == 1 else f"{ident}.{output}"

    def _add(
        self,
        entry: Indicator,
        params: Data,
        market: tuple[str | None, str | None],
        source: str | list[str] | None,
    ) -> str:
        pair, timeframe = market
        ident = f"{entry.name.lower()}_{len(self.indicators) + 1}"
        self.indicators.append(
            {
                "id": ident,
                "function": entry.name,
                "params": params,
                "timeframe": timeframe,
                "pair": pair,
                "source": source,
            }
        )
        return ident

    def _market(self, entry: Indicator, params: Data) -> tuple[str | None, str | None]:
        if self.dice.random() < 0.3:
            pair, timeframe = self.turns["market"].next()
            if entry.lookback(params) <= MAX_LOOKBACK.get(timeframe, 1000):
                return pair, timeframe
        return None, None

    def _source(
        self, entry: Indicator, market: tuple[str | None, str | None]
    ) -> str | list[str] | None:
        if entry.name in UNIT_RANGE and "BOP" in self.catalogue:
            return self._add(self.catalogue.get("BOP"), {}, market, None)
        if "periods" in entry.sources:
            maker = self.catalogue.get("RSI")
            return ["close", self._add(maker, {"timeperiod": 14}, market, None)]
        if not entry.sources or self.dice.random() < 0.4:
            return None
        chosen = [self._source_of(market) for _ in entry.sources]
        return chosen[0] if len(chosen) == 1 else chosen

    def _source_of(self, market: tuple[str | None, str | None]) -> str:
        """A candle column, or another indicator of the same candles."""
        if self.dice.random() < 0.5 or not self.plain or len(self.indicators) > 5:
            return str(self.turns["column"].next())
        if self.dice.random() < 0.3 and "BBANDS" in self.catalogue:
            bands = self._add(self.catalogue.get("BBANDS"), {"timeperiod": 10}, market, None)
            return f"{bands}.{self.dice.choice(('upper', 'middle', 'lower'))}"
        name = self.dice.choice([n for n in ("EMA", "SMA", "RSI", "ROC") if n in self.catalogue])
        period = self.dice.choice((5, 9, 14))
        return self._add(self.catalogue.get(name), {"timeperiod": period}, market, None)

    def _params(self, entry: Indicator) -> Data:
        """Values near the defaults that go together, some of them left out."""
        from freqgen.exceptions import FreqgenException

        for _ in range(5):
            params = {
                param.name: self._value(param) for param in entry.params if self.dice.random() < 0.7
            }
            try:
                resolved = entry.resolve(params)
                if entry.lookback(resolved) <= 150 and entry.warmup(resolved) <= 1000:
                    return params
            except FreqgenException:
                continue
        return {}

    def _value(self, param: Param) -> float | int:
        if "matype" in param.name:
            return self.dice.randint(0, 8)
        if param.kind == "int":
            period = round(float(param.default) * self.dice.choice((0.5, 0.75, 1, 1.2, 1.5)))
            return int(min(max(period, param.low, 2), param.high, 60))
        value = float(param.default) * self.dice.choice((0.5, 0.8, 1, 1.25))
        return round(min(max(value, param.low), param.high), 4)

    def _atom(self, entry: Indicator, name: str) -> str:
        if entry.cumulative:
            kind = "total"
        elif entry.name.startswith("CDL"):
            kind = "pattern"
        else:
            kind = "series"
        return grammar.atom(self.turns[kind].next(), self.dice, name)

    def _rule(self, first: str) -> str:
        """A rule around an atom, with atoms of candles or the clock beside it."""
        column = grammar.atom(self.turns["series"].next(), self.dice, self.turns["column"].next())
        clock = self.turns["clock"].next()
        b, c = (column, clock) if self.dice.random() < 0.7 else (clock, column)
        return str(self.turns["joined"].next()).format(a=first, b=b, c=c)

    def _parameter_rules(self, parameters: list[Data], space: str) -> list[str]:
        """A rule with a parameter; on half of the designs none, where none is needed."""
        if space == "buy" and self.number % 2:
            return []
        kind, low, high, default, template = self.turns["parameter"].next()
        name = f"{space}_level_{len(parameters) + 1}"
        parameters.append(
            {
                "name": name,
                "kind": kind,
                "low": low,
                "high": high,
                "default": default,
                "space": space,
            }
        )
        rule = grammar.atom(template, self.dice, self.turns["column"].next(), p=name)
        if self.dice.random() < 0.6:
            return [rule]
        other = grammar.atom(self.turns["series"].next(), self.dice, self.turns["column"].next())
        fact = self.turns["fact"].next().format(a=other, p=name, middle=(low + high) / 2)
        return [rule, str(fact)]

    def _risk(self, short: bool) -> Data:
        risk: Data = {"stoploss": self.dice.choice((-0.02, -0.05, -0.1, -0.15))}
        for _ in range(self.dice.choice((1, 1, 2, 3))):
            form = self.turns["risk"].next()
            while form == "leverage" and not short:
                form = self.turns["risk"].next()
            risk.update(RISKS[form])
        if "roi" in risk:
            risk.pop("take_profit", None)
        if risk.get("target") == "":
            risk["target"] = self._add_target()
        return risk

    def _add_target(self) -> str:
        if "BBANDS" in self.catalogue and self.dice.random() < 0.5:
            bands = self._add(self.catalogue.get("BBANDS"), {}, (None, None), None)
            return f"{bands}.middle"
        return "max(shift(highest(high, 10), 1), mean(close, 20))"


def _needed(indicators: list[Data], rules: Mapping[str, Sequence[str]]) -> list[Data]:
    """Indicators that rules use, and those that they are computed from."""
    names = {name for rule in _flat(rules) for name in _names(rule)}
    kept: list[Data] = []
    for indicator in reversed(indicators):
        if indicator["id"] in names:
            kept.insert(0, indicator)
            source = indicator["source"] or []
            sources = [source] if isinstance(source, str) else source
            names |= {name.split(".")[0] for name in sources}
    return kept


def _flat(rules: Mapping[str, Sequence[str]]) -> list[str]:
    return [rule for texts in rules.values() for rule in texts]


def _names(rule: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(rule)) if isinstance(node, ast.Name)}


def designs(seed: int, count: int, catalogue: Catalogue) -> Iterator[Data]:
    """Valid designs as JSON values; the same seed gives the same designs.

    500 of them use every function and output of the catalogue, every function and operator of
    the language, every form of risk and kind of parameter.
    """
    maker = _Maker(seed, catalogue)
    for _ in range(count):
        yield maker.design()


def coverage(made: Iterable[Data], catalogue: Catalogue) -> Coverage:
    """What designs use: read back from their text, not from how they were made."""
    found = Coverage()
    for data in made:
        specs = {spec["id"]: spec for spec in data["indicators"]}
        for expression in _expressions(data):
            _read(ast.parse(expression), specs, catalogue, found)
        _read_features(data, found)
    return found


def _expressions(data: Data) -> list[str]:
    rules = [rule for name in SIGNALS.values() for rule in data[name]]
    return [*rules, data["risk"]["target"]] if "target" in data["risk"] else rules


def _read(tree: ast.AST, specs: Mapping[str, Data], catalogue: Catalogue, found: Coverage) -> None:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=ident), attr=output):
                found.outputs.add((specs[ident]["function"], output))
            case ast.Name(id=ident) if ident in specs:
                entry = catalogue.get(specs[ident]["function"])
                if len(entry.outputs) == 1:
                    found.outputs.add((entry.name, entry.outputs[0].name))
            case ast.Call(func=ast.Name(id=function)):
                found.functions.add(function)
            case ast.Compare(ops=ops) if len(ops) > 1:
                found.features.add("chained comparison")
            case ast.BoolOp(op=op, values=values) if any(map(_is_fact, values)):
                found.features.add(f"fact beside {type(op).__name__.lower()}")
            case ast.operator() | ast.cmpop() | ast.boolop() | ast.unaryop():
                found.operators.add(type(node).__name__)


def _is_fact(node: ast.expr) -> bool:
    """Whether a comparison is about a parameter alone, so that it is the same for all candles."""
    parts = {part for part in ast.walk(node) if isinstance(part, ast.Name | ast.Call)}
    return isinstance(node, ast.Compare) and all(
        isinstance(part, ast.Name) and "_level_" in part.id for part in parts
    )


def _read_features(data: Data, found: Coverage) -> None:
    risk = data["risk"]
    for name, form in RISKS.items():
        key = next(iter(form), "stoploss")
        if key not in risk or (key == "trailing" and set(risk[key]) != set(form[key])):
            continue
        if key == "max_holding" and type(risk[key]) is not type(form[key]):
            continue
        if key == "target" and (risk[key] == "mean(close, 20)") != (form[key] != ""):
            continue
        found.risks.add(name)
    found.features.update(f"{p['kind']} parameter of {p['space']}" for p in data["parameters"])
    if data["can_short"]:
        found.features.add("short and long" if data["entry_long"] else "short only")
    ids = {spec["id"] for spec in data["indicators"]}
    for spec in data["indicators"]:
        if spec["timeframe"] or spec["pair"]:
            found.features.add(f"informative {spec['pair'] or 'own pair'} {spec['timeframe']}")
        sources = spec["source"] or []
        for source in [sources] if isinstance(sources, str) else sources:
            chained = source.split(".")[0] in ids
            found.features.add("source: indicator" if chained else "source: column")
            if "." in source:
                found.features.add("source: output")
