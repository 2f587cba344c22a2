from __future__ import annotations

from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.argument_edits import without_arguments
from freqgen_structure.imported import signature
from freqgen_structure.nodes import argument
from freqgen_structure.rule import Bad, Rule

_FILLS = {"ffill": "ffill", "pad": "ffill", "bfill": "bfill", "backfill": "bfill"}


class FillMethod(Rule):
    """FG353: missing values are filled by ``method=``, which pandas 3 does not have.

    ``fillna(method="ffill")`` and ``interpolate(method="pad")`` raise an error. ``ffill()``
    does the same. ``bfill()`` does what ``method="bfill"`` did, which looks at later candles.
    """

    VALID = (
        'df["rsi"].ffill()',
        'df["rsi"].fillna(50)',
        'df["rsi"].fillna(value=0)',
        'df["rsi"].interpolate(method="linear")',
        'df.reindex(index, method="ffill")',
        "class A:\n    def fillna(self, method): ...\n    def f(self):\n"
        "        self.fillna(method='ffill')\n",
    )
    INVALID: ClassVar = (
        Bad(
            code='df["rsi"] = df["rsi"].fillna(method="ffill")  # hold\n',
            line=1,
            fixed='df["rsi"] = df["rsi"].ffill()  # hold\n',
        ),
        Bad(
            code='x = 1\ndf.fillna(value=None, method="pad", limit=3, inplace=True)\n',
            line=2,
            fixed="x = 1\ndf.ffill(limit=3, inplace=True)\n",
        ),
        Bad(
            code='df["rsi"] = (\n    df["rsi"]\n    .fillna(\n        method="bfill",\n'
            "        limit=2,\n    )\n)\n",
            line=4,
            fixed='df["rsi"] = (\n    df["rsi"]\n    .bfill(\n        limit=2,\n    )\n)\n',
        ),
        Bad(
            code='df.fillna(None, "ffill")\n',
            line=1,
            fixed="df.ffill()\n",
        ),
        Bad(
            code='HOW = "ffill"\ndf.fillna(method=HOW)\n',
            line=2,
            fixed='HOW = "ffill"\ndf.ffill()\n',
        ),
        Bad(
            code='df["x"].interpolate("pad", limit=2)\n',
            line=1,
            fixed='df["x"].ffill(limit=2)\n',
        ),
        Bad(code="df.fillna(method=how)\n", line=1),
    )

    def visit_Call(self, node: cst.Call) -> None:
        if not isinstance(node.func, cst.Attribute) or self._own(node.func.value):
            return
        name = node.func.attr.value
        if name == "fillna":
            self._fill(node, node.func, argument(node, 1, "method"))
        elif name == "interpolate":
            method = argument(node, 0, "method")
            if method is not None and self._fills(method):
                self._fill(node, node.func, method)

    def _own(self, base: cst.BaseExpression) -> bool:
        return self.source.method_of(base) is not None or bool(self.source.imports(base))

    def _fills(self, method: cst.BaseExpression) -> str | None:
        names = {_FILLS.get(text) for text in self.source.strings(method) or ()}
        return names.pop() if len(names) == 1 else None

    def _fill(self, node: cst.Call, func: cst.Attribute, method: cst.BaseExpression | None) -> None:
        known = signature("pandas.Series.fillna")
        if method is None or known is None or "method" in known.parameters:
            return
        fill = self._fills(method)
        self.report(
            method,
            f'{func.attr.value} of pandas 3 does not take "method"'
            if func.attr.value == "fillna"
            else "interpolate of pandas 3 does not fill with a value from before or after",
            hint=f"write {fill or 'ffill'}()",
            edits=self._edits(node, func, fill, method) if fill else (),
        )

    def _edits(
        self, node: cst.Call, func: cst.Attribute, fill: str, method: cst.BaseExpression
    ) -> tuple[Edit, ...]:
        gone = [arg for arg in node.args if arg.value is method]
        if func.attr.value == "fillna":
            value = argument(node, 0, "value")
            if value is not None:
                if not (isinstance(value, cst.Name) and value.value == "None"):
                    return ()
                gone += [arg for arg in node.args if arg.value is value]
        for arg in node.args:
            keyword = arg.keyword.value if arg.keyword is not None else ""
            empty = isinstance(arg.value, cst.Name) and arg.value.value == "None"
            if keyword == "downcast" and empty:
                gone.append(arg)
            elif arg not in gone and keyword not in {"axis", "inplace", "limit", "limit_area"}:
                return ()
        dropped = without_arguments(self.source, node, gone)
        return (self.replace(func.attr, fill), *dropped) if dropped is not None else ()
