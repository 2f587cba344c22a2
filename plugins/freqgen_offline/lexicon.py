"""Cuts a brief into words of the lexicon, and parses clauses of them.

The grammar lies in ``grammar/``: ``lexicon.lark`` names the words, the other files say how
they go together. Words are found once for the whole text by Lark's lexer; clauses are then
parsed by Lark's LALR parser, which takes time in proportion to their length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from unicodedata import category

from freqgen_offline.vocabulary import FAMILIES, meant, terminals

if TYPE_CHECKING:
    from lark import Lark, Token

CLAUSE_FILES = ("clause", "conditions", "operands", "risk", "lexicon")

_SAME = {
    **dict.fromkeys("‘’‛′ʼ", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒−﹣－", "-"),
    **dict.fromkeys("–—―", ","),
    **dict.fromkeys("\t\r\x0b\x0c\u00a0\u2007\u2009\u200a\u202f\u3000_\ufeff\u200b", " "),
    **dict.fromkeys("\u0085\u2028\u2029", "\n"),
    "％": "%",
    "＜": "<",
    "＞": ">",
    "×": "x",
    "，": ",",
    "。": ".",
    "：": ":",
    "（": "(",
    "）": ")",
}
"""Characters read as another one. Each stands for exactly one, so that positions hold."""

MEANINGLESS = frozenset(
    {"NOISE", "NOISE_PHRASE", "NOISE_OVER", "NOISE_WORD", "QUOTE", "COLON", "HEADER", "ALSO"}
)
"""Words that are dropped before a clause is parsed."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the lexicon: ``text[start:end]`` of the brief."""

    type: str
    start: int
    end: int
    token: Token


def plain(text: str) -> str:
    """``text`` in lower case and with plain punctuation, character for character."""
    return "".join(_plain_character(c) for c in _DASHES.sub("-", text))


_DASHES = re.compile(r"(?<=[\s<>=(])[–—−](?=[0-9.])")
"""Dashes that are the sign of a number."""


def _plain_character(character: str) -> str:
    same = _SAME.get(character)
    if same is not None:
        return same
    if character != "\n" and category(character).startswith("C"):
        return " "  # no sign at all: control characters, marks of the direction of text
    lower = character.lower()
    return lower if len(lower) == 1 else character


@cache
def _grammar(*names: str) -> str:
    folder = files(__package__) / "grammar"
    files_ = [(folder / f"{name}.lark").read_text(encoding="utf-8") for name in names]
    return "\n".join([*files_, terminals()] if "lexicon" in names else files_)


@cache
def clause_parser() -> Lark:
    """The parser of single clauses, whose lexer also cuts the text."""
    from lark import Lark

    return Lark(_grammar(*CLAUSE_FILES), parser="lalr", lexer="basic", start=["clause", "divider"])


@cache
def logic_parser() -> Lark:
    """The parser of what joins clauses."""
    from lark import Lark

    return Lark(_grammar("logic"), parser="lalr", lexer="basic")


def words(text: str) -> Iterator[Word]:
    """The words of a brief, in order; every character but white space is in one of them."""
    for token in clause_parser().lex(plain(text)):
        start = token.start_pos or 0
        raw = str(token)
        stripped = raw.strip()
        if not stripped:  # a line feed: a divider of its own
            yield Word(token.type, start, start + len(raw), token)
            continue
        start += len(raw) - len(raw.lstrip())
        if token.type == "TIME" and text[start : start + len(stripped)].endswith("M"):
            token = token.update(type="WORD")  # noqa: PLW2901  (a month, as charts write it)
        yield Word(token.type, start, start + len(stripped), token)


def families(text: str) -> dict[str, str]:
    """Which function is meant by a name of several, such as "the middle band".

    The one that the brief names, if it names a single one; else the usual one.
    """
    named = {"BBANDS"} if any(w.type == "BB" for w in words(text)) else set()
    for word in words(text):
        if word.type == "KNOWN":
            named.add(meant("KNOWN", word.token))
        elif word.type == "OUTPUT":
            named.add(meant("OUTPUT", word.token)[0])
    found = {}
    for family, members in FAMILIES.items():
        said = [m for m in members if m in named]
        if len(said) == 1:
            found[family] = said[0]
    return found


def parse_tokens(parser: Lark, tokens: Sequence[Token], start: str | None = None) -> Any:
    """Parse tokens that were made elsewhere.

    :returns: The tree, or ``None`` where they do not fit the grammar.
    """
    from lark import Token, UnexpectedInput

    state = parser.parse_interactive("", start=start)
    try:
        for token in tokens:
            state.feed_token(token)
        return state.feed_token(Token("$END", ""))
    except UnexpectedInput:
        return None
