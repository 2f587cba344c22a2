"""The prompts as they are, word for word; a change of one shows as a difference to read."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from tests.docs import prompts_page
from tests.plugins.freqgen_prompts import snapshots

STORED = {**snapshots.snapshots(), **snapshots.example_code(), **snapshots.repair_files()}


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.name)
def test_is_what_is_stored(path: Path) -> None:
    """``make prompts`` writes them anew, once the difference is meant."""
    assert compared(path, STORED[path]) == ""


def compared(path: Path, now: str) -> str:
    """How a text differs from what is stored of it; empty where it does not."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = difflib.unified_diff(
        before.splitlines(), now.splitlines(), path.name, "now", lineterm="", n=1
    )
    difference = "\n".join(lines)
    return f"run make prompts if this is meant:\n{difference}" if difference else ""


def test_a_difference_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\ntwo\nthree\n")
    said = compared(tmp_path / "a.txt", "one\n2\nthree\n")
    assert said.splitlines()[0] == "run make prompts if this is meant:"
    assert "-two\n+2" in said


def test_nothing_else_is_stored() -> None:
    """No file is left of a prompt that is gone."""
    assert {*snapshots.SNAPSHOTS.iterdir()} == {*snapshots.snapshots()}


def test_sizes_on_the_page_are_those_of_the_prompts() -> None:
    assert prompts_page.PATH.read_text(encoding="utf-8") == prompts_page.page(), "run make docs"
