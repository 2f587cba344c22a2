from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.kinds import kinds_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.vocabulary import Kind

_HEAD = "def f(dataframe):\n"


class LostCopy(Rule):
    """FG335: a column or some rows are taken out under a name, changed there, and not used again.

    Since pandas 3 what is taken out of a dataframe is a copy: ``low = dataframe["low"]`` and
    ``low[condition] = 0`` change nothing in the dataframe, without a word.
    """

    HINT = 'write dataframe.loc[condition, "column"] = value'
    VALID = (
        _HEAD + "    x = dataframe['a'].copy()\n    x[x > 1] = 0\n    dataframe['b'] = x\n",
        _HEAD + "    df = dataframe.copy()\n    df['x'] = 1\n    return df\n",
        _HEAD + "    df = dataframe\n    df['x'] = 1\n",
        _HEAD + "    x = dataframe['a']\n    x[x > 1] = 0\n    return x\n",
        _HEAD + "    low = dataframe[dataframe['a'] > 1]\n    low['x'] = 1\n    g(low)\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "    x = dataframe['a']\n    x[dataframe['b'] > 1] = 0\n"
            "    return dataframe\n",
            line=3,
            fixed=_HEAD + "    x = dataframe['a']\n    dataframe.loc[dataframe['b'] > 1, 'a'] = 0\n"
            "    return dataframe\n",
        ),
        Bad(
            code=_HEAD + "    low = dataframe[dataframe['a'] > 1]\n    low['x'] = 1\n"
            "    return dataframe\n",
            line=3,
            fixed=_HEAD + "    low = dataframe[dataframe['a'] > 1]\n"
            "    dataframe.loc[dataframe['a'] > 1, 'x'] = 1\n    return dataframe\n",
        ),
        Bad(
            code=_HEAD + "    low = dataframe.loc[dataframe['a'] > 1]\n    low.loc[:, 'x'] = 1\n"
            "    return dataframe\n",
            line=3,
        ),
        Bad(
            code=_HEAD + "    x = dataframe['a']\n    x.fillna(0, inplace=True)\n"
            "    return dataframe\n",
            line=3,
        ),
    )

    def check(self) -> None:
        self.kinds = kinds_of(self.source)
        for function in self.source.all(cst.FunctionDef):
            for assign in self.source.below(function.body, cst.Assign):
                target = assign.targets[0].target
                if len(assign.targets) == 1 and isinstance(target, cst.Name):
                    self._taken(function, target, assign.value)

    def _taken(
        self, function: cst.FunctionDef, target: cst.Name, value: cst.BaseExpression
    ) -> None:
        if not isinstance(value, cst.Subscript) or len(self.source.values(target)) != 1:
            return
        kind = self.kinds.of(value)
        if kind not in {Kind.SERIES, Kind.BOOLS, Kind.FRAME} or not self._of_frame(value):
            return
        changes: list[cst.CSTNode] = []
        for name in self.source.named(function.body, target.value):
            if name is target:
                continue
            parent = self.source.parent(name)
            if isinstance(parent, cst.Attribute) and parent.attr is name:
                continue
            change = self._change(name)
            if change is None:
                return  # it is used
            if not any(self.source.inside(name, one) for one in changes):
                changes.append(change)
        for change in changes:
            self.report(
                change,
                f"this changes a copy under the name {target.value}, which nothing uses",
                edits=self._direct(change, value),
            )

    def _of_frame(self, node: cst.Subscript) -> bool:
        """Whether something is taken out of a dataframe that has a name."""
        base = node.value.value if isinstance(node.value, cst.Attribute) else node.value
        return isinstance(base, cst.Name) and self.kinds.of(base) is Kind.FRAME

    def _change(self, name: cst.Name) -> cst.CSTNode | None:
        """The target or call that changes what the name holds; ``None`` where it is used."""
        node: cst.CSTNode = name
        parent = self.source.parent(node)
        while isinstance(parent, cst.Subscript | cst.Attribute) and parent.value is node:
            node, parent = parent, self.source.parent(parent)
        if isinstance(parent, cst.AssignTarget) and node is not name:
            return node
        if isinstance(parent, cst.AugAssign) and parent.target is node and node is not name:
            return node
        if isinstance(parent, cst.Call) and parent.func is node:
            in_place = any(
                a.keyword is not None and a.keyword.value == "inplace" for a in parent.args
            )
            if in_place and isinstance(self.source.parent(parent), cst.Expr):
                return parent
        statement = next(
            (a for a in self.source.ancestors(name) if isinstance(a, cst.Assign)), None
        )
        if statement is not None and len(statement.targets) == 1:
            target = statement.targets[0].target
            if isinstance(target, cst.Subscript) and self._root(target) == name.value:
                return target  # it is read only to be changed
        return None

    def _root(self, node: cst.BaseExpression) -> str:
        while isinstance(node, cst.Subscript | cst.Attribute):
            node = node.value
        return node.value if isinstance(node, cst.Name) else ""

    def _direct(self, change: cst.CSTNode, taken: cst.Subscript) -> list[Edit]:
        """The edit that changes the dataframe itself, where rows and column are plain."""
        if not isinstance(change, cst.Subscript) or not isinstance(change.value, cst.Name):
            return []
        if not isinstance(taken.value, cst.Name) or "#" in self.text(change) + self.text(taken):
            return []
        outer, inner = taken.slice[0].slice, change.slice[0].slice
        if not isinstance(outer, cst.Index) or not isinstance(inner, cst.Index):
            return []
        if self.kinds.of(taken) is Kind.FRAME:
            rows, column = outer.value, inner.value
        else:
            rows, column = inner.value, outer.value
        if self.kinds.of(rows) is not Kind.BOOLS or self.source.strings(column) is None:
            return []
        text = f"{taken.value.value}.loc[{self.text(rows)}, {self.text(column)}]"
        return [self.replace(change, text)]
