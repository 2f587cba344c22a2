from typing import ClassVar

import libcst as cst

from freqgen_structure.rule import Bad, Rule
from freqgen_structure.source import dotted

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
        "def f(self):\n    self.freqai.class_names = ['down', 'up']\n",
    )
    INVALID: ClassVar = (
        Bad(code="import numpy as np\nnp.mean = lambda *a: 1.0\n", line=2),
        Bad(code="from freqtrade.persistence import Trade\nTrade.calc_profit = f\n", line=2),
        Bad(code="def f(self, trade):\n    trade.stop_loss = 1\n", line=2),
        Bad(code="def f(self):\n    self.config.x = 1\n", line=2),
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
        if parts[0] in {"self", "cls"}:
            return len(parts) == 2 or parts[1] not in _BOT or path in _DOCUMENTED
        if target.attr.value in _PANDAS:
            return True
        return parts[0] in self.source.classes or self._instance(target.value)

    def _instance(self, node: cst.BaseExpression) -> bool:
        """Whether a name is bound to an object of a class of this file, and to nothing else."""
        if not isinstance(node, cst.Name):
            return False
        bindings = self.source.assignments(node)
        return bool(bindings) and all(
            self._makes_own(getattr(binding, "node", None)) for binding in bindings
        )

    def _makes_own(self, node: cst.CSTNode | None) -> bool:
        holder = self.source.parent(node) if node is not None else None
        if isinstance(holder, cst.Param):  # a method's first parameter is its object
            function = self.source.function_of(holder)
            owner = self.source.parent(self.source.parent(function)) if function else None  # type: ignore[arg-type]
            first = function.params.params[0] if function and function.params.params else None
            return isinstance(owner, cst.ClassDef) and first is holder
        assign = self.source.parent(holder) if isinstance(holder, cst.AssignTarget) else holder
        value = assign.value if isinstance(assign, cst.Assign | cst.AnnAssign) else None
        return (
            isinstance(value, cst.Call)
            and isinstance(value.func, cst.Name)
            and value.func.value in self.source.classes
        )
