"""The JSON object in a model's reply, without what models like to put around and into it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from freqgen.design.plain import read_whole
from freqgen.generation.fences import without_thoughts

MAX_CHARACTERS = 500_000
"""Characters of a reply that are searched; a design has some thousand."""

MAX_STARTS = 200
"""Braces that are tried as the beginning of an object; a reply with more of them is no answer."""

MAX_MARKS = 500_000
"""Brackets, commas, strings and comments that are looked at in all, over all beginnings."""

MAX_NESTED = 64
"""Brackets within brackets; a design is four deep."""

_NEXT = re.compile(r'["{}\[\]#/,]')
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_LINE_COMMENT = re.compile(r"(?://|#)[^\n]*")
_BLOCK_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


ENDS_MIDWAY = "the reply ends in the middle"
"""What is said of a reply that was cut off."""


class NoObject(ValueError):
    """A reply does not hold one object; the message says why, without the reply."""


@dataclass(slots=True)
class _Search:
    """What was found in a reply so far.

    :param found: Objects, in the order of the text.
    :param faults: Why other braces begin none, with the length of what they seem to begin.
    :param marks: How many more are looked at.
    :param last_comment: Where the last comment ends; looking for the end of one behind it would
        go through all of the text each time.
    """

    text: str
    found: list[dict[str, Any]] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    marks: int = MAX_MARKS
    last_comment: int = field(init=False)

    def __post_init__(self) -> None:
        self.last_comment = self.text.rfind("*/")


def read_object(text: str, wanted: Collection[str]) -> dict[str, Any]:
    """The one JSON object that a reply means.

    What has one meaning is taken away: a Markdown fence, prose and further text around the
    object, comments (``//``, ``#``, ``/* */``) and trailing commas in it, a single field that
    holds the object, and an object that is no answer, as one quoted in the prose. Strings stay
    as they are, whatever they hold.

    :param wanted: Names of fields; an object with one of them is an answer.
    :raises NoObject: If there is no such object, more than one that differ, or it is no JSON.
    """
    if len(text) > MAX_CHARACTERS:
        raise NoObject(f"it has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read")
    search = _objects(without_thoughts(text))
    meant = [one for one in (_unwrapped(o, wanted) for o in search.found) if one is not None]
    distinct = [one for number, one in enumerate(meant) if one not in meant[:number]]
    if len(distinct) == 1:
        return distinct[0]
    if distinct:
        raise NoObject(f"there are {len(distinct)} JSON objects in it that differ; one is wanted")
    if search.faults:
        raise NoObject(max(search.faults, key=lambda fault: fault[0])[1])
    if len(search.found) == 1:
        return search.found[0]
    if search.found:
        raise NoObject(f"there are {len(search.found)} JSON objects in it; one is wanted")
    raise NoObject("there is no JSON object in it")


def _unwrapped(found: dict[str, Any], wanted: Collection[str]) -> dict[str, Any] | None:
    """An object that is an answer, or the one that is its only field."""
    if any(name in found for name in wanted):
        return found
    if len(found) == 1:
        (inner,) = found.values()
        if isinstance(inner, dict) and any(name in inner for name in wanted):
            return inner
    return None


def _objects(text: str) -> _Search:
    """All JSON objects of a text that lie in no other one."""
    search = _Search(text)
    position = text.find("{")
    for _ in range(MAX_STARTS):
        if position < 0 or search.marks <= 0:
            break
        end = len(text)
        try:
            cleaned, end = _cleaned(search, position)
            search.found.append(_loaded(cleaned, text, position))
        except NoObject as exc:
            search.faults.append((end - position, str(exc)))
            end = position + 1
        position = text.find("{", end)
    return search


def _loaded(cleaned: str, text: str, start: int) -> dict[str, Any]:
    """A cleaned object as data.

    :param start: Where it begins in the reply.
    :raises NoObject: With the line and column of the reply.
    """
    try:
        data: dict[str, Any] = json.loads(
            cleaned, parse_int=read_whole, object_pairs_hook=without_repetition
        )
    except json.JSONDecodeError as exc:
        line = text.count("\n", 0, start) + exc.lineno
        column = exc.colno + (start - text.rfind("\n", 0, start) - 1 if exc.lineno == 1 else 0)
        raise NoObject(
            f"it is not JSON: {exc.msg} in line {line}, column {column} of the reply"
        ) from exc
    return data


def without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which no name stands twice: which of them is meant is not known.

    :raises NoObject: Naming the first that does.
    """
    data: dict[str, Any] = {}
    for name, value in pairs:
        if name in data:
            raise NoObject(f'the name "{name}" stands twice in one object of it')
        data[name] = value
    return data


def _cleaned(search: _Search, start: int) -> tuple[str, int]:
    """An object without comments and trailing commas, and where it ends.

    What is taken away becomes spaces, so that every character keeps its place.

    :param start: Position of its opening brace.
    :returns: The object, and the position behind it.
    :raises NoObject: If it is not closed, or nested more deeply than any design.
    """
    text = search.text
    parts: list[str] = []
    depth = 0
    position = start
    while (match := _NEXT.search(text, position)) is not None:
        search.marks -= 1
        if search.marks <= 0:
            raise NoObject("it has far more brackets and commas than any design")
        parts.append(text[position : match.start()])
        position = match.start()
        character = match[0]
        skipped: re.Match[str] | None = None
        if character == '"':
            skipped = _STRING.match(text, position)
            if skipped is None:
                break  # its line ends within the string
            parts.append(skipped[0])
        elif character in "#/":
            skipped = _LINE_COMMENT.match(text, position)
            if skipped is None and position + 1 < search.last_comment:
                skipped = _BLOCK_COMMENT.match(text, position)
            if skipped is not None:
                parts.append(re.sub(r"[^\n]", " ", skipped[0]))
        if skipped is not None:
            position = skipped.end()
            continue
        if character in "}]":
            _drop_trailing_comma(parts)
        parts.append(character)
        position += 1
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(character, 0)
        if depth == 0:
            return "".join(parts), position
        if depth > MAX_NESTED:
            raise NoObject("its JSON is nested too deeply")
    raise NoObject(f"its JSON object is not closed; {ENDS_MIDWAY}")


def _drop_trailing_comma(parts: list[str]) -> None:
    """Take away the comma that is the last thing of the parts, white space left aside."""
    for number in reversed(range(len(parts))):
        if parts[number].strip():
            if parts[number] == ",":
                parts[number] = " "
            return
