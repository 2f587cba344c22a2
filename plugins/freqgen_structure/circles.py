"""Answers that rest on each other, in circles too: each is worked out once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Circles(Generic[Answer]):
    """Keeps answers, and says ``None`` where one is asked for while it is worked out.

    What is worked out inside of such a circle may lack something, and is kept only once the circle
    is closed: an answer is kept if nothing that it rests on was cut short by a question that is
    still open around it.

    :param deepest: How many questions may be open at the same time; those beyond get ``None``.
    """

    def __init__(self, deepest: int) -> None:
        self._deepest = deepest
        self._kept: dict[Hashable, Answer | None] = {}
        self._open: dict[Hashable, int] = {}
        self._cut_by = deepest + 2
        """The place of the outermost question, among those open, that cut an answer short."""

    def answer(self, question: Hashable, work_out: Callable[[], Answer | None]) -> Answer | None:
        """The answer to a question."""
        if question in self._kept:
            return self._kept[question]
        place = self._open.get(question, len(self._open))
        if question in self._open or place > self._deepest:
            # Of what is too deep nothing is known: no answer around it is whole.
            self._cut_by = min(self._cut_by, place if question in self._open else 0)
            return None
        outer, self._cut_by = self._cut_by, self._deepest + 2
        self._open[question] = place
        try:
            found = work_out()
        finally:
            del self._open[question]
            inner, self._cut_by = self._cut_by, outer
        if inner >= place:
            self._kept[question] = found
        else:
            self._cut_by = min(outer, inner)
        return found
