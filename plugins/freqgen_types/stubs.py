"""Stubs that are right where those of pandas and TA-Lib are not.

They are made from what is installed, so they follow its version: those of TA-Lib from what each
function says of itself, those of pandas from its stubs with a few types replaced.

- TA-Lib's abstract functions take ``price=`` and keywords for all parameters. Of a frame they
  make series or a frame, of series and arrays they make arrays. Its plain functions make series
  of series.
- A value of a frame, ``df["close"].iloc[-1]`` or ``df.loc[i, "close"]``, may be anything: the
  stubs of pandas give it a union of all types that there are, with none of which one can compute.
- The labels that ``iterrows`` and ``items`` give are what one counts with or subtracts from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Any

VERSION = 2
"""To be raised with each change here: what mypy has read of the old ones is of no use then."""

_PANDAS = ("core/frame.pyi", "core/series.pyi", "core/indexing.pyi")
# What gives a value. Of another kind are the parameters of a type, as in SeriesGroupBy[S1, Scalar].
_VALUE = re.compile(r"\) -> (?:[^:\n]*\| )?Scalar(?:OrNA)?(?= \||:)[^:\n]*(?=: \.\.\.)")
_LABEL = re.compile(r"(?<=-> Iterator\[tuple\[)Hashable(?=, )")

_TALIB_HEAD = """\
from typing import Any, Mapping, overload

import numpy as np
import pandas as pd

_Frame = pd.DataFrame | Mapping[str, Any]
_Array = np.ndarray[Any, Any]


class TalibArray(_Array): ...


"""


def correct(folder: Path) -> dict[str, str]:
    """Write the corrected stubs.

    :param folder: Where to, an empty folder.
    :return: Their paths, by the path of those that they stand in for.
    :raises OSError: If they cannot be written.
    """
    found = {}
    for number, (path, text) in enumerate(corrected()):
        own = folder / f"{number}_{path.name}"
        own.write_text(text, encoding="utf-8")
        found[str(path)] = str(own)
    return found


def corrected() -> Iterator[tuple[Path, str]]:
    """Each stub file of the installed libraries that has faults, with its text put right."""
    yield from _pandas()
    yield from _talib()


def _pandas() -> Iterator[tuple[Path, str]]:
    try:
        root = Path(str(distribution("pandas-stubs").locate_file("pandas-stubs")))
    except PackageNotFoundError:  # pragma: no cover  (a dependency)
        return
    for name in _PANDAS:
        path = root / name
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            better = _LABEL.sub("_Any", _VALUE.sub(") -> _Any", text))
            if better != text:
                yield path, _with_import(better)


def _with_import(text: str) -> str:
    """``text`` with one import more, behind that of ``__future__`` if it has one."""
    future = re.search(r"^from __future__ import .*\n", text, re.MULTILINE)
    at = future.end() if future else 0
    return f"{text[:at]}from typing import Any as _Any\n{text[at:]}"


def _talib() -> Iterator[tuple[Path, str]]:
    spec = find_spec("talib")
    if spec is None or not spec.submodule_search_locations:  # pragma: no cover  (a dependency)
        return
    root = Path(next(iter(spec.submodule_search_locations)))
    abstract, plain = root / "abstract.pyi", root / "_ta_lib.pyi"
    if abstract.is_file():
        yield abstract, abstract_stub()
    if plain.is_file():
        text = plain.read_text(encoding="utf-8")
        head = (
            "import pandas as pd\nfrom typing import Any, TypeVar\n"
            '_Real = TypeVar("_Real", "pd.Series[Any]", "np.ndarray[Any, Any]")\n'
        )
        yield plain, head + re.sub(r"NDArray\[np\.\w+\]", "_Real", text)


def abstract_stub() -> str:
    """The stub of ``talib.abstract``, from what its functions say of themselves."""
    from talib import abstract, get_functions

    names: list[str] = get_functions()
    others = sorted(set(vars(abstract)) - set(names))
    text = _TALIB_HEAD + "".join(f"{name}: Any\n" for name in others if name.isidentifier())
    return text + "".join(_function(name, getattr(abstract, name)) for name in names)


def _function(name: str, function: Any) -> str:
    """One function, as it may be called: ``name(frame, 14)`` or ``name(series, timeperiod=14)``."""
    inputs: Mapping[str, str | list[str]] = function.input_names
    parameters = [
        f"{parameter}: {'float' if isinstance(value, float) else 'int'} | None = ..."
        for parameter, value in function.parameters.items()
    ]
    prices = [
        f"{key}: {'list[str]' if isinstance(column, list) else 'str'} = ..."
        for key, column in inputs.items()
    ]
    keywords = ", ".join(["/", *parameters, "*", *prices])
    columns = [
        c for value in inputs.values() for c in ([value] if isinstance(value, str) else value)
    ]
    several = len(function.output_names) > 1
    text = ""
    for kind, one, more in (
        ("_Frame", "pd.Series[Any]", "pd.DataFrame"),
        ("pd.Series[Any] | _Array", "TalibArray", "list[TalibArray]"),
    ):
        count = 1 if kind == "_Frame" else len(columns)
        taken = ", ".join(f"_{number}: {kind}" for number in range(count))
        text += f"@overload\ndef {name}({taken}, {keywords}) -> {more if several else one}: ...\n"
    return text
