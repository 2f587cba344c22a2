from typing import ClassVar

import libcst as cst

from freqgen_structure.attributes import refusal
from freqgen_structure.rule import Bad, Rule

_REFUSED = frozenset({"config", "session"})


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
        Bad(
            code="def f():\n    class object: ...\n\n\nmatch dp:\n    case object(_exchange=e):\n"
            "        e\n",
            line=6,
        ),
        Bad(
            code="class P(Protocol):\n    _exchange = 0\n\n\nmatch dp:\n"
            "    case P(_exchange=e):\n        e\n",
            line=6,
        ),
    )

    def visit_MatchClass(self, node: cst.MatchClass) -> None:
        local = self.source.local_class(node.cls)
        for element in node.kwds:
            name = element.key.value
            if local is None:
                self.report(node, f"this pattern reads {name} of any object")
            elif name.startswith("_") or name in _REFUSED or refusal(name):
                # A protocol is a class of the file, and matches whatever has the attribute.
                self.report(element.key, f"this pattern reads {name}, which no pattern may")
