"""The type check relies on names and types of Freqtrade, pandas and TA-Lib: are they there?"""

from __future__ import annotations

import json
from pathlib import Path

import freqtrade.enums
import freqtrade.persistence
import freqtrade.strategy
import freqtrade.wallets
import pytest
from freqtrade.data.dataprovider import DataProvider
from freqtrade.strategy.parameters import BaseParameter

from freqgen_types import stubs
from freqgen_types.classify import KNOWN_TYPES, OPTIONAL
from freqgen_types.plain import ATTRIBUTES, PARAMETERS
from tests.plugins.freqgen_types import drift


def test_freqtrade_declares_what_it_did() -> None:
    """What is listed has to be looked at, and then written down; see ``drift.py``."""
    before = json.loads(drift.FILE.read_text(encoding="utf-8"))
    assert drift.changes(before, drift.installed()) == []


def test_changes_are_said_in_words() -> None:
    before = {"a": "int", "b": "int", "c": "int"}
    assert drift.changes(before, {"b": "int", "c": "str", "d": "float"}) == [
        "gone: a: int",
        "changed: c: int is now str",
        "new: d: float",
    ]


def test_the_known_classes_are_freqtrades() -> None:
    places = (freqtrade.persistence, freqtrade.enums, freqtrade.wallets, freqtrade.strategy)
    known = {name for place in places for name in vars(place)} | {DataProvider.__name__}
    known |= {cls.__name__ for cls in BaseParameter.__subclasses__()} | {"BaseParameter"}
    assert KNOWN_TYPES - known == set()


def test_every_class_of_parameters_is_known() -> None:
    waiting, found = [BaseParameter], set()
    while waiting:
        found.add(waiting.pop())
        waiting = [c for cls in found for c in cls.__subclasses__() if c not in found]
    assert {cls.__name__ for cls in found if cls.__module__.startswith("freqtrade")} == set(
        PARAMETERS
    )


def test_the_attributes_and_methods_are_istrategys() -> None:
    names = drift.installed()
    assert ATTRIBUTES - names.keys() == set()
    # Two are of older versions, which strategies may still define.
    assert {f"{name}()" for name in OPTIONAL - {"custom_sell"}} - names.keys() == set()


STUBS = {path.name: (path, text) for path, text in stubs.corrected()}


def test_every_stub_with_faults_is_there() -> None:
    names = {"frame.pyi", "series.pyi", "indexing.pyi", "abstract.pyi", "_ta_lib.pyi"}
    assert STUBS.keys() == names
    assert all(path.is_file() for path, _ in STUBS.values())


@pytest.mark.parametrize("name", ["frame.pyi", "series.pyi", "indexing.pyi"])
def test_of_pandas_only_types_that_a_call_gives_are_replaced(name: str) -> None:
    path, text = STUBS[name]
    before = path.read_text(encoding="utf-8").splitlines()
    after = [line for line in text.splitlines() if line != "from typing import Any as _Any"]
    assert len(before) == len(after)
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) >= 2
    for old, new in changed:
        assert old.split("->")[0] == new.split("->")[0]
        assert "_Any" in new.split("->")[1]
        assert "Scalar" in old or "Hashable" in old


def test_the_stub_of_talib_has_every_function_with_its_parameters() -> None:
    from talib import abstract, get_functions

    text = STUBS["abstract.pyi"][1]
    namespace: dict[str, object] = {}
    assert len(get_functions()) > 150
    for name in get_functions():
        (line, _) = [line for line in text.splitlines() if line.startswith(f"def {name}(")]
        function = getattr(abstract, name)
        for keyword in (*function.parameters, *function.input_names):
            assert f"{keyword}: " in line, name
    exec(compile(text, "abstract.pyi", "exec"), namespace)  # it is Python


def test_stubs_are_written_where_they_are_asked_for(tmp_path: Path) -> None:
    found = stubs.correct(tmp_path)
    assert {Path(path).name for path in found} == STUBS.keys()
    assert {Path(own) for own in found.values()} == set(tmp_path.iterdir())
