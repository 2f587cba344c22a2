"""What is known of the installed libraries is what they say themselves."""

from __future__ import annotations

import inspect
import subprocess
import sys
from importlib import import_module

import libcst as cst
import pytest
import talib
from talib import abstract

from freqgen_structure.argument_edits import without_arguments
from freqgen_structure.arguments import Fault, misfits
from freqgen_structure.frequencies import renewed
from freqgen_structure.imported import has, talib_functions
from freqgen_structure.installed import INSTALLED, Class, Function
from freqgen_structure.nearest import distance, nearest
from freqgen_structure.numeric_types import numeric_type
from freqgen_structure.source import Source

READ = (
    "technical.qtpylib",
    "technical.indicators",
    "technical.util",
    "freqtrade.vendor.qtpylib.indicators",
    "freqtrade.strategy",
    "pandas_ta",
)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", READ)
def test_a_module_read_as_text_has_what_it_has_when_it_is_imported(path: str) -> None:
    module = import_module(path)
    lacking = [n for n in vars(module) if not n.startswith("_") and INSTALLED.lacks(path, n)]
    assert lacking == []
    assert INSTALLED.lacks(path, "surely_not_there")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", READ)
def test_functions_read_as_text_take_what_they_take_when_imported(path: str) -> None:
    checked = 0
    for name, value in vars(import_module(path)).items():
        found = INSTALLED.member(path, name)
        if inspect.isfunction(value) and isinstance(found, Function):
            real = [(p.name, p.kind) for p in inspect.signature(value).parameters.values()]
            assert [(p.name, p.kind) for p in found.signature.parameters.values()] == real
            checked += 1
    assert checked > 3


def test_a_trade_has_the_attributes_that_are_written_in_its_classes() -> None:
    from freqtrade.persistence import Trade

    place = "freqtrade.persistence.trade_model"
    trade, local = INSTALLED.member(place, "Trade"), INSTALLED.member(place, "LocalTrade")
    assert isinstance(trade, Class)
    assert isinstance(local, Class)
    known = trade.attributes | local.attributes | {"metadata", "registry"}
    assert {name for name in dir(Trade) if not name.startswith("_")} <= known


def test_a_package_that_is_not_installed_lacks_nothing() -> None:
    assert INSTALLED.module("technical.no_such_module") is None
    assert not INSTALLED.lacks("technical.no_such_module", "x")
    assert has("no_such_package_at_all", "x") is None


def test_looking_talib_up_changes_none_of_its_functions() -> None:
    before = dict(abstract.RSI.parameters)
    assert talib_functions()["RSI"].least("timeperiod") == 2
    assert not talib_functions()["RSI"].takes("timeperiod", 2**40)
    assert dict(abstract.RSI.parameters) == before
    assert set(talib_functions()) == set(talib.get_functions())


def test_the_plugin_imports_no_library_before_a_draft_uses_it() -> None:
    code = (
        "import sys, freqgen_structure; list(freqgen_structure.validators()); "
        "import freqgen_structure.imported, freqgen_structure.installed; "
        "print({'pandas', 'numpy', 'talib', 'freqtrade', 'technical'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("period", ["timeperiod"], "timeperiod"),
        ("length", ["window", "min_periods"], "window"),
        ("nbdev_up", ["nbdevup", "nbdevdn"], "nbdevup"),
        ("timepriod", ["timeperiod", "price"], "timeperiod"),
        ("fast", ["fastperiod", "slowperiod"], "fastperiod"),
        ("std", ["nbdevup", "nbdevdn"], None),
        ("colour", ["timeperiod"], None),
        ("d_period", ["fastd_period", "slowd_period"], None),
        ("ab", ["ac", "ad"], None),
        ("period", [], None),
    ],
)
def test_the_nearest_name_is_the_only_one_that_can_be_meant(
    name: str, known: list[str], meant: str | None
) -> None:
    assert nearest(name, known) == meant


def test_distance_counts_slips() -> None:
    assert distance("close", "close") == 0
    assert distance("close", "clsoe") == 1
    assert distance("close", "clos") == 1
    assert distance("close", "cloze") == 1
    assert distance("close", "rose") == 2


def _call(text: str) -> cst.Call:
    node = cst.parse_expression(text)
    assert isinstance(node, cst.Call)
    return node


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("f(1, 2)", []),
        ("f(1, b=2, key=3)", []),
        ("f(1)", [Fault.MISSING]),
        ("f(1, 2, 3, 4)", [Fault.SURPLUS]),
        ("f(1, 2, colour=3)", [Fault.UNKNOWN]),
        ("f(1, 2, a=3)", [Fault.TWICE]),
        ("f(*x)", []),
        ("f(1, **x)", []),
        ("f(1, bb=2)", [Fault.UNKNOWN, Fault.MISSING]),
        ("f(1, B=2)", [Fault.UNKNOWN]),
    ],
)
def test_calls_are_compared_with_signatures(text: str, faults: list[Fault]) -> None:
    def f(a: int, b: int, c: int = 0, *, key: int = 0) -> None: ...

    assert [m.fault for m in misfits(_call(text), inspect.signature(f))] == faults


@pytest.mark.parametrize(
    ("text", "numbers", "wanted"),
    [
        ("f(a, b, c)", [1], "f(a, c)"),
        ("f(a, b, c)", [0, 1], "f(c)"),
        ("f(a, b, c)", [1, 2], "f(a)"),
        ("f(a)", [0], "f()"),
        ("f(a,)", [0], "f()"),
        ("f(\n    a,\n    b=(1),\n)", [1], "f(\n    a,\n)"),
        ("f(\n    a,  # one\n    b,\n)", [1], None),
    ],
)
def test_arguments_are_taken_out_with_their_commas(
    text: str, numbers: list[int], wanted: str | None
) -> None:
    source = Source(text)
    call = source.all(cst.Call)[0]
    edits = without_arguments(source, call, [call.args[n] for n in numbers])
    if edits is None:
        assert wanted is None
        return
    for edit in sorted(edits, key=lambda e: -e.start):
        text = text[: edit.start] + edit.text + text[edit.end :]
    assert text == wanted


@pytest.mark.parametrize(
    ("text", "kind", "new"),
    [
        ("1h", "offset", None),
        ("1H", "offset", "1h"),
        ("90T", "offset", "90min"),
        ("15m", "offset", "15min"),
        ("7m", "offset", ""),
        ("M", "offset", "ME"),
        ("Q-DEC", "offset", "QE-DEC"),
        ("W-MON", "offset", None),
        ("1H30T", "offset", "1h30min"),
        ("daily", "offset", ""),
        ("", "offset", ""),
        ("5T", "span", "5min"),
        ("1h", "span", None),
        ("T", "unit", "min"),
        ("M", "period", None),
    ],
)
def test_spans_of_time_get_their_new_names(text: str, kind: str, new: str | None) -> None:
    assert renewed(text, kind) == new


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("14", "int"),
        ("-14", "int"),
        ("14.0", "float"),
        ("'14'", "str"),
        ("28 / 2", "float"),
        ("28 // 2", "int"),
        ("int(x / 2)", "int"),
        ("round(x)", "int"),
        ("round(2.5, 1)", "float"),
        ("max(3, 4)", "int"),
        ("max(3, 4.0)", None),
        ("1 if x else 2", "int"),
        ("1 if x else 2.0", None),
        ("x", None),
        ("n", "int"),
    ],
)
def test_types_of_numbers_are_told_where_they_are_certain(text: str, wanted: str | None) -> None:
    source = Source(f"n = 3\nfound = {text}\n")
    value = source.all(cst.Assign)[1].value
    assert numeric_type(source, value) == wanted
