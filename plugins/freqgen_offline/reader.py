"""Reads a brief in plain English into a design, and keeps account of every word."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from freqgen import TIMEFRAMES, Brief, BriefError, Reading, Risk
from freqgen_offline.account import account, refusal
from freqgen_offline.doubts import around_two, doubt
from freqgen_offline.drafting import Drafter
from freqgen_offline.ellipses import fill
from freqgen_offline.items import Settings
from freqgen_offline.lexicon import MEANINGLESS, families, words
from freqgen_offline.looking import operands
from freqgen_offline.meaning import Bare, Compare, Held, UnreadableError, Use
from freqgen_offline.phrases import Clause
from freqgen_offline.references import (
    defines,
    left_open,
    named_averages,
    opposites,
    traded,
    with_averages,
)
from freqgen_offline.rules import (
    Rule,
    denied,
    denies_brackets,
    grouping,
    join,
    listed_exits,
    text,
    whole_rule,
)
from freqgen_offline.sides import choose_sides
from freqgen_offline.statements import Statement, read_statements
from freqgen_offline.timeframes import DEFAULT_TIMEFRAME, choose_timeframe, take_title
from freqgen_offline.writing import Writer

ENTRIES = ("entry_long", "entry_short")
RULE_LISTS = ("entry_long", "exit_long", "entry_short", "exit_short")


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
        choose_sides(self.statements)
        before: Statement | None = None
        mentioned: Use | None = None
        for statement in self.statements:
            named = [c.meaning.operand for c in statement.clauses if isinstance(c.meaning, Bare)]
            mentioned = next((o for o in named if isinstance(o, Use)), mentioned)
            if not statement.lost:
                fill(statement, before, mentioned)
            before = statement if statement.list_name else before
        self._take_pairs()
        opposites(self._ruling())
        for statement in self.statements:
            if not statement.lost:
                self._take_items(statement)
        title = take_title(self.statements, self.settings)
        self._leave_out_shorts()
        writer = self._write()
        if self.rules["entry_long"] is not None and self.rules["entry_short"] is None:
            self._check_side()
        if self.rules["entry_long"] is None and self.rules["entry_short"] is None:
            raise refusal(self.brief.text, self.statements, writer)
        if self._leave_out_exits():
            writer = self._write()
        self._say_how_taken(title)
        drafter = Drafter(
            self.brief,
            self.settings,
            self.rules,
            tuple(self.groupings),
            timeframe_was_given=self.timeframe_was_given,
            defaults=self.defaults,
        )
        design = drafter.design(writer)
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

    def _take_pairs(self) -> None:
        """Understand "buy BTC when", where all rules are for the same pairs."""
        objects = [(s, pairs) for s in self._ruling() if (pairs := traded(s))]
        if len({tuple(c.meaning.operand.pair for c in found) for _, found in objects}) != 1:  # type: ignore[union-attr]
            return
        for _, found in objects:
            for clause in found:
                clause.names_pairs = True
        first = objects[0][1]
        words = self.brief.text[first[0].start : first[-1].end]
        self.defaults.append(f'Rules are for any pair; "{words}" is chosen with -p.')

    def _take_items(self, statement: Statement) -> None:
        first = next(iter(statement.own), None) if statement.verb is not None else None
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

    def _say_how_taken(self, title: Clause | None) -> None:
        """Name what might have been meant in another way."""
        if title is not None and title.note:
            words = self.brief.text[title.start : title.end]
            self.defaults.append(f'The {title.note} was taken from "{words}".')
        frame = self.settings.found.get("timeframe")
        if frame is not None and title is None and not _names_a_chart(frame[1]):
            words = self.brief.text[frame[1].start : frame[1].end]
            self.defaults.append(f'The {frame[1].note} was taken from "{words}".')
        sides: set[str] = set()
        for statement in self._ruling():
            sides |= {statement.list_name} if statement.verb is not None else set()
            told = [c for c in statement.clauses if c.condition is not None]
            if statement.verb is None and told and len(sides) > 1 and not statement.also:
                words = self.brief.text[told[0].start : told[-1].end]
                what = statement.list_name.replace("_", " of a ")
                self.defaults.append(f'"{words}" was taken for the {what} alone.')
        for statement, following in pairwise(self.statements):
            found = around_two(statement, following)
            if found is not None and found[0].condition is not None:
                clause, of = found
                words = self.brief.text[clause.start : clause.end]
                what = of.list_name.replace("_", " of a ")
                self.defaults.append(f'"{words}" was taken for the {what} alone.')
        for clause in self._lasting():
            words = self.brief.text[clause.start : clause.end]
            self.defaults.append(
                f'How long "{words}" holds was not taken for what stands before it.'
            )
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

    def _lasting(self) -> list[Clause]:
        """Conditions for some candles, or within some, that others stand right before."""
        return [
            clause
            for statement in self._ruling()
            for before, clause in pairwise(c for c in statement.clauses if c.condition is not None)
            if isinstance(clause.condition, Held) and not isinstance(before.condition, Held)
        ]

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
        """Indicators named for themselves: "Use RSI(7).", and "..., with the MACD at 12, 26, 9"."""
        return {
            clause: clause.meaning.operand
            for statement in self.statements
            if not statement.lost
            for clause in statement.clauses
            if isinstance(clause.meaning, Bare) and isinstance(clause.meaning.operand, Use)
            if not statement.list_name or defines(statement, clause)
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
            clause.note = clause.note or writer.mention(use) or self.settings.mention(use)
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
        filters = filters or bool(said & {"must", "should"}) or _says_also(statement)
        rule = denied(rule) if statement.denied and rule is not None else rule
        for name in (statement.list_name, *statement.also):
            if filters:
                self.filters[name] = join("all", [self.filters.get(name), rule])
                if verb is not None and verb.type != "FILTER" and not statement.denied:
                    self.entries_alone.add(name)
            else:
                if self.rules[name] is not None and rule is not None:
                    self.groupings[
                        f"{name.replace('_', ' of a ')}: what several sentences say are "
                        "alternatives, of which one is enough."
                    ] = None
                self.rules[name] = join("any", [self.rules[name], rule])
        if told := listed_exits(statement, rule):
            self.groupings[told] = None
        for clause in statement.clauses:
            if rule is not None and denies_brackets(clause):
                clause.note = "not"


def _says_also(statement: Statement) -> bool:
    """Whether a condition is one more of those before: "Buy if also ADX > 20"."""
    first = next(iter(statement.own), None)
    return first is not None and bool(first.words) and first.words[0].type == "ALSO"


def _names_a_chart(clause: Clause) -> bool:
    """Whether words say a timeframe and nothing else: "on the 1h chart"."""
    content = {w.type for w in clause.words if w.type not in MEANINGLESS}
    adjective = any(str(w.token) in {"daily", "weekly", "hourly"} for w in clause.words)
    goal = adjective and content & {"TAKE", "PROFIT", "PCT"}
    return content <= _CHART_AND_RISK and not goal


_CHART_AND_RISK = frozenset({"TIME", "CHART", "CANDLE", "MARK", "IS", "FOR_TIME", "STOP", "TAKE",
                             "TRAIL", "PCT", "NUM", "TIMES", "LEVERAGE", "PROFIT"})  # fmt: skip
