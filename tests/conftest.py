"""Fixtures that all tests share."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

from tests.installation import EXAMPLE, Environment, build_wheel

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config: pytest.Config) -> None:
    """Leave long tests out unless they are asked for; properties are tried at random there only.

    Whoever runs the tests of an unchanged project shall see them pass. What mypy knows of the
    libraries is read once for all user directories that tests make.
    """
    if "FREQGEN_CACHE_DIR" not in os.environ:
        cache = tempfile.mkdtemp(prefix="freqgen-tests-cache-")
        os.environ["FREQGEN_CACHE_DIR"] = cache  # processes that share the tests have it from here
        config.add_cleanup(lambda: shutil.rmtree(cache, ignore_errors=True))
    if os.environ.get("FREQGEN_SOAK"):
        return
    settings.load_profile("ci")
    if not config.option.markexpr:
        config.option.markexpr = "not soak"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with real candles and hostile strategies; skips where it is absent.

    Continuous integration sets ``FREQGEN_REQUIRE_SHARED``: there, absence is a failure.
    """
    folder = Path(os.environ.get("FREQGEN_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        reason = "needs real candles: set FREQGEN_SHARED to the folder that holds data/"
        if os.environ.get("FREQGEN_REQUIRE_SHARED"):
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def shared_data(shared: Path) -> Path:
    """Folder with real candles, one Freqtrade ``--datadir`` a subfolder."""
    return shared / "data"


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with freqgen and the example plugin, installed from their wheels."""
    folder = tmp_path_factory.mktemp("installed")
    wheels = [
        build_wheel(project, folder / name)
        for name, project in (("freqgen", ROOT), ("example", EXAMPLE))
    ]
    return Environment.create(folder / "venv", *wheels)
