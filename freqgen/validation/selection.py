"""Which findings a person wants to see: ``--select`` and ``--ignore``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from freqgen.exceptions import UsageError
from freqgen.validation.watched import STOPPED

GUARDS = ("FG0", "FG5", *sorted(STOPPED))
"""Beginnings of the codes that keep a draft from going on, whatever is left out of a report.

What cannot be parsed was not checked, what the safety rules refuse may be an attack, and what had
to be stopped when it was tried would have to be stopped again.
"""

FAMILIES = {
    "file": "FG0",
    "interface": "FG1",
    "lookahead": "FG2",
    "silent": "FG3",
    "cost": "FG4",
    "safety": "FG5",
    "design": "FG6",
    "types": "FG7",
    "behaviour": "FG8",
}
"""Words that may stand for the beginning of a code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Codes that are reported, by their beginnings. The longest beginning that fits decides.

    :param select: Only these; empty for all.
    :param ignore: Not these; of two beginnings of the same length this one wins.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    @classmethod
    def parse(cls, select: Sequence[str], ignore: Sequence[str], known: Iterable[str]) -> Selection:
        """Read what was typed: codes, their beginnings, or names of families, with commas.

        :param known: All codes that there are.
        :raises UsageError: If something fits none of them; names the nearest.
        """
        codes = tuple(known)
        return cls(select=_read("--select", select, codes), ignore=_read("--ignore", ignore, codes))

    def wants(self, code: str) -> bool:
        """Whether findings of a code are reported.

        ``--select`` alone does not hide why a file could not be read: then nothing of what was
        selected has been looked for.
        """
        ignored = _longest(code, self.ignore)
        if not self.select or (code.startswith("FG0") and ignored == 0):
            return ignored == 0
        return _longest(code, self.select) > ignored


EVERYTHING = Selection()
"""Nothing is left out."""


def is_guard(code: str) -> bool:
    """Whether an error of this code keeps a draft from going on even if nobody sees it."""
    return code.startswith(GUARDS)


def _longest(code: str, beginnings: Sequence[str]) -> int:
    return max((len(one) for one in beginnings if code.startswith(one)), default=0)


def _read(option: str, said: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    found: list[str] = []
    for word in (part.strip() for one in said for part in one.split(",")):
        if not word:
            continue
        code = FAMILIES.get(word.lower(), word.upper())
        if code == "ALL":
            code = "F"
        if not any(one.startswith(code) for one in known):
            raise UsageError(f'{option}: there is no rule "{word}"', hint=_meant(word, known))
        found.append(code)
    if said and not found:
        raise UsageError(f"{option} names no rule", hint=f"as in {option} FG2,FG101")
    return tuple(dict.fromkeys(found))


def _meant(word: str, known: Sequence[str]) -> str:
    near = get_close_matches(word.upper(), known, n=3, cutoff=0.8)
    near += get_close_matches(word.lower(), FAMILIES, n=1)
    meant = f"did you mean {' or '.join(near)}? " if near else ""
    return f"{meant}A code (FG201), the beginning of codes (FG2) or a family: {', '.join(FAMILIES)}"
