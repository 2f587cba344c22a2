from typing import ClassVar

import libcst as cst

from freqgen_structure.rule import Bad, Rule
from freqgen_structure.source import dotted


class MatchAttributes(Rule):
    """FG506: a pattern of ``match`` reads attributes of any object.

    ``case object(os=found)`` reads the attribute ``os`` without a dot, past every other check.
    Patterns with classes of the file itself are fine.
    """

    HINT = "read attributes with a dot, or match on values"
    VALID = (
        "match side:\n    case 'long' | 'short':\n        x = 1\n    case _:\n        x = 2\n",
        "class P:\n    x = 0\n\n\nmatch p:\n    case P(x=1):\n        y = 1\n",
        "match value:\n    case int() | float():\n        y = 1\n"
        "    case {'a': b}:\n        y = b\n",
    )
    INVALID: ClassVar = (
        Bad(code="match logging:\n    case object(os=o):\n        o.mkdir('x')\n", line=2),
        Bad(
            code="match f:\n    case 1:\n        pass\n    case F(__globals__=g):\n        g\n",
            line=4,
        ),
    )

    def visit_MatchClass(self, node: cst.MatchClass) -> None:
        name = dotted(node.cls) or ""
        if node.kwds and name not in self.source.classes:
            self.report(node, f"this pattern reads {node.kwds[0].key.value} of any object")
