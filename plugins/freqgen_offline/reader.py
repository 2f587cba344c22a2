"""Reads a brief in plain English into a design, and keeps account of every word."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from freqgen import TIMEFRAMES, Brief, BriefError, Reading, Risk
from freqgen_offline import naming
from freqgen_offline.account import account, refusal
from freqgen_offline.doubts import around_two, doubt
from freqgen_offline.ellipses import fill
from freqgen_offline.items import Settings
from freqgen_offline.lexicon import families, words
from freqgen_offline.looking import operands
from freqgen_offline.meaning import Bare, Compare, Placed, Said, Tail, UnreadableError, Use
from freqgen_offline.phrases import Clause
from freqgen_offline.references import left_open, named_averages, opposites, with_averages
from freqgen_offline.rules import (
    Rule,
    begins_with_unless,
    contradiction,
    denied,
    denies_brackets,
    grouping,
    join,
    lines,
    text,
    whole_rule,
)
from freqgen_offline.statements import Statement, read_statements
from freqgen_offline.timeframes import DEFAULT_TIMEFRAME, choose_timeframe, take_title
from freqgen_offline.writing import Writer

DEFAULT_STOPLOSS = -0.10
DEFAULT_OPEN_TRADES = 3
ENTRIES = ("entry_long", "entry_short")
RULE_LISTS = ("entry_long", "exit_long", "entry_short", "exit_short")
MAX_RULES = 50
MAX_RULE_CHARACTERS = 1_800


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
    filters: dict[str, Rule | None] = field(default_factory=dict)
    entries_alone: set[str] = field(default_factory=set)
    groupings: dict[str, None] = field(default_factory=dict)
    timeframe_was_given: bool = True

    def read(self) -> tuple[dict[str, Any], Reading]:
        self._check_constraints()
        self.statements = read_statements(words(self.brief.text))
        doubt(self.statements)
        self._choose_sides()
        before: Statement | None = None
        mentioned: Use | None = None
        for statement in self.statements:
            named = [c.meaning.operand for c in statement.clauses if isinstance(c.meaning, Bare)]
            mentioned = next((o for o in named if isinstance(o, Use)), mentioned)
            if not statement.lost:
                fill(statement, before, mentioned)
            before = statement if statement.list_name else before
        opposites(self._ruling())
        for statement in self.statements:
            if not statement.lost:
                self._take_items(statement)
        take_title(self.statements, self.settings)
        self._leave_out_shorts()
        writer = self._write()
        if self.rules["entry_long"] is not None and self.rules["entry_short"] is None:
            self._check_side()
        if self.rules["entry_long"] is None and self.rules["entry_short"] is None:
            raise refusal(self.brief.text, self.statements, writer)
        if self._leave_out_exits():
            writer = self._write()
        self._say_how_taken()
        design = self._design(writer)
        read, unread = account(self.brief.text, self.statements, writer)
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
        exits = [s for s in self.statements if s.list_name.startswith("exit")]
        previous: Statement | None = None
        for statement in self.statements:
            if statement.list_name.startswith("entry"):
                if side == "short" and _names_no_side(statement):
                    statement.lose("it is not clear whether it enters longs or shorts")
                side = statement.list_name.removeprefix("entry_")
            elif statement.list_name == "exit":
                said = str(statement.verb.token) if statement.verb else ""
                named_long = "sell" in said or "long" in said
                statement.list_name = "exit_long" if named_long else f"exit_{side}"
                if not named_long and len(entries) > 1 and len(exits) == 1:
                    statement.lose("it is not clear whether it ends longs or shorts")
            elif statement.list_name == "filter":
                if len(entries) == 1:
                    statement.list_name = next(iter(entries))
                elif entries and _of_both_sides(statement):
                    statement.list_name, *statement.also = sorted(entries)
                else:
                    statement.lose("it is not clear whether it filters longs or shorts")
            if _demands(statement) and len(entries) == 1:
                if previous is not None and previous.list_name.startswith("exit"):
                    statement.lose("it is not clear whether it is for the entry or the exit")
                statement.list_name = next(iter(entries))
            elif statement.verb is None and previous is not None and _carries_on(statement):
                statement.list_name = previous.list_name
                if previous.lost:
                    statement.lose(previous.why)
            if statement.list_name or statement.lost:
                previous = statement

    def _take_items(self, statement: Statement) -> None:
        first = next(iter(statement.own), None)
        for clause in statement.clauses:
            alone = clause is first and isinstance(clause.meaning, Bare)
            if clause.condition is None:
                self.settings.take(clause, statement.list_name, alone=alone)

    def _check_side(self) -> None:
        """Refuse longs where shorts were said to be all.

        :raises BriefError: If they were.
        """
        for word in words(self.brief.text):
            if word.type == "SHORT_ONLY":
                told = self.brief.text[word.start : word.end]
                raise BriefError(
                    f'"{told}" is for shorts, and no entry says that it is short',
                    hint='write "go short when", and "cover when" for the exit',
                )

    def _leave_out_shorts(self) -> None:
        can_short = self.brief.constraints.get("can_short", self.settings.value("can_short"))
        if can_short is not False:
            return
        if self._forget("entry_short") | self._forget("exit_short"):
            self.defaults.append(
                "The rules for shorts were left out, because shorts were ruled out."
            )

    def _forget(self, list_name: str) -> bool:
        """Take the conditions out of a list; whether there were any."""
        forgotten = False
        for statement in self._ruling():
            lists = [statement.list_name, *statement.also]
            if list_name not in lists or not any(c.condition for c in statement.clauses):
                continue
            forgotten = True
            if len(lists) > 1:
                lists.remove(list_name)
                statement.list_name, *statement.also = lists
                continue
            for clause in statement.clauses:
                clause.left_out = clause.condition is not None
                clause.condition = None
        return forgotten

    def _ruling(self) -> list[Statement]:
        """The statements whose conditions count."""
        return [s for s in self.statements if s.list_name and not s.lost]

    def _conditions(self) -> list[Clause]:
        """The clauses whose conditions count."""
        return [
            clause
            for statement in self._ruling()
            for clause in statement.clauses
            if clause.condition is not None
        ]

    # --- the rules

    def _write(self) -> Writer:
        """Write all rules anew.

        A condition that cannot be written must not have lent the others its parameters or its
        timeframe, so then everything is written once more without it.
        """
        while True:
            self.rules = dict.fromkeys(RULE_LISTS)
            self.filters = {}
            self.entries_alone = set()
            self.groupings = {}
            for statement in self.statements:
                for clause in statement.clauses:
                    clause.note = ""
            said = choose_timeframe(
                self._conditions(), self.settings, self.brief.constraints.get("timeframe")
            )
            self.timeframe_was_given = said.minutes is not None
            self.groupings |= dict.fromkeys(said.told)
            frame = said.minutes or TIMEFRAMES[DEFAULT_TIMEFRAME]
            named = any(word.type == "PAIR" for word in words(self.brief.text))
            writer = Writer(frame, families(self.brief.text), pairs=named)
            self._let_go()
            if self._note_parameters(writer) and self._write_rules(writer):
                return writer

    def _let_go(self) -> None:
        """Forget conditions that lean on one that is not used."""
        found = [c for s in self._ruling() for c in s.clauses if c.condition is not None]
        while gone := [c for c in found if c.leans is not None and c.leans.condition is None]:
            for clause in gone:
                clause.condition = None
                clause.why = "what it refers to was not understood"
            found = [c for c in found if c.condition is not None]

    def _say_how_taken(self) -> None:
        """Name what might have been meant in another way."""
        for statement, following in pairwise(self.statements):
            found = around_two(statement, following)
            if found is not None and found[0].condition is not None:
                clause, of = found
                words = self.brief.text[clause.start : clause.end]
                what = of.list_name.replace("_", " of a ")
                self.defaults.append(f'"{words}" was taken for the {what} alone.')
        for clause in self._conditions():
            again = {str(w.token) for w in clause.words if w.type == "NOISE_WORD"} & {
                "back",
                "again",
            }
            if again and isinstance(clause.condition, Compare):
                words = self.brief.text[clause.start : clause.end]
                self.defaults.append(
                    f'"{words}" was read as a state, whatever went before; '
                    'write "crosses" for the candle at which it begins.'
                )
        if self.rules["entry_long"] and self.rules["entry_short"] and not self.rules["exit_short"]:
            self.defaults.append(
                "What buys was taken for the entry of a long, not the end of a short."
            )

    def _leave_out_exits(self) -> bool:
        """Forget the rules that end trades of a side that is never entered."""
        left_out = False
        for side in ("long", "short"):
            name = f"exit_{side}"
            if self.rules[f"entry_{side}"] is not None or self.rules[name] is None:
                continue
            left_out = self._forget(name)
            self.defaults.append(
                f"Rules that end a {side} trade were left out, because none is entered."
            )
        return left_out

    def _note_parameters(self, writer: Writer) -> bool:
        """Collect the parameters that are written out; whether all could be."""
        whole = True
        for statement in self._ruling():
            for clause in statement.clauses:
                if clause.condition is None:
                    continue
                try:
                    for operand in operands(clause.condition):
                        writer.note(operand)
                except UnreadableError as exc:
                    clause.condition, clause.why = None, str(exc)
                    whole = False
        for operand in (*self._mentioned().values(), *self.settings.operands()):
            with suppress(UnreadableError):  # writing it will find the same
                writer.note(operand)
        return whole

    def _mentioned(self) -> dict[Clause, Use]:
        """Indicators named for themselves, under no verb, as in "Use RSI(7)."."""
        return {
            clause: clause.meaning.operand
            for statement in self.statements
            if not statement.list_name and not statement.lost
            for clause in statement.clauses
            if isinstance(clause.meaning, Bare) and isinstance(clause.meaning.operand, Use)
        }

    def _write_rules(self, writer: Writer) -> bool:
        """Write the rules; whether all could be written."""
        whole = True
        averages = named_averages(self._ruling())
        for statement in self._ruling():
            written: dict[int, Rule] = {}
            for clause in statement.clauses:
                if clause.condition is None:
                    continue
                writer.indicators.usual = left_open(statement, clause)
                try:
                    condition = with_averages(clause.condition, averages)
                    rule = writer.condition(condition, statement.list_name)
                except UnreadableError as exc:
                    clause.condition, clause.why = None, str(exc)
                    whole = False
                    continue
                finally:
                    writer.indicators.usual = frozenset()
                written[id(clause)] = rule
                clause.note = text(rule)
            self._add(statement, whole_rule(statement, written))
            if told := grouping(statement, whole_rule(statement, written)):
                self.groupings[told] = None
        for name, filtered in self.filters.items():
            # Filters alone are no entry: "never buy when ..." says when not to.
            alone = name in self.entries_alone  # "only buy when", and nothing else
            if self.rules[name] is not None or name not in ENTRIES or alone:
                self.rules[name] = join("all", [self.rules[name], filtered])
        self.settings.write(writer)
        self._stop_at_level()
        for clause, use in self._mentioned().items():
            clause.note = clause.note or writer.mention(use)
        return whole

    def _stop_at_level(self) -> None:
        """Let a stop at a level of the price be a rule that ends the trade."""
        level = self.settings.written.get("stop_level")
        if level is None:
            return
        for side, op in (("long", "<="), ("short", ">=")):
            if self.rules[f"entry_{side}"] is not None:
                name = f"exit_{side}"
                self.rules[name] = join("any", [self.rules[name], f"close {op} {level}"])
                self.groupings[
                    f"A stop at {level} is a rule here: a close at or beyond it ends the trade at "
                    "the next open."
                ] = None

    def _add(self, statement: Statement, rule: Rule | None) -> None:
        verb = statement.verb
        said = {str(word.token) for clause in statement.clauses for word in clause.words}
        filters = verb is None or verb.type == "FILTER" or statement.only or statement.denied
        filters = filters or bool(said & {"must", "should"})
        rule = denied(rule) if statement.denied and rule is not None else rule
        for name in (statement.list_name, *statement.also):
            if filters:
                self.filters[name] = join("all", [self.filters.get(name), rule])
                if verb is not None and verb.type != "FILTER" and not statement.denied:
                    self.entries_alone.add(name)
            else:
                self.rules[name] = join("any", [self.rules[name], rule])
        for clause in statement.clauses:
            if rule is not None and denies_brackets(clause):
                clause.note = "not"

    # --- the design

    def _design(self, writer: Writer) -> dict[str, Any]:
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


def _carries_on(statement: Statement) -> bool:
    """Whether a sentence without a verb goes on from the one before: "But not when ADX > 40"."""
    return statement.continues or begins_with_unless(statement.parts)


_MUST = frozenset({"must", "has", "have", "should", "needs", "need"})


def _demands(statement: Statement) -> bool:
    """Whether a sentence without a verb of trading says what must hold: "ADX must be above 20"."""
    if statement.verb is not None or statement.lost or statement.continues:
        return False
    found = [c.meaning for c in statement.clauses if isinstance(c.meaning, Placed)]
    said = {str(w.token) for c in statement.clauses for w in c.words}
    return bool(said & _MUST and found) and not isinstance(found[0].what, Tail)


def _names_no_side(statement: Statement) -> bool:
    """Whether an entry is of the side that was spoken of: "Short only when ... Enter when ..."."""
    said = str(statement.verb.token) if statement.verb else ""
    return (
        statement.list_name == "entry_long"
        and re.search("enter|entr|open", said) is not None
        and "long" not in said
    )


def _of_both_sides(statement: Statement) -> bool:
    """Whether a filter is of the time of day, which is that of longs and shorts."""
    conditions = [c.meaning.what for c in statement.clauses if isinstance(c.meaning, Placed)]
    return bool(conditions) and all(isinstance(what, Said) for what in conditions)


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
