"""Strategies that only look as if they did something wrong: none is refused, by any layer."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import freqtrade.templates
import pytest
from freqtrade.commands.deploy_commands import deploy_new_strategy

from freqgen import Freqgen, Severity
from tests.corpus.conftest import Host
from tests.corpus.test_attacks import static_findings

pytestmark = [
    pytest.mark.needs_shared,
    pytest.mark.slow,
    pytest.mark.xdist_group("corpus"),  # one port, and one pair of processes, for all
]

TEMPLATES = Path(freqtrade.templates.__file__).parent
TIMERANGE = "20240103-20240106"
SOME = [
    pytest.param(6, id="a sixth"),
    pytest.param(1, id="all", marks=pytest.mark.soak),
]


def complaints(source: str, name: str, guarded: Host, folder: Path) -> list[str]:
    """What freqgen has against a strategy."""
    found = static_findings(source, folder, name)
    order = {"op": "backtest", "name": name, "source": source, "timerange": TIMERANGE}
    told = guarded.ask(order)
    return [*found, *([told["error"]["message"]] if told["error"] else [])]


@pytest.mark.parametrize("every", SOME)
def test_no_legitimate_strategy_is_refused(
    every: int, guarded: Host, corpus: Path, tmp_path: Path
) -> None:
    files = sorted((corpus / "benign").glob("*.py"))
    assert len(files) >= 32
    found = {
        file.stem: complaints(file.read_text(encoding="utf-8"), "S", guarded, tmp_path)
        for file in files[every // 2 :: every]
    }
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize("every", SOME)
def test_no_check_has_an_error_for_a_legitimate_strategy(
    every: int, corpus: Path, shared_data: Path, tmp_path: Path
) -> None:
    """As ``freqgen validate`` has them: structure, types and behaviour, on real candles."""
    files = [*_of_corpus(corpus, tmp_path), *_of_freqtrade(tmp_path)][::every]
    datadir = shared_data / "spot_5m_2024"
    with Freqgen(userdir=tmp_path / "user_data", datadir=datadir) as freqgen:
        checked = list(freqgen.validate_files(files))
    found = {
        one.file.stem: [
            f"{finding.code} {finding.message}"
            for finding in one.validation.report.findings
            if finding.severity is Severity.ERROR
        ]
        for one in checked
        if not one.passed
    }
    assert found == {}
    # Those that passed were run, not only read.
    assert all(one.validation.validated for one in checked)


def _of_corpus(corpus: Path, folder: Path) -> list[Path]:
    """The corpus; what a file needs of a package that may not be installed, by its older name."""
    files = []
    for original in sorted((corpus / "benign").glob("*.py")):
        source = original.read_text(encoding="utf-8")
        if importlib.util.find_spec("pandas_ta_classic") is None:
            source = source.replace("pandas_ta_classic", "pandas_ta")
        files.append(folder / original.name)
        files[-1].write_text(source, encoding="utf-8")
    return files


def _of_freqtrade(folder: Path) -> list[Path]:
    """Freqtrade's sample, and what its templates become."""
    files = [TEMPLATES / "sample_strategy.py"]
    for kind in ("minimal", "full", "advanced"):
        file = folder / f"{kind.title()}.py"
        deploy_new_strategy(kind.title(), file, kind)
        files.append(file)
    return files


@pytest.mark.parametrize("kind", ["minimal", "full", "advanced"])
def test_freqtrades_new_strategies_are_not_refused(
    kind: str, guarded: Host, tmp_path: Path
) -> None:
    file = tmp_path / "Fresh.py"
    deploy_new_strategy("Fresh", file, kind)
    source = file.read_text(encoding="utf-8")
    assert complaints(source, "Fresh", guarded, tmp_path) == []


def test_freqtrades_sample_strategy_is_not_refused(guarded: Host, tmp_path: Path) -> None:
    source = (TEMPLATES / "sample_strategy.py").read_text(encoding="utf-8")
    assert complaints(source, "SampleStrategy", guarded, tmp_path) == []


@pytest.mark.parametrize("name", ["FreqaiExampleStrategy", "FreqaiExampleHybridStrategy"])
def test_freqtrades_strategies_for_freqai_are_not_called_hostile(
    name: str, guarded: Host, tmp_path: Path
) -> None:
    """They need models that only FreqAI trains; what stops them says so."""
    source = (TEMPLATES / f"{name}.py").read_text(encoding="utf-8")
    said = complaints(source, name, guarded, tmp_path)
    assert all(re.search("freqai", one, re.IGNORECASE) for one in said), said
