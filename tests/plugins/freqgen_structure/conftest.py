"""What the tests of the structure rules share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from freqgen import Catalogue, Design, Draft, Report, ValidationContext
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.validation.runner import run_validators
from freqgen_structure import validators

Check = Callable[..., Report]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue(builtin_indicators())


@pytest.fixture(scope="session")
def context(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> ValidationContext:
    return ValidationContext(catalogue=catalogue, cache_dir=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def check(context: ValidationContext) -> Check:
    """All rules on one source."""
    every = list(validators())

    def run(source: str, class_name: str = "S", design: Design | None = None) -> Report:
        draft = Draft(class_name=class_name, source=source)
        return run_validators(draft, design, every, context).report

    return run
