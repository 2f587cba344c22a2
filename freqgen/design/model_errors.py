"""pydantic's many errors about a design as the one that a person should see first."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from freqgen.exceptions import DesignError

_UNION_MEMBERS = frozenset({"TrailingAtr", "Candles", "str", "int", "float", "list[str]"})
"""How pydantic calls the members of a design's unions in the path of an error."""


def _is_member(part: int | str) -> bool:
    # A model with a validator is called "function-after[_validator(), Model]".
    return isinstance(part, str) and (part in _UNION_MEMBERS or "[" in part)


def design_error(exc: ValidationError, origin: str, known: Sequence[str]) -> DesignError:
    """The first of pydantic's errors as one sentence, with the path of its field.

    :param origin: What the design is called.
    :param known: Names of fields, for the nearest one.
    """
    errors = _meant(exc.errors(include_url=False))
    first = errors[0]
    parts = [part for part in first["loc"] if not _is_member(part)]
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    message = first["msg"].removeprefix("Value error, ")
    hint = ""
    if first["type"] == "missing":
        message = "is missing"
    elif first["type"] == "extra_forbidden":
        near = get_close_matches(str(parts[-1]), known, n=1)
        message = "is not a field of a design"
        hint = f"the nearest field is {near[0]}" if near else ""
    else:
        message = message[:1].lower() + message[1:]
    more = len(errors) - 1
    if more and not hint:
        hint = f"{more} more {'field needs' if more == 1 else 'fields need'} a look"
    if not path:
        return DesignError(f"{origin}: {message}", hint=hint)
    return DesignError(f"{message} (in {origin})", path=path, hint=hint)


def _meant(errors: list[Any]) -> list[Any]:
    """Errors without those of the members of a union that were not meant.

    pydantic reports what is wrong with every member; the one with the fewest errors is meant,
    and of two the one that lacks nothing.
    """
    members: dict[tuple[Any, ...], dict[Any, list[Any]]] = {}
    for error in errors:
        loc = error["loc"]
        for number, part in enumerate(loc):
            if _is_member(part):
                members.setdefault(loc[:number], {}).setdefault(part, []).append(error)
                break
    dropped: list[int] = []
    for by_member in members.values():
        best = min(
            by_member,
            key=lambda m: (
                len(by_member[m]),
                sum(e["type"] in {"missing", "extra_forbidden"} for e in by_member[m]),
                -max(len(e["loc"]) for e in by_member[m]),
            ),
        )
        dropped += [id(e) for m, found in by_member.items() if m != best for e in found]
    return [error for error in errors if id(error) not in dropped]
