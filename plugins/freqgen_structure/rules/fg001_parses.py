from typing import ClassVar

from freqgen import Phase
from freqgen_structure.rule import Bad, Rule


class Parses(Rule):
    """FG001: the file is not Python.

    Everything else is checked only once CPython, and the parser that the other rules use, can
    read the file, and both read the same.
    """

    PHASE = Phase.PARSE
    VALID = ("x = 1\n", "", "# only a comment")
    INVALID: ClassVar = (
        Bad(code="def f(:\n    pass\n", line=1),
        Bad(code="class S:\n    x = [1,\n    y = 2\n", line=2),
        Bad(code="if True:\nx = 1\n", line=2),
        Bad(code="x = 1\x00\n", line=1),
    )

    def check(self) -> None:
        problem = self.source.problem
        if problem is not None and problem.code == "FG001":
            self.report(problem.line, problem.message, hint=problem.hint, column=problem.column)
