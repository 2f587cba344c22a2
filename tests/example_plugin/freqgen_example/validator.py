"""A validator that finds ``print``, which fills a bot's log on every candle."""

import ast

from freqgen import Finding, Phase, Severity


class NoPrint:
    """EX101: a strategy that prints does so for every pair on every candle."""

    VALID = ("import logging\nlogging.getLogger(__name__).info('hello')\n",)
    INVALID = (
        ("print('hello')\n", 1),
        ("if True:\n    print('hello')\n", 2),
    )

    name = "no-print"
    phase = Phase.STRUCTURE
    codes = ("EX101",)

    def check(self, draft, design, context):
        """Find every call of ``print``."""
        for node in ast.walk(ast.parse(draft.source)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "print"
            ):
                yield Finding(
                    code="EX101",
                    severity=Severity.WARNING,
                    phase=self.phase,
                    message="print writes for every pair on every candle",
                    hint="use logging.getLogger(__name__)",
                    line=node.lineno,
                    column=node.col_offset + 1,
                )
