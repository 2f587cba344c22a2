import re
from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.rule import Bad, Rule

_FILE_WIDE = re.compile(r"#\s*(mypy\s*:|pyright\s*:|pytype\s*:\s*skip-file)", re.IGNORECASE)
_LINE = re.compile(r"\btype\s*:\s*ignore\b", re.IGNORECASE)


class Suppression(Rule):
    """FG511: a comment silences the type check.

    ``# type: ignore`` hides one line and ``# mypy: ignore-errors`` the whole file from the
    checks that come after. freqgen's own type check ignores such comments; other people's
    does not. For a whole file this is an error, for a line a warning.
    """

    SEVERITY = Severity.WARNING
    HINT = "remove the comment, and correct what it hides"
    VALID = ("x = 1  # noqa: F401\n# pragma pylint: disable=invalid-name\n", "# a type: ignored\n")
    INVALID: ClassVar = (
        Bad(code="# mypy: ignore-errors\nx = 1\n", line=1),
        Bad(code="x = '''\n# mypy: ignore-errors\n'''\n", line=2),
        Bad(code="x = 1\ny = f(x)  # type: ignore[arg-type]\n", line=2),
        Bad(code="x = 1  # noqa  # type: ignore  # nosec\n", line=1),
    )

    def check(self) -> None:
        super().check()
        comments = {self.source.position(node)[0] for node in self.source.all(cst.Comment)}
        for number, line in enumerate(self.source.text.split("\n"), start=1):
            # mypy looks at lines, and finds such a comment in a text of several lines too.
            if line.startswith("# mypy: ") and number not in comments:
                self.report(
                    number,
                    "this line of a text changes the type check of the file",
                    severity=Severity.ERROR,
                )

    def visit_Comment(self, node: cst.Comment) -> None:
        if _FILE_WIDE.match(node.value):
            self.report(
                node, "this comment changes the type check of the file", severity=Severity.ERROR
            )
        elif _LINE.search(node.value):
            self.report(node, "this comment hides a line from the type check")
