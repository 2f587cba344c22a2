"""The list of slow tables names tables that are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sampled import EVERY

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("name", EVERY)
def test_a_table_is_there(name: str) -> None:
    path, _, test = name.partition("::")
    assert f"def {test.rpartition('::')[2]}(" in (ROOT / path).read_text(encoding="utf-8")
