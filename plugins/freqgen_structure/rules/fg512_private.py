from typing import ClassVar

import libcst as cst

from freqgen_structure.attributes import is_dunder
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.source import dotted

_NAMEDTUPLE = frozenset({"_asdict", "_fields", "_make", "_replace"})


class Private(Rule):
    """FG512: a private attribute of somebody else's object is read.

    Names that begin with an underscore are the inside of a library or of the bot:
    ``self.dp._exchange`` is the connection to the exchange, ``random._os`` the machine.
    """

    HINT = "use the documented attributes"
    VALID = (
        "class S:\n    def f(self):\n        self._cache = self._make()\n        return cls._x\n",
        "x = point._asdict()\n",
        "class P:\n    _x = 1\n\n\ny = P._x\n",
        "for _ in range(3):\n    pass\n",
    )
    INVALID: ClassVar = (
        Bad(code="x = self.dp._exchange", line=1),
        Bad(code="x = 1\ny = self.wallets._config", line=2),
        Bad(code="import random\nrandom._os.mkdir('x')", line=2),
        Bad(code="x.__lines = None", line=1),
        Bad(code="x = self._helper._secret", line=1),
    )

    def visit_Attribute(self, node: cst.Attribute) -> None:
        name = node.attr.value
        if not name.startswith("_") or is_dunder(name) or name in _NAMEDTUPLE:
            return
        owner = dotted(node.value)
        if owner in {"self", "cls"} or owner in self.source.classes or self._super(node.value):
            return
        self.report(node, f"{name} is private")

    @staticmethod
    def _super(node: cst.BaseExpression) -> bool:
        return (
            isinstance(node, cst.Call)
            and isinstance(node.func, cst.Name)
            and node.func.value == "super"
        )
