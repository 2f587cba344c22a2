"""Reads a brief in plain English into a design, and keeps account of every word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from freqgen import TIMEFRAMES, Brief, BriefError, Reading, Risk, Span
from freqgen_offline import naming
from freqgen_offline.items import Settings
from freqgen_offline.lexicon import words
from freqgen_offline.meaning import (
    Bare,
    Both,
    Compare,
    Condition,
    Cross,
    Placed,
    Tail,
    UnreadableError,
    Use,
)
from freqgen_offline.rules import Rule, denies_brackets, join, lines, rule_of, text
from freqgen_offline.statements import Clause, Statement, filled, read_statements
from freqgen_offline.writing import Writer, is_price, operands

DEFAULT_TIMEFRAME = "1h"
DEFAULT_STOPLOSS = -0.10
DEFAULT_OPEN_TRADES = 3
RULE_LISTS = ("entry_long", "exit_long", "entry_short", "exit_short")
MAX_RULES = 50
MAX_RULE_CHARACTERS = 1_800
MAX_QUOTE = 80

CAN_READ = (
    'write sentences such as "Buy when RSI(14) is below 30 and the close is under the lower '
    'Bollinger band (20, 2)." and "Sell when RSI rises above 70."; it reads RSI, EMA, SMA, '
    "Bollinger bands, MACD, ADX, ATR, volume against its average, highs and lows of n candles "
    "and prices, compared or crossing, joined by and/or; a timeframe, stops, targets, holding "
    "time and sizes"
)


def read_brief(brief: Brief) -> tuple[dict[str, Any], Reading]:
    """The design that a brief asks for, as JSON values, and what became of its words.

    What was given beside the text (``brief.constraints``) wins over the text.

    :raises BriefError: If no rule for an entry was understood.
    """
    return _Reader(brief).read()


@dataclass(slots=True)
class _Reader:
    brief: Brief
    statements: list[Statement] = field(default_factory=list)
    settings: Settings = field(default_factory=Settings)
    rules: dict[str, Rule | None] = field(default_factory=lambda: dict.fromkeys(RULE_LISTS))
    defaults: list[str] = field(default_factory=list)

    def read(self) -> tuple[dict[str, Any], Reading]:
        self._check_constraints()
        self.statements = read_statements(words(self.brief.text))
        self._choose_sides()
        for statement in self.statements:
            if not statement.lost:
                self._fill_ellipses(statement)
        for statement in self.statements:
            if not statement.lost:
                self._take_items(statement)
        self._leave_out_shorts()
        minutes = self._timeframe()
        writer = Writer(minutes)
        self._note_parameters(writer)
        self._write_rules(writer)
        if self.rules["entry_long"] is None and self.rules["entry_short"] is None:
            raise self._refusal(writer)
        design = self._design(writer, minutes)
        read, unread = self._spans(writer)
        return design, Reading(read=read, unread=unread, defaults=tuple(self.defaults))

    # --- before the rules

    def _check_constraints(self) -> None:
        known = {"timeframe", "can_short", *Risk.model_fields}
        for name, value in self.brief.constraints.items():
            if name not in known:
                raise BriefError(
                    f'"{name}" is no field of a design that can be given beside the text',
                    hint="these can: " + ", ".join(sorted(known)),
                )
            if name == "timeframe" and value not in TIMEFRAMES:
                raise BriefError(
                    f'"{value}" is no timeframe', hint="one of " + ", ".join(TIMEFRAMES)
                )

    def _choose_sides(self) -> None:
        """Find out whose exit "exit" is, and what a filter filters."""
        side = "long"
        entries = {s.list_name for s in self.statements if s.list_name.startswith("entry")}
        previous: Statement | None = None
        for statement in self.statements:
            if statement.list_name.startswith("entry"):
                side = statement.list_name.removeprefix("entry_")
            elif statement.list_name == "exit":
                said = str(statement.verb.token) if statement.verb else ""
                named_long = "sell" in said or "long" in said
                statement.list_name = "exit_long" if named_long else f"exit_{side}"
            elif statement.list_name == "filter":
                if len(entries) == 1:
                    statement.list_name = next(iter(entries))
                else:
                    statement.lost = True
            if statement.verb is None and statement.continues and previous is not None:
                statement.list_name = previous.list_name
                statement.lost = statement.lost or previous.lost
            if statement.list_name or statement.lost:
                previous = statement

    def _fill_ellipses(self, statement: Statement) -> None:
        """Give clauses without a subject, or with nothing but one, what they leave out."""
        previous: Clause | None = None
        waiting: Clause | None = None
        for clause in statement.clauses:
            meaning = clause.meaning
            if isinstance(meaning, Placed) and not isinstance(meaning.what, Tail):
                clause.condition = meaning.what
                if waiting is not None and isinstance(meaning.what, Compare | Cross):
                    waiting.condition = _with_subject(waiting, meaning.what)
            elif isinstance(meaning, Placed) and previous is not None:
                assert isinstance(meaning.what, Tail)  # noqa: S101  (conditions went before)
                assert previous.condition is not None  # noqa: S101  (so it was chosen)
                clause.condition = filled(meaning.what, previous.condition)
            elif isinstance(meaning, Bare) and previous is not None:
                clause.condition = _with_object(meaning, previous.condition)
            waiting = clause if isinstance(meaning, Bare) and clause.condition is None else None
            previous = clause if clause.condition is not None else None

    def _take_items(self, statement: Statement) -> None:
        for number, clause in enumerate(statement.clauses):
            alone = number == 0 and isinstance(clause.meaning, Bare)
            if clause.condition is None:
                self.settings.take(clause, statement.list_name, alone=alone)

    def _leave_out_shorts(self) -> None:
        can_short = self.brief.constraints.get("can_short", self.settings.value("can_short"))
        if can_short is not False:
            return
        for statement in self.statements:
            if statement.list_name.endswith("short") and not statement.lost:
                statement.lost = True
                told = "The rules for shorts were left out, because shorts were ruled out."
                if told not in self.defaults:
                    self.defaults.append(told)

    def _timeframe(self) -> int:
        """Length of a candle, in minutes; conditions on another timeframe become unread."""
        placed = [
            clause
            for s in self.statements
            if not s.lost
            for clause in s.clauses
            if isinstance(clause.meaning, Placed) and clause.meaning.minutes is not None
        ]
        named = self.settings.value("timeframe")
        if named is None and placed:
            first = next((m for c in placed if (m := _minutes(c)) in TIMEFRAMES.values()), None)
            named = first
        for clause in placed:
            if _minutes(clause) != named:
                clause.condition = None
        self.settings.text_timeframe = named
        given = self.brief.constraints.get("timeframe")
        if given is not None:
            return TIMEFRAMES[given]
        if named is None:
            self.defaults.append(f"No timeframe was given: {DEFAULT_TIMEFRAME} is used.")
            return TIMEFRAMES[DEFAULT_TIMEFRAME]
        return int(named)

    # --- the rules

    def _note_parameters(self, writer: Writer) -> None:
        for statement in self.statements:
            for clause in statement.clauses:
                found = [] if clause.condition is None else list(operands(clause.condition))
                if isinstance(clause.meaning, Bare):
                    found.append(clause.meaning.operand)
                for operand in found:
                    try:
                        writer.note(operand)
                    except UnreadableError:
                        clause.condition = None
        for operand in self.settings.operands():
            with suppress(UnreadableError):  # writing it will find the same
                writer.note(operand)

    def _write_rules(self, writer: Writer) -> None:
        for statement in self.statements:
            if statement.lost or not statement.list_name:
                continue
            written: dict[int, Rule] = {}
            for clause in statement.clauses:
                if clause.condition is None:
                    continue
                try:
                    rule = writer.condition(clause.condition, statement.list_name)
                except UnreadableError:
                    continue
                written[id(clause)] = rule
                clause.note = text(rule)
            self._add(statement, rule_of(statement.parts, written))
        self.settings.write(writer)

    def _add(self, statement: Statement, rule: Rule | None) -> None:
        before = self.rules[statement.list_name]
        verb = statement.verb
        filters = verb is None or verb.type == "FILTER" or statement.only
        self.rules[statement.list_name] = join("all" if filters else "any", [before, rule])
        for clause in statement.clauses:
            if rule is not None and denies_brackets(clause):
                clause.note = "not"

    # --- the design

    def _design(self, writer: Writer, minutes: int) -> dict[str, Any]:
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
        risk = self._risk(writer, constraints)
        for side in ("long", "short"):
            if rules[f"entry_{side}"] and not rules[f"exit_{side}"]:
                self._say_how_it_ends(side, risk)
        self.defaults += writer.indicators.defaults
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
            "timeframe": next(k for k, v in TIMEFRAMES.items() if v == minutes),
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
        if "stoploss" not in risk:
            risk["stoploss"] = DEFAULT_STOPLOSS
            beside = " as the outer limit of the ATR stop" if "stop_atr" in risk else ""
            self.defaults.append(
                f"No stop loss in percent was given: {-DEFAULT_STOPLOSS:.0%} is used{beside}."
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

    # --- the account of the words

    def _spans(self, writer: Writer) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
        read: list[Span] = []
        unread: list[Span] = []
        for statement in self.statements:
            clauses = statement.clauses
            understood = [c for c in clauses if c.note]
            whole = statement.lost or (statement.verb is not None and not understood)
            if whole:
                ends = [c.end for c in clauses] + [statement.verb_end]
                starts = [c.start for c in clauses]
                starts += [statement.start] if statement.start is not None else []
                unread.append(self._span(min(starts), max(ends)))
                continue
            if (verb := statement.verb) is not None:
                conditions = any(c.condition is not None and c.note for c in clauses)
                if conditions or "exit" in statement.list_name:
                    meaning = statement.list_name
                    read.append(self._span(verb.start, statement.verb_end, meaning))
                else:
                    unread.append(self._span(verb.start, statement.verb_end))
            for clause in clauses:
                if clause.note:
                    note = writer.finished(clause.note)
                    read.append(self._span(clause.start, clause.end, note))
                else:
                    unread.append(self._span(clause.start, clause.end))
        return tuple(sorted(read, key=_place)), tuple(sorted(unread, key=_place))

    def _span(self, start: int, end: int, meaning: str = "") -> Span:
        return Span(start=start, end=end, text=self.brief.text[start:end], meaning=meaning)

    def _refusal(self, writer: Writer) -> BriefError:
        _, unread = self._spans(writer)
        missed = ", ".join(f'"{_quote(s.text)}"' for s in unread[:5])
        missed += ", …" if len(unread) > 5 else ""
        told = f"; this was not understood: {missed}" if missed else ""
        return BriefError(f"no rule for an entry was understood{told}", hint=CAN_READ)


def _quote(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= MAX_QUOTE else flat[:MAX_QUOTE] + "…"


def _place(span: Span) -> int:
    return span.start


def _minutes(clause: Clause) -> int | None:
    return clause.meaning.minutes if isinstance(clause.meaning, Placed) else None


def _with_subject(waiting: Clause, condition: Compare | Cross) -> Condition | None:
    """The condition of the first subject: "the close and the open are above the EMA"."""
    assert isinstance(waiting.meaning, Bare)  # noqa: S101  (the caller looked)
    subject = waiting.meaning.operand
    if not _alike(subject, condition.left):
        return None
    if isinstance(condition, Compare):
        return Compare(subject, condition.op, condition.right)
    return Cross(subject, condition.right, condition.up)


def _with_object(bare: Bare, previous: Condition | None) -> Condition | None:
    """The condition of the second object: "above the 50 EMA and the 200 EMA"."""
    if isinstance(previous, Both) or not isinstance(previous, Compare | Cross):
        return None
    if not _alike(bare.operand, previous.right):
        return None
    if isinstance(previous, Compare):
        return Compare(previous.left, previous.op, bare.operand)
    return Cross(previous.left, bare.operand, previous.up)


def _alike(one: Any, other: Any) -> bool:
    """Whether two operands are of a kind, so that one may stand where the other does."""
    if is_price(one) and is_price(other):
        return True
    both = isinstance(one, Use) and isinstance(other, Use)
    return both and {one.function, other.function} <= {"RSI", "ADX"}


def _functions(writer: Writer, entry: Sequence[str]) -> list[str]:
    """The functions that the entry looks at, in the order in which it names them."""
    import re

    found = " ".join(entry)
    named = {name: function for (function, _), name in writer.indicators.ids().items()}
    places = {
        function: place.start()
        for name, function in reversed(named.items())
        if (place := re.search(rf"\b{name}\b", found))
    }
    return sorted(places, key=lambda f: places[f])
