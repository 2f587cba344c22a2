"""Cuts a brief into words of the lexicon, and parses clauses of them.

The grammar lies in ``grammar/``: ``lexicon.lark`` names the words, the other files say how
they go together. Words are found once for the whole text by Lark's lexer; clauses are then
parsed by Lark's LALR parser, which takes time in proportion to their length.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from operator import itemgetter
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


@dataclass(frozen=True, slots=True)
class Squeezed:
    """A text without its long runs of white space, which would be looked through again and again.

    :param text: The text that is left.
    :param gaps: Where in it something was left out, and how many characters until there, in order.
    """

    text: str
    gaps: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, text: str) -> Squeezed:
        """A text with one space for several, and one empty line for several."""
        kept: list[str] = []
        gaps: list[tuple[int, int]] = []
        end = length = 0
        for run in _RUNS.finditer(text):
            short = "\n\n" if "\n" in run[0] else " "
            kept += [text[end : run.start()], short]
            length += run.start() - end + len(short)
            end = run.end()
            gaps.append((length, end - length))
        return cls("".join([*kept, text[end:]]), tuple(gaps))

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where ``self.text[start:end]`` stands in the text that it was made of."""
        return start + self._left_out(start), end + self._left_out(end - 1)

    def _left_out(self, position: int) -> int:
        at = bisect_right(self.gaps, position, key=itemgetter(0))
        return self.gaps[at - 1][1] if at else 0


_RUNS = re.compile(r"[^\S\n]{2,}+|\n[^\S\n]*+\n\s*+")
"""White space that says no more than one space or one empty line does."""


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
    squeezed = Squeezed.of(plain(text))
    for token in clause_parser().lex(squeezed.text):
        at = token.start_pos or 0
        raw = str(token)
        stripped = raw.strip()
        if not stripped:  # a line feed: a divider of its own
            yield Word(token.type, *squeezed.place(at, at + len(raw)), token)
            continue
        at += len(raw) - len(raw.lstrip())
        start, end = squeezed.place(at, at + len(stripped))
        if token.type == "TIME" and text[start:end].endswith("M"):
            token = token.update(type="WORD")  # noqa: PLW2901  (a month, as charts write it)
        yield Word(token.type, start, end, token)


def families(found: Sequence[Word]) -> dict[str, str]:
    """Which function is meant by a name of several, such as "the middle band".

    The one that the brief names, if it names a single one; else the usual one.
    """
    named = {"BBANDS"} if any(w.type == "BB" for w in found) else set()
    for word in found:
        if word.type == "KNOWN":
            named.add(meant("KNOWN", word.token))
        elif word.type == "OUTPUT":
            named.add(meant("OUTPUT", word.token)[0])
    meaning = {}
    for family, members in FAMILIES.items():
        said = [m for m in members if m in named]
        if len(said) == 1:
            meaning[family] = said[0]
    return meaning


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
