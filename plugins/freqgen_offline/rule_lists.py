"""Joins the rules of several sentences into the lists of a design."""

from __future__ import annotations

from dataclasses import dataclass, field

from freqgen_offline.rules import Rule, denied, denies_brackets, join, listed_exits
from freqgen_offline.statements import Statement

ENTRIES = ("entry_long", "entry_short")
RULE_LISTS = ("entry_long", "exit_long", "entry_short", "exit_short")


@dataclass(slots=True)
class RuleLists:
    """The four lists of a design while they are written.

    :param rules: Name of a list to its rule, or ``None``.
    :param filters: Name of a list to what restricts all of its rules.
    :param entries_alone: Lists whose filters are entries too: "only buy when".
    :param groupings: Sentences on how rules were joined.
    """

    rules: dict[str, Rule | None] = field(default_factory=lambda: dict.fromkeys(RULE_LISTS))
    filters: dict[str, Rule | None] = field(default_factory=dict)
    entries_alone: set[str] = field(default_factory=set)
    groupings: dict[str, None] = field(default_factory=dict)

    @property
    def both_enter(self) -> bool:
        """Whether longs and shorts are entered."""
        return all(self.rules[name] is not None for name in ENTRIES)

    def add(self, statement: Statement, rule: Rule | None) -> None:
        """Join what a statement says to its lists."""
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

    def filter(self) -> None:
        """Restrict the lists by their filters, once all statements were added."""
        for name, filtered in self.filters.items():
            # Filters alone are no entry: "never buy when ..." says when not to.
            alone = name in self.entries_alone  # "only buy when", and nothing else
            if self.rules[name] is not None or name not in ENTRIES or alone:
                self.rules[name] = join("all", [self.rules[name], filtered])

    def stop_at(self, level: str | None) -> None:
        """Let a stop at a level of the price be a rule that ends the trade."""
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


def _says_also(statement: Statement) -> bool:
    """Whether a condition is one more of those before: "Buy if also ADX > 20"."""
    first = next(iter(statement.own), None)
    return first is not None and bool(first.words) and first.words[0].type == "ALSO"
