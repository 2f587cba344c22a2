"""The reference of findings is current, and has every code."""

from __future__ import annotations

from pathlib import Path

import pytest

import freqgen_behaviour
import freqgen_structure
import freqgen_types
from freqgen.plugins import PluginHost
from freqgen.validation import findings_docs
from freqgen.validation.findings_docs import PAGE, findings_markdown
from freqgen.validation.runner import RUNNER_CODES

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def host() -> PluginHost:
    return PluginHost.load(
        plugins=[freqgen_behaviour, freqgen_structure, freqgen_types], entry_points=False
    )


def test_the_page_is_current(host: PluginHost) -> None:
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    assert page == findings_markdown(host.validators().values()), (
        "write it again: python -m freqgen.validation.findings_docs"
    )


def test_every_code_has_a_section(host: PluginHost) -> None:
    page = findings_markdown(host.validators().values())
    codes = [code for v in host.validators().values() for code in v.codes]
    for code in [*codes, *RUNNER_CODES]:
        assert page.count(f"### {code}: ") == 1


def test_codes_are_unique_over_all_plugins(host: PluginHost) -> None:
    codes = [code for v in host.validators().values() for code in v.codes]
    assert len(codes) == len(set(codes))
    assert not set(codes) & set(RUNNER_CODES)


def test_a_validator_without_documentation_is_listed() -> None:
    class Other:
        name = "mine"
        codes = ("MY001", "MY002")

    page = findings_markdown([Other()])  # type: ignore[list-item]
    assert "- `mine`: MY001, MY002" in page


def test_the_page_is_written_where_it_belongs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert findings_docs.main() == 0
    assert (tmp_path / PAGE).read_text(encoding="utf-8").startswith("# Findings\n")
