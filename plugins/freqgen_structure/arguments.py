"""A call compared with the signature of what is called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from inspect import Parameter, Signature
from typing import TYPE_CHECKING

from freqgen_structure.nearest import nearest

if TYPE_CHECKING:
    import libcst as cst


class Fault(Enum):
    """How an argument does not fit."""

    UNKNOWN = auto()
    """A keyword that the function does not have."""
    TWICE = auto()
    """A keyword for what a position has given already."""
    SURPLUS = auto()
    """One more than there are positions."""
    MISSING = auto()
    """A parameter that must be given is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """One argument that does not fit.

    :param name: The keyword, or the parameter that is missing.
    :param arg: The argument; ``None`` where one is missing.
    :param meant: The parameter that an unknown keyword must mean, if there is one.
    """

    fault: Fault
    name: str
    arg: cst.Arg | None = None
    meant: str | None = None


def misfits(call: cst.Call, signature: Signature, *, bound: bool = False) -> Iterator[Misfit]:
    """The arguments of a call that do not fit; nothing that ``*`` or ``**`` may have given.

    :param bound: Whether the first parameter is the object that the method is called on.
    """
    parameters = list(signature.parameters.values())[1 if bound else 0 :]
    places = [p for p in parameters if p.kind in _PLACES]
    keywords = {p.name: p for p in parameters if p.kind in _KEYWORDS}
    any_place = any(p.kind is Parameter.VAR_POSITIONAL for p in parameters)
    any_keyword = any(p.kind is Parameter.VAR_KEYWORD for p in parameters)
    starred = any(arg.star == "*" for arg in call.args)
    doubly = any(arg.star == "**" for arg in call.args)
    given = {arg.keyword.value for arg in call.args if arg.keyword is not None}
    positional = [arg for arg in call.args if arg.keyword is None and not arg.star]
    filled = {p.name for p in places[: len(positional)]}
    if not any_place and not starred:
        for arg in positional[len(places) :]:
            yield Misfit(fault=Fault.SURPLUS, name="", arg=arg)
    missing = [
        p.name
        for p in parameters
        if p.default is Parameter.empty
        and p.kind not in {Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD}
        and p.name not in given | filled
    ]
    for arg in call.args:
        if arg.keyword is None:
            continue
        name = arg.keyword.value
        if name not in keywords:
            if not any_keyword:
                free = [one for one in keywords if one not in given | filled]
                meant = nearest(name, free)
                if meant in missing:
                    missing.remove(meant)  # one fault is enough
                yield Misfit(fault=Fault.UNKNOWN, name=name, arg=arg, meant=meant)
        elif name in filled and keywords[name].kind is Parameter.POSITIONAL_OR_KEYWORD:
            yield Misfit(fault=Fault.TWICE, name=name, arg=arg)
    if not starred and not doubly:
        for name in missing:
            yield Misfit(fault=Fault.MISSING, name=name)


_PLACES = frozenset({Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD})
_KEYWORDS = frozenset({Parameter.KEYWORD_ONLY, Parameter.POSITIONAL_OR_KEYWORD})
