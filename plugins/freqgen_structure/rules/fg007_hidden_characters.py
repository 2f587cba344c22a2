from typing import ClassVar

from freqgen import Phase
from freqgen_structure.rule import Bad, Rule


class HiddenCharacters(Rule):
    """FG007: an editor shows other code than Python runs.

    An encoding declaration such as ``unicode_escape`` can turn a comment into code; lone
    carriage returns, zero-width and bidirectional characters hide or reorder what a reader
    sees. None of them has a use in a strategy. A page break on a line of its own may stay.
    """

    PHASE = Phase.PARSE
    VALID = (
        "# -*- coding: utf-8 -*-\nx = 'été, 日本'\n",
        "x = 1\r\ny = 2\r\n",
        "x = '\\u202e'\n",
        "x = 1\n\f\ny = 2\n",
        "x = 1\r\n\f\r\ny = 2\r\n",
    )
    INVALID: ClassVar = (
        Bad(code="# coding: unicode_escape\nx = 1\n", line=1),
        Bad(code="#!/usr/bin/python\n# vim: set fileencoding=latin-1 :\nx = 1\n", line=2),
        Bad(code="x = 1\ny = 'a\u202eb'\n", line=2),
        Bad(code="x = 1  # fine\rimport os\n", line=1),
        Bad(code="x = 1\nif x:\n    \f  y = 2\n", line=3),
    )

    def check(self) -> None:
        problem = self.source.problem
        if problem is not None and problem.code == "FG007":
            self.report(problem.line, problem.message, hint=problem.hint, column=problem.column)
