from typing import ClassVar

import libcst as cst

from freqgen_structure.attributes import is_dunder
from freqgen_structure.rule import Bad, Rule

_NAMEDTUPLE = frozenset({"_asdict", "_fields", "_make", "_replace"})


class Private(Rule):
    """FG512: a private attribute of somebody else's object is read.

    Names that begin with an underscore are the inside of a library or of the bot:
    ``self.dp._exchange`` is the connection to the exchange, ``random._os`` the machine.
    """

    HINT = "use the documented attributes"
    VALID = (
        "class S:\n    def f(self):\n        self._cache = self._make()\n        return self._x\n",
        "class S:\n    @classmethod\n    def f(cls):\n        return [cls._x for _ in range(3)]\n",
        "x = point._asdict()\n",
        "class P:\n    _x = 1\n\n\ny = P._x\n",
        "for _ in range(3):\n    pass\n",
    )
    INVALID: ClassVar = (
        Bad(code="x = self.dp._exchange", line=1),
        Bad(code="x = 1\ny = self.wallets._config", line=2),
        Bad(code="import random\nrandom._os.mkdir('x')", line=2),
        Bad(code="x.__lines = None", line=1),
        Bad(code="class S:\n    def f(self):\n        return self._helper._secret\n", line=3),
        Bad(code="def peek(self):\n    return self._exchange\n", line=2),
        Bad(
            code="class S:\n    def f(self):\n        def peek(self):\n"
            "            return self._exchange\n        return peek(self.dp)\n",
            line=4,
        ),
        Bad(code="class S:\n    @staticmethod\n    def f(self):\n        self._api\n", line=4),
        Bad(code="class P(DataProvider):\n    def f(self):\n        self._exchange\n", line=3),
    )

    def visit_Attribute(self, node: cst.Attribute) -> None:
        name = node.attr.value
        if not name.startswith("_") or is_dunder(name) or name in _NAMEDTUPLE:
            return
        if self.source.local_class(node.value) is not None or self._super(node.value):
            return
        owner = self.source.method_of(node.value)
        if owner is not None and (
            self.source.defines(owner, name) or not self.source.derives_foreign(owner)
        ):
            return
        self.report(node, f"{name} is private")

    @staticmethod
    def _super(node: cst.BaseExpression) -> bool:
        return (
            isinstance(node, cst.Call)
            and isinstance(node.func, cst.Name)
            and node.func.value == "super"
        )
