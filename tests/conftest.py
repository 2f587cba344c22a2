"""Fixtures that all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder with real candles, one Freqtrade ``--datadir`` a subfolder; skips where absent."""
    folder = Path(os.environ.get("FREQGEN_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip("needs real candles: set FREQGEN_SHARED to the folder that holds data/")
    return folder
