"""Joins the conditions of statements into rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from freqgen import BriefError
from freqgen_offline.lexicon import MEANINGLESS, Word, logic_parser, parse_tokens
from freqgen_offline.phrases import Clause
from freqgen_offline.statements import Statement

if TYPE_CHECKING:
    from lark import Tree

OPENING = ("NOT", "LPAR", "EITHER")
MAX_NESTING = 10


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions joined, or one denied.

    :param how: ``all``, ``any`` or ``not``.
    """

    how: str
    members: tuple[Rule, ...]


Rule = Group | str
"""A group, or an expression of the design's language."""


def join(how: str, members: Sequence[Rule | None]) -> Rule | None:
    """Members joined, without those that are ``None``; groups of the same kind made flat."""
    flat: list[Rule] = []
    for member in members:
        parts = member.members if isinstance(member, Group) and member.how == how else (member,)
        flat += [p for p in parts if p is not None and p not in flat]
    if not flat:
        return None
    if how == "not":
        return Group("not", (flat[0],))
    return flat[0] if len(flat) == 1 else Group(how, tuple(flat))


def rule_of(parts: Sequence[Clause | Word], rules: dict[int, Rule]) -> Rule | None:
    """The rule that the parts of a statement make.

    :param rules: What each clause says, by its ``id``; a clause without an entry says nothing.
    :raises BriefError: If brackets are nested too deeply.
    """
    from lark import Token

    clauses = [p for p in parts if isinstance(p, Clause) and not denies_brackets(p)]
    if not clauses:
        return None
    first = parts.index(clauses[0])
    if begins_with_unless(parts):
        return denied(rule_of(parts[first:], rules))
    if _nesting(parts) > MAX_NESTING:
        raise BriefError(
            f"brackets are nested more than {MAX_NESTING} deep",
            hint="write the conditions as several sentences",
        )
    for brackets in (True, False):
        tokens = [Token(kind, value) for kind, value in _tokens(parts, brackets=brackets)]
        tree = parse_tokens(logic_parser(), tokens)
        if tree is not None:
            return _rule(tree, [rules.get(id(c)) for c in clauses])
    return join("all", [rules.get(id(c)) for c in clauses])


def begins_with_unless(parts: Sequence[Clause | Word]) -> bool:
    """Whether conditions are said by what they are not: "unless ADX > 40, buy when"."""
    for part in parts:
        if isinstance(part, Clause):
            return False
        if part.type == "UNLESS":
            return True
    return False


def denied(rule: Rule | None) -> Rule | None:
    """The opposite of a rule."""
    if isinstance(rule, Group) and rule.how == "not":
        return rule.members[0]
    return join("not", [rule])


def whole_rule(statement: Statement, rules: dict[int, Rule]) -> Rule | None:
    """The rule that a statement makes, with what it says before its verb."""
    given = rule_of(statement.given, rules)
    if statement.how:
        return join(statement.how, [rules.get(id(c)) for c in statement.clauses])
    return join("all", [given, rule_of(statement.parts, rules)])


def grouping(statement: Statement, rule: Rule | None) -> str:
    """How "and" and "or" of one statement were grouped, where the text leaves it open."""
    parts = statement.parts
    grouped = any(isinstance(p, Word) and p.type in {"LPAR", "UNLESS"} for p in parts)
    if grouped or statement.given or not isinstance(rule, Group):
        return ""
    if {rule.how, *(m.how for m in rule.members if isinstance(m, Group))} != {"all", "any"}:
        return ""
    return (
        f'"And" and "or" stand in one sentence; it was read as {text(rule)}: "and" binds tighter '
        'than "or", and a comma before one of them loosens it.'
    )


def listed_exits(statement: Statement, rule: Rule | None) -> str:
    """That the exits of a list must come together, where each might be meant to be enough."""
    listed = any(
        isinstance(p, Word) and p.type in {"BULLET", "NL", "MARK"} for p in statement.parts
    )
    if not listed or not statement.list_name.startswith("exit") or statement.how:
        return ""
    if not isinstance(rule, Group) or rule.how != "all":
        return ""
    return f'{text(rule)}: an exit needs all of its list; write "any of" where one is enough.'


_LEVEL = re.compile(r"(\w+(?:\.\w+)?) ([<>])=? (-?[0-9.]+)")


def contradiction(rules: Sequence[str]) -> str:
    """Which two of a list's rules can never hold together, as a sentence; or nothing."""
    found = [(match, rule) for rule in rules if (match := _LEVEL.fullmatch(rule))]
    for one, below in found:
        for other, above in found:
            if (one[1], one[2], other[2]) != (other[1], "<", ">"):
                continue
            if float(one[3]) <= float(other[3]):
                return f'"{below}" and "{above}" never hold together, so nothing ever happens.'
    return ""


def _nesting(parts: Sequence[Clause | Word]) -> int:
    depth = deepest = 0
    for part in parts:
        if isinstance(part, Word):
            depth += {"LPAR": 1, "RPAR": -1}.get(part.type, 0)
            deepest = max(deepest, depth)
    return deepest


def denies_brackets(clause: Clause) -> bool:
    """Whether a clause is the "not" before a bracket."""
    return [w.type for w in clause.words if w.type not in MEANINGLESS] == ["NOT"]


def _tokens(parts: Sequence[Clause | Word], *, brackets: bool) -> list[tuple[str, str]]:
    """The parts as tokens of ``logic.lark``, a leaf's value being its number."""
    tokens: list[tuple[str, str]] = []
    between: list[str] = []
    leaves = 0
    joints: list[int] = []
    for part in parts:
        if isinstance(part, Word):
            between.append(part.type)
            continue
        if denies_brackets(part):
            between.append("NOT")
            continue
        closing = ["RPAR"] * between.count("RPAR") if brackets and leaves else []
        opening = [t for t in between if t in OPENING] if brackets else []
        tokens += [(t, "") for t in closing]
        if leaves:
            joints.append(len(tokens))
            tokens.append((_joint(between), ""))
        tokens += [(t, "") for t in opening]
        tokens.append(("LEAF", str(leaves)))
        leaves += 1
        between = []
    if brackets:
        tokens += [("RPAR", "")] * between.count("RPAR")
    # A bare comma stands for the connective that the list ends with: "A, B or C".
    following = "AND"
    for position in reversed(joints):
        kind = tokens[position][0]
        if kind == "COMMA":
            tokens[position] = (following, "")
        elif kind in {"AND", "OR"}:
            following = kind
        else:
            following = {"COMMA_OR": "OR"}.get(kind, "AND")
    return tokens


def _joint(between: Sequence[str]) -> str:
    if "UNLESS" in between:
        return "UNLESS"
    if "EXPLAINS" in between:
        return "AND"
    comma = bool({"COMMA", "BULLET", "NL", "MARK"} & {*between})
    if "OR" in between:
        return "COMMA_OR" if comma else "OR"
    if "AND" in between:
        return "COMMA_AND" if comma else "AND"
    return "COMMA" if list(between) == ["COMMA"] else "COMMA_AND"


def _rule(root: Tree[Any], leaves: Sequence[Rule | None]) -> Rule | None:
    """The tree as a rule, without recursion: a list of conditions may be long."""
    from lark import Token

    made: dict[int, Rule | None] = {}
    for node in root.iter_subtrees():
        members = [made[id(c)] for c in node.children if not isinstance(c, Token)]
        if node.data == "leaf":
            made[id(node)] = leaves[int(str(node.children[0]))]
        elif node.data == "unless":
            made[id(node)] = join("all", [members[0], join("not", members[1:])])
        elif node.data == "negate":
            made[id(node)] = join("not", members)
        else:
            made[id(node)] = join(str(node.data) if node.data in {"all", "any"} else "all", members)
    return made[id(root)]


def lines(rule: Rule | None) -> list[str]:
    """A rule as the list of a design: all lines must hold."""
    if rule is None:
        return []
    if isinstance(rule, Group) and rule.how == "all":
        return [text(m) for m in rule.members]
    return [text(rule)]


def text(rule: Rule, *, inside: bool = False) -> str:
    """A rule as an expression."""
    if isinstance(rule, str):
        return rule
    if rule.how == "not":
        return f"not ({text(rule.members[0])})"
    word = " and " if rule.how == "all" else " or "
    joined = word.join(text(m, inside=True) for m in rule.members)
    return f"({joined})" if inside else joined
