"""Entry and exit tags: which alternative of a list of rules fired."""

from __future__ import annotations

from itertools import product

from freqgen.design.expressions import Expression, Kind, Logic, Node
from freqgen.design.unparse import unparse

MAX_ALTERNATIVES = 4
"""More ways to enter than this share one tag; nobody reads a table of so many."""

MAX_TAG = 76
"""Freqtrade keeps 255 characters of a tag and prints tables of them; this stays readable."""


def tagged_rules(rules: tuple[Expression, ...]) -> list[tuple[str, tuple[Node, ...]]]:
    """Split rules that must all hold into the alternatives that ``or`` makes of them.

    :returns: For each alternative its tag and the conditions that must all hold; the rules fire
        exactly where one of them does. Where several do, the first one names the trade.
    """
    choices: list[tuple[Node, ...]] = []
    for rule in rules:
        root = rule.root
        if isinstance(root, Logic) and root.operator == "or":
            choices.append(root.operands)
        else:
            choices.append((root,))
    count = 1
    for choice in choices:
        count *= len(choice)
    alternatives = product(*choices) if count <= MAX_ALTERNATIVES else ()
    # An alternative that is the same for every candle, as in "thr > 40", marks no candles.
    lone_fact = any({c.kind for c in conditions} == {Kind.FACT} for conditions in alternatives)
    if count > MAX_ALTERNATIVES or lone_fact:
        choices = [(rule.root,) for rule in rules]
    found: list[tuple[str, tuple[Node, ...]]] = []
    for conditions in product(*choices):
        tag = _shorten(" and ".join(_joined(condition) for condition in conditions))
        taken = [other for other, _ in found]
        if tag in taken:
            tag = f"{tag[: MAX_TAG - 4]} #{len(found) + 1}"
        found.append((tag, conditions))
    return found


def _joined(node: Node) -> str:
    text = unparse(node)
    return f"({text})" if isinstance(node, Logic) and node.operator == "or" else text


def _shorten(text: str) -> str:
    return text if len(text) <= MAX_TAG else text[: MAX_TAG - 3] + "..."
