"""Reads a brief in plain English into a design, and keeps account of every word."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from freqgen import TIMEFRAMES, Brief, BriefError, Reading, Risk
from freqgen_offline.account import account, refusal
from freqgen_offline.doubts import doubt
from freqgen_offline.drafting import Drafter
from freqgen_offline.ellipses import fill
from freqgen_offline.grouping import read_statements
from freqgen_offline.how_taken import how_taken
from freqgen_offline.items import Settings
from freqgen_offline.lexicon import Word, families, words
from freqgen_offline.looking import operands
from freqgen_offline.meaning import Bare, UnreadableError, Use
from freqgen_offline.phrases import Clause
from freqgen_offline.references import (
    defines,
    left_open,
    named_averages,
    opposites,
    traded,
    with_averages,
)
from freqgen_offline.rule_lists import RuleLists
from freqgen_offline.rules import (
    Rule,
    grouping,
    text,
    whole_rule,
)
from freqgen_offline.sides import choose_sides
from freqgen_offline.statements import Statement
from freqgen_offline.timeframes import DEFAULT_TIMEFRAME, choose_timeframe, take_title
from freqgen_offline.writing import Writer

MAX_CLAUSES = 400
"""Clauses with a meaning: more than a design has room for."""


def read_brief(brief: Brief) -> tuple[dict[str, Any], Reading]:
    """The design that a brief asks for, as JSON values, and what became of its words.

    What was given beside the text (``brief.constraints``) wins over the text.

    :raises BriefError: If no rule for an entry was understood.
    """
    return _Reader(brief).read()


@dataclass(slots=True)
class _Reader:
    brief: Brief
    words: Sequence[Word] = ()
    statements: list[Statement] = field(default_factory=list)
    settings: Settings = field(default_factory=Settings)
    lists: RuleLists = field(default_factory=RuleLists)
    defaults: list[str] = field(default_factory=list)
    timeframe_was_given: bool = True

    def read(self) -> tuple[dict[str, Any], Reading]:
        self._check_constraints()
        self.words = tuple(words(self.brief.text))
        self.statements = read_statements(self.words)
        self._check_length()
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
        if self.lists.rules["entry_long"] is not None and self.lists.rules["entry_short"] is None:
            self._check_side()
        if self.lists.rules["entry_long"] is None and self.lists.rules["entry_short"] is None:
            raise refusal(self.brief.text, self.words, self.statements, writer)
        if self._leave_out_exits():
            writer = self._write()
        self.defaults += how_taken(self.brief.text, self.statements, self.settings, title)
        if self.lists.both_enter and not self.lists.rules["exit_short"]:
            self.defaults.append(
                "What buys was taken for the entry of a long, not the end of a short."
            )
        drafter = Drafter(
            self.brief,
            self.settings,
            self.lists.rules,
            tuple(self.lists.groupings),
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

    def _check_length(self) -> None:
        """Refuse what no design has room for.

        :raises BriefError: If there are too many clauses.
        """
        count = sum(c.meaning is not None for s in self.statements for c in s.clauses)
        if count > MAX_CLAUSES:
            raise BriefError(
                f"the brief says {count:,} things; at most {MAX_CLAUSES} are read",
                hint="keep the rules for entry, exit and risk that matter most",
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
        told = self.brief.text[first[0].start : first[-1].end]
        self.defaults.append(f'Rules are for any pair; "{told}" is chosen with -p.')

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
        for word in self.words:
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
            self.lists = RuleLists()
            for statement in self.statements:
                for clause in statement.clauses:
                    clause.note = ""
            said = choose_timeframe(
                self._conditions(), self.settings, self.brief.constraints.get("timeframe")
            )
            self.timeframe_was_given = said.minutes is not None
            self.lists.groupings |= dict.fromkeys(said.told)
            frame = said.minutes or TIMEFRAMES[DEFAULT_TIMEFRAME]
            named = any(word.type == "PAIR" for word in self.words)
            writer = Writer(frame, families(self.words), pairs=named)
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

    def _leave_out_exits(self) -> bool:
        """Forget the rules that end trades of a side that is never entered."""
        left_out = False
        for side in ("long", "short"):
            name = f"exit_{side}"
            if self.lists.rules[f"entry_{side}"] is not None or self.lists.rules[name] is None:
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
            self.lists.add(statement, whole_rule(statement, written))
            if told := grouping(statement, whole_rule(statement, written)):
                self.lists.groupings[told] = None
        self.lists.filter()
        self.settings.write(writer)
        self.lists.stop_at(self.settings.written.get("stop_level"))
        for clause, use in self._mentioned().items():
            clause.note = clause.note or writer.mention(use) or self.settings.mention(use)
        return whole
