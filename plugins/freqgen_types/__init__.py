"""The type check: mypy with Freqtrade's real types.

Freqtrade declares types but does not export them, so under plain mypy ``IStrategy`` is ``Any``
and almost nothing is found. Here mypy follows the modules that strategies use. What it says is
sorted: what is certainly wrong is an error, what may be right a warning, and what comes from
the stubs of pandas and TA-Lib rather than from the strategy is dropped.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from freqgen import hookimpl

if TYPE_CHECKING:
    from freqgen import Design, Draft, Finding, Phase, ValidationContext, Validator
    from freqgen_types.checking import Checker
    from freqgen_types.codes import CodeDocumentation


class TypeValidator:
    """Runs mypy on a draft, in a process of its own, with a cache that survives it."""

    name = "types"
    threaded = True

    def __init__(self) -> None:
        self._checker: Checker | None = None
        self._lock = threading.Lock()

    @property
    def phase(self) -> Phase:
        """The last of the static phases."""
        from freqgen import Phase

        return Phase.TYPES

    @property
    def codes(self) -> tuple[str, ...]:
        """One code for each kind of mistake."""
        from freqgen_types.codes import CODES

        return tuple(CODES)

    def check(
        self,
        draft: Draft,
        design: Design | None,  # noqa: ARG002  (types do not depend on it)
        context: ValidationContext,
    ) -> Iterable[Finding]:
        """What mypy finds in ``draft`` that is the draft's own fault.

        :raises RuntimeError: If mypy itself fails, without its cache too.
        """
        from freqgen_types.child import CheckLimit
        from freqgen_types.classify import beyond, classify

        try:
            messages = self._shared().check(draft.source, context.cache_dir / "mypy")
        except CheckLimit as exc:
            return [beyond(exc.what)]
        return classify(draft.source, messages)

    def _shared(self) -> Checker:
        from freqgen_types.checking import Checker

        with self._lock:
            self._checker = self._checker or Checker()
            return self._checker

    def close(self) -> None:
        """End the process that runs mypy; the next check starts another."""
        if self._checker is not None:
            self._checker.close()

    def documentation(self) -> Iterable[CodeDocumentation]:
        """What the reference of findings says of the codes."""
        from freqgen_types.codes import CODES

        return CODES.values()


@hookimpl
def register_validators(register: Callable[[Validator], None]) -> None:
    """Register the one validator."""
    register(TypeValidator())
