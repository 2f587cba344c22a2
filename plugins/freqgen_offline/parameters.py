"""Numbers behind the name of an indicator, and which of its parameters each of them is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from lark import Token

from freqgen_offline.known import Known
from freqgen_offline.meaning import UnreadableError
from freqgen_offline.quantities import types
from freqgen_offline.tables import WIDTH
from freqgen_offline.vocabulary import about


def params(token: Token) -> tuple[Decimal, ...]:
    """The numbers of a list, in the order of the text."""
    return tuple(Decimal(n) for n in _NUMBERS.findall(token))


_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
_FILLING = re.compile(r"^(?:with|using|having|and|an?|the|settings?|parameters?|of|,|\s)+")


def ordered(token: Token, function: str) -> tuple[Decimal, ...]:
    """The numbers of a list, in the order of the function's parameters.

    Numbers that are named go where their names say: "(multiplier 3, period 10)". The others stand
    in order, of which the last may be left out.

    :raises UnreadableError: If two are named alike, or one that is not the last is left out.
    """
    known = about(function)
    kinds = {*re.findall(r"[a-z]+", token)} & _KINDS - {function.lower(), f"{function.lower()}s"}
    if kinds and not any(re.search(rf"\b{kind}", p.words) for p in known.params for kind in kinds):
        raise UnreadableError(f"{known.spoken} of another kind of average than the usual one")
    pieces = [p for p in re.split(r"[,/;]|(?<=[0-9])\s+and\s+", token.strip("(), ")) if p.strip()]
    if len(pieces) == 1:
        return _one_alone(token, known)
    places: dict[int, Decimal] = {}
    for position, piece in enumerate(pieces):
        numbers = _NUMBERS.findall(piece)
        if len(numbers) != 1:
            return params(token)
        name = _FILLING.sub("", re.sub(r"[0-9.=:-]+", " ", piece)).strip()
        name = re.sub(r"\s+(?:of|at)$|^(?:periods?|candles?|bars?)\s+(?=\S)", "", name)
        fits = [
            i
            for i, param in enumerate(known.params)
            if name and i not in places and _is_called(name, param.words)
        ]
        place = position if not fits or position in fits else fits[0]
        if place in places:
            raise UnreadableError(f"two numbers for one parameter of {known.spoken}")
        places[place] = Decimal(numbers[0])
    if sorted(places) != list(range(len(places))):
        return _skipped(known, places)
    return tuple(places[i] for i in range(len(places)))


def _one_alone(token: Token, known: Known) -> tuple[Decimal, ...]:
    """The numbers of a list that has no commas, which is one as a rule.

    :raises UnreadableError: If what it is of several parameters is not clear, or it is a factor.
    """
    found = params(token)
    if len(found) != 1:
        return found
    if is_factor(token):
        raise UnreadableError("a factor, and no period")
    name = re.sub(r"[^a-z\s]+", " ", token)
    named = [i for i, param in enumerate(known.params) if _is_named(name, param.words)]
    if not named and {*name.split()} - _FILLERS - _KINDS:
        raise UnreadableError(f"{known.spoken} has no parameter of that name")
    if named and 0 not in named:
        raise UnreadableError(f"one of the parameters of {known.spoken}: say those before it too")
    if re.search(r"\b(?:candles?|bars?)\b", name) and not named and found[0] <= FEW:
        raise UnreadableError("whether so many candles are a period, or how long it holds")
    wide = any(param.words == WIDTH for param in known.params)
    if wide and not named and found[0] <= FEW:
        raise UnreadableError(f"whether {found[0]} is the period of {known.spoken} or their width")
    return found


_FILLERS = frozenset(
    {"with", "using", "having", "of", "and", "a", "an", "the", "at", "to", "set", "times", "uses",
     "default", "setting", "settings", "parameter", "parameters", "candle", "candles", "bar",
     "bars", "period", "periods", "length", "lengths"}
)  # fmt: skip
FEW = 6
"""The widest of bands; as a period it is one that nobody takes."""


def _is_named(text: str, words: str) -> bool:
    """Whether a parameter is called by its name in a text."""
    return re.search(rf"(?<![a-z])(?:{words})(?![a-z])", text) is not None


_KINDS = frozenset({"ema", "sma", "emas", "smas", "atr"})


def are_named(children: Sequence[Any]) -> bool:
    """Whether parameters have names beside them."""
    told = types(children).get("PARAMS")
    return told is not None and re.search(r"[a-z]", told) is not None


def _is_called(name: str, words: str) -> bool:
    """Whether a parameter may be called so: "atr", and "atr period"."""
    return re.fullmatch(rf"(?:{words})(?:\s+(?:periods?|lengths?))?", name) is not None


def _skipped(known: Known, places: Mapping[int, Decimal]) -> tuple[Decimal, ...]:
    """Named parameters with the ones between them as usual."""
    if max(places) >= len(known.params):
        raise UnreadableError(f"{known.spoken} has not so many parameters")
    return tuple(places.get(i, known.params[i].usual) for i in range(max(places) + 1))


def is_width(told: Token) -> bool:
    """Whether parameters are the width of a band alone: "(2.5 std)"."""
    return len(params(told)) == 1 and re.search(rf"(?:{WIDTH})", told) is not None


def is_factor(told: str) -> bool:
    """Whether numbers in brackets are a factor: "(2x)"."""
    return re.search(r"[0-9.]\s*[x×]|[x×]\s*[0-9.]|\btimes\b", told) is not None
