"""Small pieces that the lines of all indicators are written with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from freqgen.design.layout import WIDTH, Attached, Brackets, Infix, Parens, Text, render

_INDENT = 8  # lines stand in a method of a class
TALIB = "import talib.abstract as ta"
NUMPY = "import numpy as np"
PANDAS = "from pandas import Series"
PANDAS_BOTH = "from pandas import DataFrame, Series"
NO_INFINITY = ".replace([np.inf, -np.inf], np.nan)"


def column(frame: str, name: str) -> str:
    """Source of a column of the dataframe."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'{frame}["{escaped}"]'


def arguments(params: Mapping[str, float | int]) -> list[str]:
    """Parameters as keyword arguments."""
    return [f"{name}={value!r}" for name, value in params.items()]


def call(function: str, args: Iterable[str]) -> str:
    """A call on one line."""
    return f"{function}({', '.join(args)})"


def assign(target: str, function: str, args: Iterable[str], tail: str = "") -> str:
    """Assign what a call returns, on several lines if it is long."""
    brackets = Brackets(f"{function}(", tuple(Text(arg) for arg in args), f"){tail}")
    text = render(Attached(f"{target} = ", brackets, ""), _INDENT)
    return _outdented(text)


def assign_infix(target: str, operator: str, parts: Iterable[str], tail: str = "") -> str:
    """Assign an operation, in parentheses where something follows it or where it is long."""
    operation = Infix(operator, tuple(Text(part) for part in parts))
    flat = f"{target} = {operation.flat()}"
    if not tail and _INDENT + len(flat) <= WIDTH:
        return flat
    return _outdented(render(Attached(f"{target} = ", Parens(operation, tail), ""), _INDENT))


def _outdented(text: str) -> str:
    return text.replace("\n" + " " * _INDENT, "\n")


def local_name(columns: Mapping[str, str], suffix: str) -> str:
    """A variable that no other indicator's lines use: columns are unique, so is this.

    :param columns: Output name to column; ``bb_upper`` and ``bb_lower`` give ``bb_<suffix>``.
    """
    stems = {name.removesuffix(f"_{output}") for output, name in columns.items()}
    stem = stems.pop() if len(stems) == 1 else next(iter(columns.values()))
    name = re.sub(r"\W", "_", f"{stem}_{suffix}")
    return f"_{name}" if name[0].isdigit() else name
