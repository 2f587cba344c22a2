"""What to do about a finding of the type check."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from freqgen_types.plain import TALIB_ARRAY

if TYPE_CHECKING:
    from freqgen_types.checking import Message

_HINTS = {
    "FG701": "correct the name: the documentation of what stands before the dot lists what it has",
    "FG702": "compare the call with the documentation of the function",
    "FG703": "take the parameters that Freqtrade documents, and **kwargs after them",
    "FG705": "import or define it above, or correct its spelling",
    "FG706": "give it a value of the type that Freqtrade reads",
    "FG707": "read the value of the parameter, as in self.buy_rsi.value",
    "FG709": "look at the line, and for the code in brackets in mypy's list of error codes",
}
_WANTED = re.compile(r'expected "(?P<wanted>[^"]+)"')
_BASE = re.compile(r'base class "\w+" defined the type as "(?P<base>.+)"\)')
_TALIB = re.compile(r"def (?P<name>[A-Z]\w+)\(DataFrame[^/]*/(?:, (?P<parameters>[^*]*?))?, \*")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def hint_of(
    code: str, message: Message, function: Function | None, optional: Collection[str]
) -> str:
    """What to do next.

    :param function: The function that the message is about, if it is in one.
    :param optional: Methods of which Freqtrade takes ``None``.
    """
    if code == "FG704":
        return _returned(message, function, optional)
    if code == "FG701" and TALIB_ARRAY in message.text:
        return (
            "of a column TA-Lib makes a NumPy array: give it the dataframe, and price= where the "
            "column is another than close, or wrap the array in pd.Series"
        )
    taken = _TALIB.search(message.hint) if code == "FG702" else None
    if taken is not None:
        names = ", ".join(re.findall(r"(\w+): ", taken["parameters"] or ""))
        return (
            f"after the dataframe, {taken['name']} takes {names or 'nothing'}: TA-Lib refuses a "
            "value of another type, and ignores what is too much"
        )
    wanted = _WANTED.search(message.text)
    if code == "FG702" and message.code == "arg-type" and wanted:
        if wanted["wanted"].startswith("int") and '"float"' in message.text:
            return "give it a whole number, or use DecimalParameter for one with decimals"
        return f"give it a value of the type {wanted['wanted']}"
    base = _BASE.search(message.text)
    if code == "FG706" and base:
        return f"Freqtrade reads it as {base['base']}: give it a value of that type"
    return _HINTS[code]


def _returned(message: Message, function: Function | None, optional: Collection[str]) -> str:
    annotation = "" if function is None or function.returns is None else function.returns
    written = ast.unparse(annotation) if isinstance(annotation, ast.expr) else ""
    wanted = _WANTED.search(message.text)
    expected = wanted["wanted"] if wanted else written
    name = function.name if function is not None else "the method"
    if "DataFrame" in expected:
        return f"return the dataframe at the end of every path through {name}"
    nothing = message.code == "return" or '(got "None"' in message.text
    if nothing and name in optional:
        if "None" in written or "Optional" in written:
            return "write return None where it is meant to return nothing"
        return f"Freqtrade takes None from {name}: annotate it as -> {written} | None"
    if nothing:
        return f"return {_article(expected)} at the end of every path through {name}"
    return f"return {_article(expected)}, or correct the annotation of {name}"


def _article(expected: str) -> str:
    return f"a value of the type {expected}" if expected else "a value"
