"""What the names of columns look like that are put together by code, or by Freqtrade."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.nodes import text_of
from freqgen_structure.source import choices

if TYPE_CHECKING:
    from freqgen_structure.signatures import Informative
    from freqgen_structure.source import Source

ANY = re.compile(r".*", re.DOTALL)
"""Any name at all."""

_MOST_WILDCARDS = 4
_MOST_VALUES = 10
_DEEPEST = 5


def name_pattern(node: cst.BaseExpression, source: Source | None = None) -> re.Pattern[str]:
    """What the text that an expression gives may look like.

    :param source: The file, where what a loop goes through is to be looked up in it.
    """
    pattern = re.sub(r"(\.\*)+", ".*", _pattern(node, source))
    # Every wildcard multiplies the time that a comparison may take.
    if pattern.count(".*") > _MOST_WILDCARDS:
        return ANY if "|" in pattern else re.compile(_shorter(pattern), re.DOTALL)
    return re.compile(pattern, re.DOTALL)


def _shorter(pattern: str) -> str:
    """A pattern of fewer wildcards that fits all that ``pattern`` fits, and more."""
    parts = pattern.split(".*")
    return ".*".join([*parts[: _MOST_WILDCARDS - 1], "", parts[-1]]).replace(".*.*", ".*")


def _pattern(node: cst.BaseExpression, source: Source | None = None, depth: int = 0) -> str:
    if isinstance(node, cst.Name) and source is not None and depth < _DEEPEST:
        return _of_name(node, source, depth + 1)
    literal = text_of(node)
    if literal is not None:
        return re.escape(literal)
    if isinstance(node, cst.FormattedString):
        return "".join(
            re.escape(part.value)
            if isinstance(part, cst.FormattedStringText)
            else _taken(part, source)
            for part in node.parts
        )
    if isinstance(node, cst.BinaryOperation):
        left = text_of(node.left)
        if isinstance(node.operator, cst.Modulo) and left is not None:
            return ".*".join(
                re.escape(p) for p in re.split(r"%[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]", left)
            )
        if isinstance(node.operator, cst.Add):
            return _pattern(node.left, source, depth) + _pattern(node.right, source, depth)
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        template = text_of(node.func.value) if node.func.attr.value == "format" else None
        if template is not None:
            return ".*".join(re.escape(part) for part in re.split(r"\{[^{}]*\}", template))
    return ".*"


def _of_name(name: cst.Name, source: Source, depth: int) -> str:
    """What a name holds, as far as all that it is assigned is shown."""
    bindings = source.bindings(name)
    values = [value for one in bindings for value in choices(one)]
    if not values or len(values) > _MOST_VALUES or None in values:
        return ".*"
    found = {_pattern(value, source, depth) for value in values if value is not None}
    # With wildcards in several of them the time of a comparison would grow with each.
    return found.pop() if len(found) == 1 else ".*"


def _taken(part: cst.BaseFormattedStringContent, source: Source | None) -> str:
    """What ``{n}`` in a text is, where ``n`` goes through whole numbers that are written out."""
    if source is None or not isinstance(part, cst.FormattedStringExpression):
        return ".*"
    name = part.expression
    if part.format_spec or part.conversion or not isinstance(name, cst.Name):
        return ".*"
    found: list[str] = []
    for one in source.bindings(name):
        for value in choices(one):
            if not isinstance(value, cst.Integer) or not value.value.isdecimal():
                return ".*"
            found.append(str(int(value.value)))
    return f"(?:{'|'.join(found)})" if found else ".*"


def written_names(source: Source, node: cst.BaseExpression) -> frozenset[str] | None:
    """All names that an expression can be, as ``name.lower()`` in a loop over literals."""
    match node:
        case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(value=how)), args=[]):
            known = source.strings(inner) if how in {"lower", "upper"} else None
            return known and frozenset(
                text.lower() if how == "lower" else text.upper() for text in known
            )
    return source.strings(node)


def informative_pattern(arguments: Informative) -> re.Pattern[str]:
    """What the columns are called that one ``@informative`` brings."""
    if not arguments.plain or arguments.timeframe is None:
        return re.compile(r".+_.+")
    base, _, quote = arguments.asset.partition("/")
    quote = quote.partition(":")[0]
    fmt = arguments.fmt or (
        "{base}_{quote}_{column}_{timeframe}" if arguments.asset else "{column}_{timeframe}"
    )
    values = {"timeframe": re.escape(arguments.timeframe), "column": "(?P<column>.+)"}
    for key, text in (("base", base), ("quote", quote)):
        known = bool(text) and "{" not in text
        values[key] = re.escape(text.lower()) if known else ".+"
        values[key.upper()] = re.escape(text.upper()) if known else ".+"
    parts = re.split(r"\{([^{}]*)\}", fmt)
    seen = False
    pattern = ""
    for number, part in enumerate(parts):
        if number % 2 == 0:
            pattern += re.escape(part)
        elif part == "column" and seen:
            pattern += "(?P=column)"
        else:
            seen = seen or part == "column"
            pattern += values.get(part, ".+")
    return re.compile(pattern)
