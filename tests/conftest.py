"""Fixtures that all tests share."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from freqgen.evaluation import process
from tests.installation import EXAMPLE, Environment, build_wheel
from tests.sampled import leave_to_soak
from tests.warm_engine import WarmStarts

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


_WARM = WarmStarts()
_start_child = process.start_child


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let engine processes begin with Freqtrade imported, unless a test is of their start."""
    cold = os.environ.get("FREQGEN_SOAK") or "cold_engine" in item.keywords
    start: Any = _start_child if cold or sys.platform != "linux" else _WARM.start
    process.start_child = start


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave most rows of slow tables to the long run."""
    leave_to_soak(items)


def pytest_unconfigure() -> None:
    """End the process that engine processes came from."""
    _WARM.close()


@pytest.fixture(autouse=True)
def ctrl_c_is_heard() -> Iterator[None]:
    """A shell starts what runs in its background with SIGINT ignored, and children inherit it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


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
