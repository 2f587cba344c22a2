"""The reference page is what the catalogue says."""

from __future__ import annotations

from pathlib import Path

import pytest

from freqgen.design import indicators_docs
from freqgen.design.indicators import Catalogue
from freqgen.design.indicators_builtin import builtin_indicators

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_current() -> None:
    page = (ROOT / indicators_docs.PAGE).read_text(encoding="utf-8")
    now = indicators_docs.catalogue_markdown(Catalogue(builtin_indicators()))
    assert page == now, "run: python -m freqgen.design.indicators_docs"


def test_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert indicators_docs.main() == 0
    text = (tmp_path / indicators_docs.PAGE).read_text(encoding="utf-8")
    assert "| `BBANDS` |" in text
    assert "`upper` = `upperband`" in text
    assert "**running total**" in text
