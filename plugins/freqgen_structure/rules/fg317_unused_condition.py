from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.kinds import kinds_of
from freqgen_structure.nodes import dotted
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.vocabulary import Kind

_HEAD = (
    "from functools import reduce\nfrom freqtrade.strategy import IStrategy\n\n\n"
    "class S(IStrategy):\n    def populate_entry_trend(self, dataframe, metadata):\n"
)


class UnusedCondition(Rule):
    """FG317: a condition or an indicator is computed, and nothing uses it.

    A condition that is kept under a name and left out of the signal changes nothing, and the
    strategy trades more often than meant. A list of conditions that is never joined is the same.
    """

    SEVERITY = Severity.WARNING
    HINT = "join it with the others by &, or leave it out"
    VALID = (
        _HEAD + "        low = dataframe['a'] < 3\n        dataframe.loc[low, 'enter_long'] = 1\n",
        _HEAD + "        conditions = []\n        conditions.append(dataframe['a'] < 3)\n"
        "        dataframe.loc[reduce(lambda x, y: x & y, conditions), 'enter_long'] = 1\n",
        _HEAD + "        conditions = []\n        if self.x:\n"
        "            conditions.append(dataframe['a'] < 3)\n        if conditions:\n"
        "            dataframe.loc[reduce(lambda x, y: x & y, conditions), 'enter_long'] = 1\n",
        _HEAD + "        macd, _ = self.macd(dataframe)\n        _unused = dataframe['a'] > 3\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "        low = dataframe['a'] < 3\n        high = (\n"
            "            dataframe['a'] > 3\n        )\n        dataframe.loc[low, 'x'] = 1\n",
            line=8,
        ),
        Bad(
            code=_HEAD + "        conditions = []\n"
            "        conditions.append(dataframe['a'] < 3)\n        return dataframe\n",
            line=7,
        ),
        Bad(
            code=_HEAD + "        conditions = []\n        if self.x:\n"
            "            conditions.append(dataframe['a'] < 3)\n"
            "        dataframe.loc[reduce(lambda x, y: x & y, conditions), 'enter_long'] = 1\n",
            line=10,
        ),
        Bad(
            code=_HEAD + "        mask = dataframe['a'] > 1\n        mask &= dataframe['b'] > 1\n"
            "        dataframe['enter_long'] = 1\n",
            line=7,
        ),
    )

    def check(self) -> None:
        self.kinds = kinds_of(self.source)
        for method in self.source.all(cst.FunctionDef):
            self._function(method)
        for call in self.source.all(cst.Call):
            self._reduced(call)

    def _function(self, function: cst.FunctionDef) -> None:
        seen: set[str] = set()
        for assign in self.source.below(function.body, cst.Assign):
            target = assign.targets[0].target
            if not isinstance(target, cst.Name) or len(assign.targets) > 1:
                continue
            if target.value in seen or target.value.startswith("_"):
                continue
            if self.source.function_of(assign) is not function:
                continue
            seen.add(target.value)
            gathers = isinstance(assign.value, cst.List)
            if not gathers and not self._many(assign.value):
                continue
            if self._read(function, target.value):
                continue
            if gathers and not self._appended(function, target.value):
                continue
            what = (
                "conditions are gathered here, and nothing joins them"
                if gathers
                else (f'"{target.value}" is computed, and nothing uses it')
            )
            self.report(target, what)

    def _many(self, node: cst.BaseExpression) -> bool:
        kind = self.kinds.of(node)
        return kind is not None and (kind.many or kind is Kind.FRAME)

    def _read(self, function: cst.FunctionDef, name: str) -> bool:
        """Whether a name is read in a function, other than to be changed itself."""
        for node in self.source.below(function.body, cst.Name):
            if node.value != name:
                continue
            parent = self.source.parent(node)
            match parent:
                case cst.AssignTarget() | cst.AugAssign():
                    if not isinstance(parent, cst.AugAssign) or parent.target is node:
                        continue
                case cst.Attribute(attr=attr) if attr is node:
                    continue
                case cst.Attribute(attr=cst.Name(value="append")):
                    continue
                case cst.Arg(keyword=keyword) if keyword is node:
                    continue
            return True
        return any(
            isinstance(node, cst.Global | cst.Nonlocal)
            for node in self.source.below(function.body, cst.BaseSmallStatement)  # type: ignore[type-abstract]
        )

    def _appended(self, function: cst.FunctionDef, name: str) -> bool:
        return any(
            isinstance(call.func, cst.Attribute)
            and call.func.attr.value == "append"
            and isinstance(call.func.value, cst.Name)
            and call.func.value.value == name
            and self._many(call.args[0].value)
            for call in self.source.below(function.body, cst.Call)
            if call.args
        )

    # -- a list that may be empty ----------------------------------------------------------

    def _reduced(self, call: cst.Call) -> None:
        path = self.source.imported(call.func) or ""
        if path != "functools.reduce" or len(call.args) != 2:
            return
        listed = call.args[1].value
        function = self.source.function_of(call)
        if not isinstance(listed, cst.Name) or function is None:
            return
        value = self.source.value(listed)
        if not isinstance(value, cst.List) or value.elements:
            return
        if any(
            isinstance(a, cst.If | cst.IfExp) and self._names(a.test, listed.value)
            for a in self.source.ancestors(call)
        ):
            return
        if self._filled(function, listed.value, value):
            return
        self.report(
            call,
            f'"{listed.value}" may be empty here, and then this raises an error',
            hint=f"write it under if {listed.value}:",
        )

    def _names(self, node: cst.BaseExpression, name: str) -> bool:
        return any(one.value == name for one in self.source.below(node, cst.Name))

    def _only_read(self, node: cst.CSTNode | None) -> bool:
        """Whether it is an argument of a call that puts nothing into a list."""
        call = self.source.parent(node) if isinstance(node, cst.Arg) else None
        return isinstance(call, cst.Call) and (dotted(call.func) or "").rpartition(".")[2] in {
            "len",
            "print",
            "reduce",
        }

    def _filled(self, function: cst.FunctionDef, name: str, value: cst.List) -> bool:
        """Whether something is put into a list whatever happens, or in a way not known here."""
        block = next(a for a in self.source.ancestors(value) if isinstance(a, cst.IndentedBlock))
        for node in self.source.below(function.body, cst.Name):
            if node.value != name:
                continue
            holder = self.source.parent(node)
            if isinstance(holder, cst.AssignTarget) or self._only_read(holder):
                continue
            if not isinstance(holder, cst.Attribute) or holder.attr.value != "append":
                return True
            inner = next(a for a in self.source.ancestors(node) if isinstance(a, cst.IndentedBlock))
            alternatives = any(
                isinstance(a, cst.If) and a.orelse is not None for a in self.source.ancestors(node)
            )
            looped = isinstance(self.source.parent(inner), cst.For | cst.With | cst.Try)
            if inner is block or alternatives or looped:
                return True
        return False
