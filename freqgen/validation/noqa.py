"""Comments by which the author of a file says that a finding is known: ``# noqa: FG301``.

As in ruff, ``# noqa: FG301, FG302`` silences these codes on its line, a bare ``# noqa`` all, and
codes of other programs (``# noqa: E501``) none of ours. A finding is silenced on its own line,
and on the last line of a statement that goes over several.

Nothing silences ``FG0``, ``FG5`` and what says that a strategy had to be stopped (``FG810`` to
``FG815``): whether it may be run is not for its file to say. And
no comment counts where a model wrote the code; see :class:`freqgen.checking.Checking`.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from freqgen.finding import Edit, Finding
from freqgen.validation.selection import is_guard

_NOQA = re.compile(
    r"#\s*noqa(?![\w-])(?P<colon>\s*:\s*(?P<codes>[A-Z]+[0-9]+\b(?:[,\s]+[A-Z]+[0-9]+\b)*)?)?",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Z]+[0-9]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment that silences something.

    :param codes: What it names; empty where it silences everything.
    :param line: Line in the source, from 1.
    :param column: Column of its beginning, from 1.
    :param begin: Offset of the comment in the source.
    :param named: Offsets of the first and after the last character of the codes.
    :param whole: Whether nothing else stands in the comment.
    """

    codes: tuple[str, ...]
    line: int
    column: int
    begin: int
    named: tuple[int, int]
    whole: bool

    def fits(self, code: str) -> bool:
        """Whether it silences a code."""
        return not is_guard(code) and (not self.codes or code in self.codes)


class Comments:
    """The comments of one source that silence findings; none where it cannot be read."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.all: tuple[Comment, ...] = ()
        self._ends: dict[int, int] = {}
        """Last line of the statement that a line belongs to."""
        if "noqa" in source.lower():
            try:
                self.all = tuple(self._read())
            except (tokenize.TokenError, SyntaxError, ValueError, RecursionError):
                self.all = ()
        self._by_line = {comment.line: comment for comment in self.all}

    def silencing(self, finding: Finding) -> Comment | None:
        """The comment that silences a finding, if one does."""
        if finding.line is None:
            return None
        for line in (finding.line, self._ends.get(finding.line, finding.line)):
            comment = self._by_line.get(line)
            if comment is not None and comment.fits(finding.code):
                return comment
        return None

    def without(self, comment: Comment, codes: frozenset[str]) -> tuple[Edit, ...]:
        """What takes codes out of a comment, and the comment away where nothing is left."""
        kept = [code for code in comment.codes if code not in codes]
        begin, end = comment.named
        if kept:
            return (Edit(start=begin, end=end, text=", ".join(kept)),)
        if not comment.whole:
            return ()  # somebody's words stand behind the codes
        start, stop = comment.begin, self.source.find("\n", comment.begin)
        stop = len(self.source) if stop < 0 else stop
        stop -= self.source[start:stop].endswith("\r")
        first = self.source.rfind("\n", 0, start) + 1
        code = self.source[first:start].rstrip(" \t")
        if code:
            return (Edit(start=first + len(code), end=stop, text=""),)
        rest = re.compile(r"\r?\n?").match(self.source, stop)
        return (Edit(start=first, end=rest.end() if rest else stop, text=""),)

    def _read(self) -> Iterator[Comment]:
        starts = [0, *(i + 1 for i, c in enumerate(self.source) if c == "\n")]
        first = 0
        for token in tokenize.generate_tokens(io.StringIO(self.source, newline="").readline):
            line, column = token.start
            if token.type == tokenize.COMMENT:
                comment = _comment(token.string, line, column, starts[line - 1] + column)
                if comment is not None:
                    yield comment
            elif token.type == tokenize.NEWLINE:
                if first and line > first:
                    self._ends |= dict.fromkeys(range(first, line), line)
                first = 0
            elif not first and token.type not in _LAYOUT:
                first = line


_LAYOUT = {tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def _comment(text: str, line: int, column: int, begin: int) -> Comment | None:
    match = _NOQA.search(text)
    if match is None or (match["colon"] and not match["codes"]):
        return None  # words after the colon name no code, and are not meant to silence everything
    named = match.span("codes") if match["codes"] else (match.end(), match.end())
    return Comment(
        codes=tuple(code.upper() for code in _CODE.findall(match["codes"] or "")),
        line=line,
        column=column + match.start() + 1,
        begin=begin + match.start(),
        named=(begin + named[0], begin + named[1]),
        whole=match.start() == 0 and not text[match.end() :].strip(),
    )
