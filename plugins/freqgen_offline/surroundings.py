"""Looks at what stands before and behind a verb: whose conditions are they?"""

from __future__ import annotations

from collections.abc import Sequence

from freqgen_offline.lexicon import Word
from freqgen_offline.meaning import After, BarePercentage, Items, Placed, Tail
from freqgen_offline.phrases import Clause, Piece
from freqgen_offline.pieces import ENDS, VERBS

_LINE_ENDS = frozenset({"NL", "BULLET", "BLANK"})


class Surroundings:
    """The pieces of a brief, and what stands around each.

    :param pieces: Clauses and dividers, in the order of the text.
    """

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces
        self.next_verb = self._next_verbs()
        """For every piece, where in the same sentence the next verb is."""
        self.listed = self._listed()
        """For every piece, whether a colon, or the end of the line, follows it, and "when"."""

    def _listed(self) -> list[bool]:
        found = [False] * (len(self.pieces) + 1)
        following: Piece | None = None
        for i in range(len(self.pieces) - 1, -1, -1):
            if isinstance(following, Clause):
                found[i] = following.words[0].type == "COLON"
            elif following is not None and following.type == "WHEN":
                found[i] = found[i + 1]
            else:
                found[i] = following is not None and following.type in _LINE_ENDS
            following = self.pieces[i]
        return found

    def _next_verbs(self) -> list[int | None]:
        found: list[int | None] = [None] * len(self.pieces)
        nearest: int | None = None
        for i in range(len(self.pieces) - 1, -1, -1):
            piece = self.pieces[i]
            found[i] = nearest
            if isinstance(piece, Word):
                if piece.type in ENDS:
                    nearest = None
                elif piece.type in VERBS:
                    nearest = i
        return found

    def colon(self, i: int) -> bool:
        """Whether a colon, or the end of the line, follows the verb."""
        return self.listed[i]

    def opens(self, i: int) -> bool:
        """Whether the verb is followed by its conditions rather than preceded by them."""
        following = self.pieces[i + 1] if i + 1 < len(self.pieces) else None
        if isinstance(following, Clause):
            if isinstance(following.meaning, Items | None) and i + 2 < len(self.pieces):
                then = self.pieces[i + 2]  # "sell half when"
                if isinstance(then, Word) and then.type == "WHEN":
                    return True
            ends = self.pieces[i].type.startswith("EXIT")  # type: ignore[union-attr]
            if ends and isinstance(following.meaning, After | BarePercentage | Items):
                return True
            return following.words[0].type == "COLON" or (
                isinstance(following.meaning, Placed)
                and not isinstance(following.meaning.what, Tail)
            )
        return following is not None and following.type == "WHEN"

    def opens_later(self, i: int) -> bool:
        """Whether the next verb of the sentence has conditions of its own behind it."""
        verb = self.next_verb[i]
        return verb is not None and (self.opens(verb) or self.colon(verb))

    def goes_on(self, i: int) -> bool:
        """Whether a condition follows that belongs to those before the verb: "provided that"."""
        for position in range(i + 1, min(i + 4, len(self.pieces))):
            piece = self.pieces[position]
            if isinstance(piece, Clause):
                if piece.meaning is not None and not isinstance(piece.meaning, Items):
                    return False
            elif piece.type in {"ALONG", "UNLESS"}:
                return self.next_verb[position] is None or self.opens_later(position)
            elif piece.type != "COMMA":
                return False
        return False

    def ends_in_verb(self, i: int) -> bool:
        """Whether the conditions from here on belong to a verb that comes after them."""
        verb = self.next_verb[i]
        return verb is not None and not self.opens(verb) and not self.colon(verb)

    def is_torn(self, i: int) -> bool:
        """Whether "buy if A, when B, sell if C" does not say where B belongs."""
        before = self.pieces[i - 1]
        verb = self.next_verb[i]
        comma = isinstance(before, Word) and before.type == "COMMA"
        return comma and verb is not None and not self.colon(verb)
