"""pydantic's many errors about a design as the one that a person should see first."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from freqgen.exceptions import DesignError

_UNION_MEMBERS = frozenset({"TrailingAtr", "Candles", "str", "int", "float", "list[str]"})
"""How pydantic calls the members of a design's unions in the path of an error."""


LISTED = 5
"""How many faults are named at once; the rest are counted."""

_MISSING = "is missing"

_HINTS = {
    "contract": "write 1, or leave it out",
    "risk.stoploss": "write the largest loss as a move of the price, as in -0.05 for 5 %",
    "risk.take_profit": "write the profit as a move of the price, as in 0.05 for 5 %",
    "risk.leverage": "leave it out to trade without leverage",
    "risk.risk_per_trade": "write a share of the wallet, as in 0.01 for 1 %",
}


def _is_member(part: int | str) -> bool:
    # A model with a validator is called "function-after[_validator(), Model]".
    return isinstance(part, str) and (part in _UNION_MEMBERS or "[" in part)


def design_error(exc: ValidationError, origin: str, known: Sequence[str]) -> DesignError:
    """The first of pydantic's errors as one sentence, with the path of its field.

    :param origin: What the design is called.
    :param known: Names of fields, for the nearest one.
    """
    errors = _meant(exc.errors(include_url=False))
    path, message, hint = _told(errors[0], known)
    also = _also(message, [_told(error, known) for error in errors[1:]])
    hint = "; ".join(part for part in (hint, also) if part)
    if not path:
        return DesignError(f"{origin}: {message}", hint=hint)
    return DesignError(f"{message} (in {origin})", path=path, hint=hint)


def _told(error: Any, known: Sequence[str]) -> tuple[str, str, str]:
    """Path, message and hint of one of pydantic's errors."""
    parts = [part for part in error["loc"] if not _is_member(part)]
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "missing":
        return path, _MISSING, ""
    if error["type"] == "extra_forbidden":
        near = get_close_matches(str(parts[-1]), known, n=1)
        return path, "is not a field of a design", f"the nearest field is {near[0]}" if near else ""
    hint = _HINTS.get(path, "")
    if path == "risk.stoploss" and error["type"] == "less_than" and 0 < error["input"] < 1:
        hint = f"a loss is negative: write {-error['input']:g}"
    return path, message[:1].lower() + message[1:], hint


def _also(message: str, rest: list[tuple[str, str, str]]) -> str:
    """What else is wrong, in a few words."""
    if not rest:
        return ""
    listed = rest[: LISTED - 1]
    more = f" and {len(rest) - len(listed)} more" if len(rest) > len(listed) else ""
    if {message, *(what for _, what, _ in rest)} == {_MISSING}:
        return f"also missing: {', '.join(path for path, _, _ in listed)}{more}"
    said = "; ".join(f"{path}: {what}" if path else what for path, what, _ in listed)
    return f"also wrong: {said}{';' if more else ''}{more}"


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
