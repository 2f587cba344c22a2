"""How Freqtrade calls the methods of a strategy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.nodes import argument, dotted, text_of

if TYPE_CHECKING:
    from freqgen_structure.source import Source

DATAFRAME_METHODS = ("self", "dataframe", "metadata")
"""Parameters of every method that is given a dataframe and returns one."""

POPULATE = ("populate_indicators", "populate_entry_trend", "populate_exit_trend")


@dataclass(frozen=True, slots=True, kw_only=True)
class Informative:
    """The arguments of one ``@informative``; ``None`` where they are not literals.

    :param plain: Whether all of them are literals, so that the columns' names are known.
    """

    timeframe: str | None
    asset: str
    fmt: str | None
    plain: bool


def informative_calls(source: Source, method: cst.FunctionDef) -> list[Informative]:
    """What the ``@informative`` decorators of a method say."""
    found = []
    for decorator in method.decorators:
        call = decorator.decorator
        if not isinstance(call, cst.Call):
            continue
        path = source.imported(call.func) or dotted(call.func) or ""
        if path.rpartition(".")[2] != "informative":
            continue
        timeframe = argument(call, 0, "timeframe")
        asset = argument(call, 1, "asset")
        fmt = argument(call, 2, "fmt")
        texts = [
            _literal(source, value) if value is not None else ""
            for value in (timeframe, asset, fmt)
        ]
        found.append(
            Informative(
                timeframe=texts[0] or None,
                asset=texts[1] or "",
                fmt=texts[2] or None,
                plain=None not in texts and bool(texts[0]),
            )
        )
    return found


def _literal(source: Source, value: cst.BaseExpression) -> str | None:
    if isinstance(value, cst.Name) and value.value == "None":
        return ""
    text = text_of(value)
    if text is None and isinstance(value, cst.Name):
        attribute = source.attributes.get(value.value)  # a constant of the class body
        text = text_of(attribute[1]) if attribute else None
    return text


def dataframe_parameter(method: cst.FunctionDef) -> str | None:
    """Name of the second parameter, which is the dataframe."""
    positional = [*method.params.posonly_params, *method.params.params]
    return positional[1].name.value if len(positional) > 1 else None
