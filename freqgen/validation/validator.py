"""What a check of a draft looks like."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from freqgen.design.indicators import Catalogue
    from freqgen.design.model import Design
    from freqgen.draft import Draft
    from freqgen.finding import Finding, Phase
    from freqgen.validation.laboratory import Laboratory


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationContext:
    """What validators may need besides the draft.

    :param catalogue: The indicators that a design may use.
    :param cache_dir: A folder that survives between runs, for what is slow to compute.
    :param laboratory: Runs the draft, for validators of the phase behaviour alone; ``None``
        where nothing is run.
    """

    catalogue: Catalogue
    cache_dir: Path
    laboratory: Laboratory | None = None


class Validator(Protocol):
    """One check. Registered with ``register_validators``.

    Validators run sorted by phase, then by their first code. Those of the phase behaviour run
    only on drafts in which the phases before found nothing that blocks, and only with the
    context's laboratory; no validator runs a draft by itself.

    ``freqgen validate`` reads several files at the same time: validators of the phases parse and
    structure run in processes of their own, those of the phase types in threads, one after the
    other unless they have an attribute ``threaded`` that is true.
    """

    @property
    def name(self) -> str:
        """Unique, hyphenated, as in ``import-allow-list``."""
        ...

    @property
    def phase(self) -> Phase:
        """When it runs."""
        ...

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the findings it can make; at least one, unique to this validator."""
        ...

    def check(
        self, draft: Draft, design: Design | None, context: ValidationContext
    ) -> Iterable[Finding]:
        """Look at a draft.

        :param design: What the draft was made from, or ``None`` for somebody's file.
        :returns: What was found; nothing if all is well. An exception is turned into a
            blocking finding ``FG002`` that names the validator.
        """
        ...
