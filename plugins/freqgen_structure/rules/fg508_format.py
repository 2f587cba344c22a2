from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.expressions import reads_attributes
from freqgen_structure.rule import Bad, Rule


class Format(Rule):
    """FG508: a format string reads attributes of what it is given.

    ``"{0.config}".format(self)`` reads an attribute from within a text, where no other check
    sees it. Use an f-string, whose expressions are code like any other. Where the format string
    itself cannot be seen in the file, this is a warning, and an error if it is given ``self``.
    """

    HINT = 'write an f-string, as in f"{value:.2f}"'
    VALID = (
        "x = 'ema_{}'.format(5)\ny = '{name:>{width}}'.format(name=n, width=3)\n",
        "x = f'{trade.open_rate:.2f}'\ny = '{0[pair]}'.format(metadata)\n",
        "template = 'ema_{}'\nx = template.format(5)\n",
    )
    INVALID: ClassVar = (
        Bad(code="x = '{0.os.environ}'.format(y)", line=1),
        Bad(code="x = 1\ny = '{l.os}'.format_map({'l': z})", line=2),
        Bad(code="x = '{:{0.width}}'.format(y)", line=1),
        Bad(code="t = '{0.config}'\nx = t.format(self)", line=2),
        Bad(code="x = (a + b).format(self)", line=1),
        Bad(code="x = (a + b).format(c)", line=1),
        Bad(code="f = '{0.os}'.format", line=1),
    )

    def visit_Attribute(self, node: cst.Attribute) -> None:
        if node.attr.value not in {"format", "format_map"}:
            return
        templates = self.source.strings(node.value)
        call = self.source.parent(node)
        called = isinstance(call, cst.Call) and call.func is node
        if templates is not None:
            if any(reads_attributes(template) for template in templates):
                self.report(node, "this format string reads attributes of what it is given")
            return
        if isinstance(node.value, cst.FormattedString):
            return  # already a text by the time format sees it
        arguments = call.args if isinstance(call, cst.Call) and called else ()
        whole = any(isinstance(a.value, cst.Name) and a.value.value == "self" for a in arguments)
        risky = whole or node.attr.value == "format_map"
        self.report(
            node,
            "the format string cannot be seen here, and may read attributes of what it is given",
            severity=Severity.ERROR if risky else Severity.WARNING,
        )
