"""Folders that cannot be looked into."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from freqgen.exceptions import UsageError
from freqgen.validation.gathering import gather

SOURCE = "class S(IStrategy):\n    pass\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a strategy, and another one below it."""
    for name in ("a.py", "locked/b.py", "open/c.py"):
        file = tmp_path / "d" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(SOURCE)
    return tmp_path / "d"


def test_one_that_may_not_be_read_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def refusing(path: Any) -> Any:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    found = gather([folder]).files
    assert [one.path.name for one in found] == ["a.py", "locked", "c.py"]
    error = found[1].error
    assert isinstance(error, UsageError)
    assert "cannot be read: Permission denied" in error.message


def test_a_file_that_may_not_be_read_is_not_passed_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Path.open

    def refusing(path: Path, *arguments: Any, **options: Any) -> Any:
        if path.name == "c.py":
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refusing)
    assert [one.path.name for one in gather([folder]).files] == ["a.py", "b.py", "c.py"]


def test_one_that_is_to_be_skipped_is(folder: Path) -> None:
    gathered = gather([folder], skip=[folder / "locked"])
    assert [one.path.name for one in gathered.files] == ["a.py", "c.py"]
    assert gathered.listed


def test_a_hidden_one_is_searched_if_it_is_named(folder: Path) -> None:
    hidden = folder.rename(folder.with_name(".hidden"))
    assert len(gather([hidden]).files) == 3


def test_a_file_is_checked_once_under_whatever_names(tmp_path: Path) -> None:
    """A link among the named files leads to a file that is named already."""
    file, link = tmp_path / "a.py", tmp_path / "l.py"
    file.write_text("x = 1\n", encoding="utf-8")
    link.symlink_to(file)
    assert [one.path for one in gather([file, link, tmp_path]).files] == [file]
    assert [one.path for one in gather([link, file]).files] == [link]
