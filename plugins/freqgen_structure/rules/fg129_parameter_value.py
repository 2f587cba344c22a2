from collections.abc import Collection
from typing import ClassVar

import libcst as cst

from freqgen_structure.nearest import nearest
from freqgen_structure.nodes import dotted
from freqgen_structure.parameters import Parameter, own_parameters
from freqgen_structure.rule import Bad, Rule

_HEAD = (
    "import talib.abstract as ta\nfrom freqtrade.strategy import IntParameter, IStrategy\n\n\n"
    "class S(IStrategy):\n    buy_rsi = IntParameter(10, 40, default=30)\n"
)
_MEMBERS = frozenset(
    "value range opt_range low high default space optimize load name in_space decimals "
    "param_type can_optimize get_space".split()
)
_LIBRARIES = (
    "talib.", "numpy.", "pandas.", "technical.", "pandas_ta.", "math.", "datetime.timedelta",
    "freqtrade.strategy.stoploss_from_",
)  # fmt: skip
"""What works with numbers."""
_ENTRY = "    def populate_entry_trend(self, dataframe, metadata):\n"


class ParameterValue(Rule):
    """FG129: a hyperopt parameter is used where its value is meant.

    ``self.buy_rsi`` is the parameter, and ``self.buy_rsi.value`` its number. Compared with a
    column or handed to an indicator, the parameter raises an error, or, in a text or a
    condition, gives nonsense without one.
    """

    HINT = "write .value behind it"
    VALID = (
        _HEAD + _ENTRY + "        x = self.buy_rsi.value\n\n\nclass T(IStrategy):\n"
        "    sell_rsi = IntParameter(10, 40, default=30)\n\n"
        "    def populate_exit_trend(self, dataframe, metadata):\n"
        "        x = self.sell_rsi.value\n\n\nclass U(S):\n    pass\n",
        _HEAD + _ENTRY + "        x = dataframe['rsi'] < self.buy_rsi.value\n",
        _HEAD + _ENTRY + "        for n in self.buy_rsi.range:\n            x = n\n",
        _HEAD + _ENTRY + "        self.helper(self.buy_rsi)\n",
        _HEAD + _ENTRY + "        if self.other < 3:\n            x = self.buy_rsi.low\n",
    )
    INVALID: ClassVar = (
        Bad(
            code="from datetime import timedelta\n"
            + _HEAD
            + "    def custom_exit(self, pair, trade, **kwargs):\n"
            "        return timedelta(hours=self.buy_rsi)\n",
            line=9,
            fixed="from datetime import timedelta\n"
            + _HEAD
            + "    def custom_exit(self, pair, trade, **kwargs):\n"
            "        return timedelta(hours=self.buy_rsi.value)\n",
        ),
        Bad(
            code=_HEAD + _ENTRY + "        x = self.buy_rsi.val\n",
            line=8,
            fixed=_HEAD + _ENTRY + "        x = self.buy_rsi.value\n",
        ),
        Bad(
            code=_HEAD + _ENTRY + "        x = self.buy_rssi.value\n",
            line=8,
            fixed=_HEAD + _ENTRY + "        x = self.buy_rsi.value\n",
        ),
        Bad(
            code=_HEAD + _ENTRY + "        x = (\n            dataframe['rsi']\n"
            "            < self.buy_rsi  # low\n        )\n",
            line=10,
            fixed=_HEAD + _ENTRY + "        x = (\n            dataframe['rsi']\n"
            "            < self.buy_rsi.value  # low\n        )\n",
        ),
        Bad(
            code=_HEAD + _ENTRY + "        x = ta.EMA(dataframe, timeperiod=self.buy_rsi)\n",
            line=8,
            fixed=_HEAD + _ENTRY + "        x = ta.EMA(dataframe, timeperiod=self.buy_rsi.value)\n",
        ),
        Bad(
            code=_HEAD + _ENTRY + "        x = dataframe[f'ema_{self.buy_rsi}']\n",
            line=8,
            fixed=_HEAD + _ENTRY + "        x = dataframe[f'ema_{self.buy_rsi.value}']\n",
        ),
        Bad(
            code=_HEAD + _ENTRY + "        if self.buy_rsi:\n            x = 2\n",
            line=8,
            fixed=_HEAD + _ENTRY + "        if self.buy_rsi.value:\n            x = 2\n",
        ),
        Bad(
            code=_HEAD + _ENTRY + "        at = self.buy_rsi\n        x = dataframe['rsi'] < at\n",
            line=8,
            fixed=_HEAD
            + _ENTRY
            + "        at = self.buy_rsi.value\n        x = dataframe['rsi'] < at\n",
        ),
        Bad(
            code=_HEAD + _ENTRY + "        x = dataframe['rsi'].rolling(self.buy_rsi).mean()\n",
            line=8,
            fixed=_HEAD
            + _ENTRY
            + "        x = dataframe['rsi'].rolling(self.buy_rsi.value).mean()\n",
        ),
    )

    def check(self) -> None:
        parameters = own_parameters(self.source)
        if not parameters:
            return
        for use in self.source.all(cst.Attribute):
            if use.attr.value in parameters and self._is_own(use.value):
                self._use(use, parameters[use.attr.value])
        if not self.source.foreign_bases:
            self._misspelt(parameters)

    def _is_own(self, base: cst.BaseExpression) -> bool:
        if isinstance(base, cst.Name) and base.value == "self":
            owner = self.source.method_of(base)
            return owner is None or owner in self.source.lineage
        return self.source.local_class(base) in self.source.lineage

    def _member(self, node: cst.Attribute, parameter: Parameter) -> None:
        """A name that is read from a parameter."""
        name = node.attr.value
        if name in _MEMBERS or name.startswith("_"):
            return
        right = "value" if name.startswith("val") else nearest(name, _MEMBERS)
        self.report(
            node.attr,
            f"the parameter {parameter.name} has no {name}",
            hint=f"write .{right or 'value'}",
            edits=[self.replace(node.attr, right)] if right else (),
        )

    def _misspelt(self, names: Collection[str]) -> None:
        """``self.buy_rssi.value``, where nothing of that name is there."""
        for node in self.source.all(cst.Attribute):
            inner = node.value
            if node.attr.value not in {"value", "range"} or not isinstance(inner, cst.Attribute):
                continue
            name = inner.attr.value
            if name in names or not (
                isinstance(inner.value, cst.Name) and self._is_own(inner.value)
            ):
                continue
            if any(self.source.defines(owner, name) for owner in self.source.lineage):
                continue
            right = nearest(name, names, synonyms=False)
            self.report(
                inner.attr,
                f"there is no parameter {name}",
                hint=f"write {right}" if right else "add it to the body of the class",
                edits=[self.replace(inner.attr, right)] if right else (),
            )

    def _use(self, use: cst.Attribute, parameter: Parameter) -> None:
        parent = self.source.parent(use)
        if isinstance(parent, cst.Attribute) and parent.value is use:
            self._member(parent, parameter)
            return
        if isinstance(parent, cst.Assign) and parent.value is use:
            if not self._misused(parent):
                return
        elif not self._wants_value(use, parent):
            return
        self.report(
            use,
            f"{dotted(use)} is the parameter {parameter.name}, not its value",
            hint=f"write {dotted(use)}.value",
            edits=[self.insert_after(use, ".value")],
        )

    def _wants_value(self, use: cst.CSTNode, parent: cst.CSTNode | None) -> bool:
        """Whether a place needs a number, a text or a truth."""
        match parent:
            case cst.Comparison() | cst.ComparisonTarget():
                return not self._is_identity(parent)
            case cst.BinaryOperation() | cst.UnaryOperation() | cst.BooleanOperation():
                return True
            case cst.FormattedStringExpression() | cst.Index():
                return True
            case cst.If() | cst.While() | cst.IfExp():
                return parent.test is use
            case cst.Arg():
                call = self.source.parent(parent)
                return isinstance(call, cst.Call) and self._counts(call)
        return False

    def _is_identity(self, node: cst.CSTNode) -> bool:
        targets = (
            [node] if isinstance(node, cst.ComparisonTarget) else getattr(node, "comparisons", ())
        )
        return any(isinstance(t.operator, cst.Is | cst.IsNot) for t in targets)

    def _counts(self, call: cst.Call) -> bool:
        """Whether a call works with numbers: a library's, or a method of a column."""
        paths = self.source.imports(call.func)
        if paths:
            return paths[0].startswith(_LIBRARIES)
        if isinstance(call.func, cst.Name):
            return call.func.value in {"range", "int", "float", "max", "min", "round", "abs", "sum"}
        if not isinstance(call.func, cst.Attribute):
            return False
        return call.func.attr.value in {
            "shift", "rolling", "ewm", "diff", "pct_change", "gt", "lt", "ge", "le", "eq", "clip",
            "between", "tail", "head", "mul", "div", "add", "sub",
        }  # fmt: skip

    def _misused(self, assign: cst.Assign) -> bool:
        """Whether a local name of the parameter is used as its value, and never as itself."""
        target = assign.targets[0].target
        if not isinstance(target, cst.Name) or len(assign.targets) != 1:
            return False
        function = self.source.function_of(assign)
        if function is None:
            return False
        uses = [
            n
            for n in self.source.below(function, cst.Name)
            if n.value == target.value and n is not target
        ]
        wanted = [self._wants_value(n, self.source.parent(n)) for n in uses]
        return bool(uses) and all(wanted)
