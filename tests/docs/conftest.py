"""The first command of the README and the tutorial, run once for all tests of the pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs import sessions
from tests.docs.markdown import blocks_of
from tests.docs.plugins import only_builtin
from tests.installation import ROOT

FIRST = next(
    command.line
    for block in blocks_of(ROOT / "README.md", "console")
    if not block.note
    for command in sessions.typed(block)
)
"""What the README shows, and the tutorial begins with."""


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> sessions.Begun:
    """The first command, run once."""
    folder = tmp_path_factory.mktemp("begun")
    with pytest.MonkeyPatch.context() as patch:
        only_builtin(patch)
        patch.chdir(folder)
        return sessions.Begun(FIRST, sessions.run(FIRST), folder)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, and no plugins but freqgen's own."""
    only_builtin(monkeypatch)
    monkeypatch.chdir(tmp_path)
    return tmp_path
