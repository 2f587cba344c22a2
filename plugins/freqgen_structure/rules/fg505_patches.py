from typing import ClassVar

import libcst as cst

from freqgen_structure.nodes import dotted
from freqgen_structure.rule import Bad, Rule

_PANDAS = frozenset({"columns", "index", "name", "names"})
_DOCUMENTED = frozenset({"self.freqai.class_names"})
_BOT = frozenset({"config", "dp", "wallets", "freqai"})


class Patches(Rule):
    """FG505: an attribute of something that is not the strategy's own is assigned or deleted.

    ``np.mean = …`` changes the function for the bot and for every other strategy; ``trade.x =
    …`` changes the books. A strategy may set attributes of ``self`` and of objects of its own
    classes, and ``columns``, ``index`` and ``name`` of dataframes and series.
    """

    VALID = (
        "class S:\n    def f(self):\n        self.x = 1\n        self.state.count += 1\n",
        "dataframe.columns = ['a', 'b']\nseries.name = 'x'\ndataframe.index.name = 'date'\n",
        "class P:\n    x = 0\n\n\np = P()\np.x = 1\nP.x = 2\n",
        "dataframe['x'] = 1\n",
        "class S:\n    def f(self):\n        self.freqai.class_names = ['down', 'up']\n",
    )
    INVALID: ClassVar = (
        Bad(code="import numpy as np\nnp.mean = lambda *a: 1.0\n", line=2),
        Bad(code="from freqtrade.persistence import Trade\nTrade.calc_profit = f\n", line=2),
        Bad(code="def f(self, trade):\n    trade.stop_loss = 1\n", line=2),
        Bad(code="class S:\n    def f(self):\n        self.config.x = 1\n", line=3),
        Bad(code="def tune(cls):\n    cls.calc_profit = f\n\n\ntune(Trade)\n", line=2),
        Bad(code="def f():\n    class Trade: ...\n\n\nTrade.x = 1\n", line=5),
        Bad(code="def f(self):\n    type(self).populate = 1\n", line=2),
        Bad(code="import pandas as pd\ndel pd.DataFrame.mean\n", line=2),
        Bad(code="for np.x in y:\n    pass\n", line=1),
        Bad(code="class K:\n    pass\nx, other.y = 1, 2\n", line=3),
    )

    def visit_Assign(self, node: cst.Assign) -> None:
        for target in node.targets:
            self._target(target.target)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self._target(node.target)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        self._target(node.target)

    def visit_For(self, node: cst.For) -> None:
        self._target(node.target)

    def visit_CompFor(self, node: cst.CompFor) -> None:
        self._target(node.target)

    def visit_WithItem(self, node: cst.WithItem) -> None:
        if node.asname is not None and isinstance(node.asname.name, cst.BaseExpression):
            self._target(node.asname.name)

    def visit_Del(self, node: cst.Del) -> None:
        self._target(node.target)

    def _target(self, target: cst.BaseExpression) -> None:
        if isinstance(target, cst.Tuple | cst.List):
            for element in target.elements:
                self._target(element.value)
        elif isinstance(target, cst.StarredElement):
            self._target(target.value)
        elif isinstance(target, cst.Attribute) and not self._own(target):
            name = dotted(target) or target.attr.value
            self.report(
                target,
                f"{name} does not belong to the strategy",
                hint="keep values of the strategy's own in self",
            )
        elif isinstance(target, cst.Subscript):
            base = dotted(target.value) or ""
            if self.source.imported(target.value) is not None:
                self.report(target, f"{base} does not belong to the strategy")

    def _own(self, target: cst.Attribute) -> bool:
        path = dotted(target)
        if path is None or self.source.imported(target.value) is not None:
            return False
        parts = path.split(".")
        root = self._first(target)
        if self.source.method_of(root) is not None:
            return len(parts) == 2 or parts[1] not in _BOT or path in _DOCUMENTED
        if target.attr.value in _PANDAS:
            return True
        return self.source.local_class(root) is not None or self._instance(target.value)

    @staticmethod
    def _first(node: cst.BaseExpression) -> cst.BaseExpression:
        while isinstance(node, cst.Attribute):
            node = node.value
        return node

    def _instance(self, node: cst.BaseExpression) -> bool:
        """Whether a name is bound to an object of a class of this file, and to nothing else."""
        if not isinstance(node, cst.Name):
            return False
        values = self.source.values(node)
        return bool(values) and all(self._makes_own(value) for value in values)

    def _makes_own(self, value: cst.BaseExpression | None) -> bool:
        return isinstance(value, cst.Call) and self.source.local_class(value.func) is not None
