"""What a verb of a brief and the clauses under it say together."""

from __future__ import annotations

from dataclasses import dataclass, field

from freqgen_offline.lexicon import Word
from freqgen_offline.phrases import Clause

DENIALS = frozenset({"never", "don't", "dont", "doesn't", "avoid", "without", "no", "cannot",
                     "can't", "not", "stop"})  # fmt: skip
PARTIAL = frozenset({"half", "third", "quarter", "rest", "remainder", "remaining", "partial",
                     "partially", "partly", "part", "parts", "portion", "some", "most", "scale",
                     "piece", "tranche", "bit"})  # fmt: skip


@dataclass(eq=False, slots=True)
class Statement:
    """A verb and the clauses under it.

    :param verb: The verb, or ``None``.
    :param list_name: ``entry_long`` and so on, ``exit`` where the side was not said,
        ``filter``, or empty for clauses under no verb that is known.
    :param parts: Clauses, and the dividers between them, in the order of the text.
    :param given: The same, said before the verb, as in "when ADX > 25, buy if ...".
    :param start: Where the statement begins in the brief.
    :param opened: Whether a colon after the verb begins a list.
    :param lost: Whether the verb was denied or not understood, so that nothing under it counts.
    :param continues: Whether it carries on the statement before it.
    :param how: ``any`` or ``all`` where it says "any of" or "all of".
    :param why: Why it is lost, as far as that is known.
    :param late: Whether what is given came about at a point in time, as in "once ...".
    :param also: Further lists that it counts for, as in "cover the short and buy".
    :param denied: Whether the opposite of its conditions must hold, as in "never buy when".
    :param ended: Whether its sentence ends with it.
    :param conditional: Whether "when" or "if" stands in it.
    """

    verb: Word | None = None
    list_name: str = ""
    parts: list[Clause | Word] = field(default_factory=list)
    given: list[Clause | Word] = field(default_factory=list)
    start: int | None = None
    verb_end: int = 0
    opened: bool = False
    lost: bool = False
    continues: bool = False
    how: str = ""
    why: str = ""
    late: bool = False
    also: list[str] = field(default_factory=list)
    denied: bool = False
    ended: bool = False
    conditional: bool = False

    @property
    def opens_short(self) -> bool:
        """Whether its verb is but "short", which may be what is closed."""
        said = str(self.verb.token) if self.verb is not None else ""
        return self.list_name == "entry_short" and said in {"short", "shorts"}

    @property
    def clauses(self) -> list[Clause]:
        """The clauses alone, those before the verb first."""
        return [p for p in (*self.given, *self.parts) if isinstance(p, Clause)]

    @property
    def has_own(self) -> bool:
        """Whether there is a clause that was not said before the verb."""
        return any(isinstance(p, Clause) for p in self.parts)

    @property
    def own(self) -> list[Clause]:
        """The clauses without those that were said before the verb."""
        return [p for p in self.parts if isinstance(p, Clause)]

    def lose(self, why: str) -> None:
        """Let nothing in it count."""
        self.lost = True
        self.why = self.why or why

    @property
    def only(self) -> bool:
        """Whether it restricts the statements before it, as in "only buy when"."""
        return self.verb is not None and "only" in str(self.verb.token).split()
