"""Edits of the arguments of a call; comments and layout around them stay."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from freqgen import Edit

if TYPE_CHECKING:
    import libcst as cst

    from freqgen_structure.source import Source


def without_arguments(
    source: Source, call: cst.Call, gone: Collection[cst.Arg]
) -> tuple[Edit, ...] | None:
    """The edits that take some arguments out of a call.

    ``None`` where a comment would go with them.
    """
    args = list(call.args)
    spans = [source.span(arg) for arg in args]
    edits: list[Edit] = []
    number = 0
    while number < len(args):
        if not any(args[number] is arg for arg in gone):
            number += 1
            continue
        last = number
        while last + 1 < len(args) and any(args[last + 1] is arg for arg in gone):
            last += 1
        if last + 1 < len(args):
            start, end = spans[number][0], spans[last + 1][0]
        elif number > 0:
            start, end = spans[number - 1][1], spans[last][1]
        else:
            start, end = spans[0][0], spans[last][1]
            rest = source.text[end:].lstrip()
            if rest.startswith(","):
                end = len(source.text) - len(rest) + 1
        if "#" in source.text[start:end]:
            return None
        edits.append(Edit(start=start, end=end, text=""))
        number = last + 1
    return tuple(edits)


def appended_argument(source: Source, call: cst.Call, text: str) -> Edit:
    """The edit that writes one more argument behind the others."""
    if not call.args:
        _, end = source.span(call)
        return Edit(start=end - 1, end=end - 1, text=text)
    _, end = source.span(call.args[-1])
    return Edit(start=end, end=end, text=f", {text}")
