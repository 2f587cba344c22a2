from typing import ClassVar

import libcst as cst

from freqgen_structure.rule import Bad, Rule


class ChainedAssignment(Rule):
    """FG303: a chained assignment changes nothing.

    ``dataframe["enter_long"].loc[condition] = 1`` writes to a copy of the column. Since pandas
    3 the dataframe itself never changes, silently, and the strategy does not trade.
    """

    VALID = (
        'dataframe.loc[condition, "enter_long"] = 1',
        'dataframe["x"] = dataframe["close"].loc[condition]',
        'settings["main"]["color"] = "red"',
        'self.plot_config["main_plot"]["ema"] = {}',
    )
    INVALID: ClassVar = (
        Bad(code='dataframe["enter_long"].loc[condition] = 1', line=1),
        Bad(code='x = 1\ndataframe["enter_long"].iloc[5:] = 1', line=2),
        Bad(code='dataframe["enter_long"][dataframe["rsi"] < 30] = 1', line=1),
        Bad(code='dataframe.loc[condition]["enter_long"] = 1', line=1),
        Bad(code='dataframe[condition]["enter_long"] = 1', line=1),
        Bad(code="dataframe.enter_long.loc[condition] = 1", line=1),
    )

    def visit_Assign(self, node: cst.Assign) -> None:
        for target in node.targets:
            self._target(target.target)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self._target(node.target)

    def _target(self, target: cst.BaseExpression) -> None:
        if isinstance(target, cst.Subscript) and _chained(target):
            self.report(
                target,
                "this assigns to a copy, and the dataframe stays as it is",
                hint='write dataframe.loc[condition, "column"] = value',
            )


def _chained(target: cst.Subscript) -> bool:
    inner = target.value
    if isinstance(inner, cst.Attribute) and inner.attr.value in {"loc", "iloc", "at", "iat"}:
        held = inner.value
        # frame["a"].loc[…] and frame.a.loc[…]; self.frame.loc[…] is a frame of its own.
        if isinstance(held, cst.Attribute):
            return isinstance(held.value, cst.Name) and held.value.value in {"dataframe", "df"}
        return isinstance(held, cst.Subscript)
    if not isinstance(inner, cst.Subscript):
        return False
    if isinstance(inner.value, cst.Attribute) and inner.value.attr.value in {"loc", "iloc"}:
        return True
    # Two plain subscripts are a chain where one of them selects by a condition.
    return _condition(inner) or _condition(target)


def _condition(node: cst.Subscript) -> bool:
    element = node.slice[0].slice
    value = element.value if isinstance(element, cst.Index) else None
    if isinstance(value, cst.UnaryOperation):
        return isinstance(value.operator, cst.BitInvert)
    if isinstance(value, cst.BinaryOperation):
        return isinstance(value.operator, cst.BitAnd | cst.BitOr)
    named = isinstance(value, cst.Name) and value.value in {
        "condition",
        "conditions",
        "cond",
        "mask",
    }
    return isinstance(value, cst.Comparison) or named
