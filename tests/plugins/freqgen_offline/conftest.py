"""Fixtures of the offline providers' tests."""

from __future__ import annotations

import pytest

from freqgen import Catalogue
from freqgen.design.indicators_builtin import builtin_indicators


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The indicators that freqgen brings."""
    return Catalogue(builtin_indicators())
