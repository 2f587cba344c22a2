"""Checks of a draft's text: what it says, without running it.

One rule a file, found by the file's name: ``rules/fg201_negative_shift.py`` holds the rule
``FG201``, and its validator is called ``negative-shift``. ``FG0`` is the file, ``FG1`` the
strategy interface, ``FG2`` lookahead as written, ``FG3`` what silently does nothing, ``FG4``
cost, ``FG5`` safety and ``FG6`` the design compared with the code.
"""

from __future__ import annotations

import pkgutil
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from freqgen import hookimpl

if TYPE_CHECKING:
    from freqgen import Design, Draft, Finding, Phase, ValidationContext, Validator
    from freqgen_structure.rule import Rule, RuleDocumentation
    from freqgen_structure.source import Source

_KEPT = 4


class Sources:
    """The drafts parsed last, so that every rule sees the same one. Safe to share."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], Source] = OrderedDict()

    def get(self, draft: Draft) -> Source:
        """The parsed form of ``draft``."""
        from freqgen_structure.source import Source

        key = (draft.class_name, draft.source)
        with self._lock:
            source = self._kept.pop(key, None) or Source(draft.source, draft.class_name)
            self._kept[key] = source
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return source


class RuleValidator:
    """The validator of one rule, which is imported when it is first used."""

    def __init__(self, module: str, sources: Sources) -> None:
        self._module = module
        self._rule: type[Rule] | None = None
        self._sources = sources
        code, _, name = module.partition("_")
        self.name = name.replace("_", "-")
        self.codes = (code.upper(),)

    @property
    def phase(self) -> Phase:
        """``PARSE`` for the rules of the file itself, ``STRUCTURE`` for all others."""
        from freqgen import Phase

        return Phase.PARSE if self.codes[0].startswith("FG0") else Phase.STRUCTURE

    def rule(self) -> type[Rule]:
        """The rule's class."""
        if self._rule is None:
            from freqgen_structure.rule import Rule

            module = import_module(f"freqgen_structure.rules.{self._module}")
            self._rule = next(
                item
                for item in vars(module).values()
                if isinstance(item, type)
                and issubclass(item, Rule)
                and item.__module__ == module.__name__
            )
        return self._rule

    def documentation(self) -> Iterable[RuleDocumentation]:
        """What the reference of findings says of the rule."""
        from freqgen_structure.rule import RuleDocumentation

        rule = self.rule()
        good = (case if isinstance(case, str) else case.code for case in rule.VALID)
        yield RuleDocumentation(
            code=rule.code(),
            name=self.name,
            title=rule.title(),
            why=rule.why(),
            severity=rule.SEVERITY.value,
            bad=tuple(case.code for case in rule.INVALID),
            good=tuple(case for case in good if case.strip()),
        )

    def check(
        self, draft: Draft, design: Design | None, context: ValidationContext
    ) -> Iterable[Finding]:
        """What the rule finds in ``draft``."""
        source = self._sources.get(draft)
        return list(self.rule()(source, design, context).findings())


def validators() -> Iterator[RuleValidator]:
    """A validator for every file of the folder ``rules``, by code."""
    sources = Sources()
    folder = str(Path(__file__).parent / "rules")
    for name in sorted(info.name for info in pkgutil.iter_modules([folder])):
        yield RuleValidator(name, sources)


@hookimpl
def register_validators(register: Callable[[Validator], None]) -> None:
    """Register one validator a rule."""
    for validator in validators():
        register(validator)
