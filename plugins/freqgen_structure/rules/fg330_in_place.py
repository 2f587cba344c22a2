from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.kinds import kinds_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.vocabulary import Kind

# What keeps every row, so that its result can be assigned to the column.
_KEEPS = frozenset("bfill clip ffill fillna interpolate mask replace where".split())
_CHANGES = frozenset("drop drop_duplicates dropna rename sort_index sort_values".split())
_LOCATORS = frozenset({"loc", "iloc"})


class InPlace(Rule):
    """FG330: a method changes a column in place, and the dataframe stays as it is.

    ``dataframe["x"].fillna(0, inplace=True)`` fills a copy of the column: since pandas 3 the
    dataframe itself never changes, and no error is raised.
    """

    HINT = 'write dataframe["x"] = dataframe["x"].fillna(0)'
    VALID = (
        "dataframe.fillna(0, inplace=True)",
        "dataframe['x'] = dataframe['x'].fillna(0)",
        "x = dataframe['x'].copy()\nx.fillna(0, inplace=True)\n",
        "dataframe['x'].fillna(0, inplace=False)",
        "settings['x'].update(values)",
    )
    INVALID: ClassVar = (
        Bad(
            code="dataframe['x'].fillna(0, inplace=True)  # warm-up",
            line=1,
            fixed="dataframe['x'] = dataframe['x'].fillna(0)  # warm-up",
        ),
        Bad(
            code="x = 1\ndataframe.close.replace(\n    to_replace=0, inplace=True, value=1\n)\n",
            line=2,
            fixed="x = 1\ndataframe['close'] = dataframe.close.replace(\n"
            "    to_replace=0, value=1\n)\n",
        ),
        Bad(
            code="dataframe.loc[:, 'x'].ffill(inplace=True)",
            line=1,
            fixed="dataframe.loc[:, 'x'] = dataframe.loc[:, 'x'].ffill()",
        ),
        Bad(
            code="dataframe[['a', 'b']].clip(0, 1, inplace=True)",
            line=1,
            fixed="dataframe[['a', 'b']] = dataframe[['a', 'b']].clip(0, 1)",
        ),
        Bad(
            code="for name in ('a', 'b'):\n    dataframe[name].mask(low, 0, inplace=True)\n",
            line=2,
            fixed="for name in ('a', 'b'):\n    dataframe[name] = dataframe[name].mask(low, 0)\n",
        ),
        Bad(code="dataframe['x'].fillna(\n    0,  # none\n    inplace=True,\n)\n", line=1),
        Bad(code="dataframe['x'].ffill(\n    inplace=True,  # hold\n    limit=3,\n)\n", line=1),
        Bad(
            code="dataframe['x'].fillna(\n    0,\n    inplace=True,  # here\n)\n",
            line=1,
            fixed="dataframe['x'] = dataframe['x'].fillna(\n    0,  # here\n)\n",
        ),
        Bad(code="dataframe['x'].dropna(inplace=True)", line=1),
        Bad(code="dataframe['x'].update(other)", line=1),
        Bad(code="dataframe.copy().fillna(0, inplace=True)", line=1),
        Bad(code="dataframe[dataframe['x'] > 1].fillna(0, inplace=True)", line=1),
    )

    def visit_Expr(self, node: cst.Expr) -> None:
        call = node.value
        if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Attribute):
            return
        kinds = kinds_of(self.source)
        base, name = call.func.value, call.func.attr.value
        kind = kinds.of(base)
        if kind not in {Kind.SERIES, Kind.BOOLS, Kind.FRAME}:
            return
        if not isinstance(base, cst.Subscript | cst.Attribute | cst.Call):
            return  # a name may be used afterwards
        if kind is Kind.FRAME and isinstance(base, cst.Attribute):
            return
        argument = next((a for a in call.args if _in_place(a)), None)
        if name == "update" and kind is not Kind.FRAME and len(call.args) == 1:
            self.report(node, "this changes a copy, and the dataframe stays as it is")
        if name not in _KEEPS | _CHANGES or argument is None:
            return
        edits: list[Edit] = []
        target = self._target(base)
        without = self._without(call, argument)
        if name in _KEEPS and target and without is not None:
            edits = [without, self.insert_before(node, f"{target} = ")]
        self.report(
            node, f"{name}() in place changes a copy, and the dataframe stays as it is", edits=edits
        )

    def _target(self, base: cst.BaseExpression) -> str:
        """What the result is to be assigned to; empty where it cannot be."""
        match base:
            case cst.Attribute(value=frame, attr=attr):
                return f"{self.text(frame)}['{attr.value}']"
            case cst.Subscript(value=cst.Name() | cst.Attribute(attr=cst.Name(value="loc"))):
                if len(base.slice) == 1 and isinstance(base.value, cst.Attribute):
                    return ""
                chosen = base.slice[-1].slice
                key = chosen.value if isinstance(chosen, cst.Index) else None
                names = [e.value for e in key.elements] if isinstance(key, cst.List) else [key]
                named = all(
                    one is not None
                    and (
                        self.source.strings(one) is not None or isinstance(one, cst.FormattedString)
                    )
                    for one in names
                )
                return self.text(base) if named else ""
        return ""

    def _without(self, call: cst.Call, argument: cst.Arg) -> Edit | None:
        """The edit that takes an argument out, with one of the commas at it.

        ``None`` where a comment would go with it.
        """
        number = list(call.args).index(argument)
        start, end = self.source.span(argument.value)
        if argument.keyword is not None:
            start, _ = self.source.span(argument.keyword)
        if number > 0:
            _, start = self.source.span(call.args[number - 1].value)
            for _ in call.args[number - 1].value.rpar:
                start = self.source.text.find(")", start) + 1
        elif len(call.args) > 1:
            following = call.args[1]
            end, _ = self.source.span(following.keyword or following.value)
            end -= len(following.value.lpar) if following.keyword is None else 0
        if "#" in self.source.text[start:end]:
            return None
        return Edit(start=start, end=end, text="")


def _in_place(arg: cst.Arg) -> bool:
    return (
        arg.keyword is not None
        and arg.keyword.value == "inplace"
        and isinstance(arg.value, cst.Name)
        and arg.value.value == "True"
    )
