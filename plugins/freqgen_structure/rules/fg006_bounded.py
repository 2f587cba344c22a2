from typing import ClassVar

from freqgen import Phase
from freqgen_structure.rule import Bad, Rule


class Bounded(Rule):
    """FG006: the file is too large, or nested too deeply, to be checked.

    Programs that read code go one step deeper for every level of nesting, and every term of a
    long sum is a level. What cannot be checked is not run. The limits are a million characters
    and 200 levels.
    """

    PHASE = Phase.PARSE
    VALID = ("x = (((1 + 2) + 3) + 4)\n", "x = " + " + ".join("1" * 150) + "\n")
    INVALID: ClassVar = (
        Bad(code="y = 0\nx = " + " + ".join("1" * 400) + "\n", line=2),
        Bad(code="x = " + "not " * 300 + "True\n", line=1),
    )

    def check(self) -> None:
        problem = self.source.problem
        if problem is not None and problem.code == "FG006":
            self.report(problem.line, problem.message, hint=problem.hint, column=problem.column)
