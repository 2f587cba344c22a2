"""The strategies that defects are put into."""

from __future__ import annotations

import ast
import os
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import freqtrade.templates

from freqgen import Freqgen, FreqgenException, compile_design
from tests.benchmarks.mutations.making import Sound
from tests.evaluation.strategies import CALLBACKS, PLAIN
from tests.plugins.freqgen_offline.ideas import BEFORE

ROOT = Path(__file__).resolve().parents[3]
FOLDER = Path(__file__).resolve().parents[1] / "strategies"
SHARED = Path(os.environ.get("FREQGEN_SHARED", ROOT.parent / "shared")) / "corpus/benign"
COMPILED = 14
"""How many briefs are compiled."""


def strategies(compiled: int = COMPILED) -> list[Sound]:
    """Written by hand, by Freqtrade's authors, by freqgen's compiler; and those of the corpus."""
    found = [Sound(file.stem, file.read_text(encoding="utf-8")) for file in _files()]
    found += [Sound("Plain", PLAIN.lstrip()), Sound("Callbacks", CALLBACKS.lstrip())]
    found += _compiled(compiled)
    return found


def _files() -> Iterator[Path]:
    yield from sorted(FOLDER.glob("*.py"))
    yield Path(freqtrade.templates.__file__).parent / "sample_strategy.py"
    for file in sorted(SHARED.glob("*.py")) if SHARED.is_dir() else []:
        if _usual(file):
            yield file


def _usual(file: Path) -> bool:
    """Whether the file has its strategy at hand, with all three methods in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and "IStrategy" in [ast.unparse(b) for b in node.bases]:
            names = {n.name for n in node.body if isinstance(n, ast.FunctionDef)}
            return {"populate_indicators", "populate_entry_trend"} <= names
    return False


def _compiled(wanted: int) -> list[Sound]:
    """What the compiler writes for briefs in words; every n-th of them, so that they differ."""
    found: dict[str, Sound] = {}
    with tempfile.TemporaryDirectory() as userdir, Freqgen(userdir=userdir) as freqgen:
        for idea in BEFORE[:: max(1, len(BEFORE) // (wanted + 4))] if wanted else []:
            try:
                designed = freqgen.design(freqgen.brief(idea.text))
                source = compile_design(designed.checked)
            except FreqgenException:
                continue
            name = designed.checked.design.name
            found.setdefault(name, Sound(name, source))
            if len(found) == wanted:
                break
    return list(found.values())
