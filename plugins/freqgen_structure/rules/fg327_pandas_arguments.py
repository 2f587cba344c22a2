from __future__ import annotations

from collections.abc import Iterator
from inspect import Parameter
from typing import ClassVar

import libcst as cst

from freqgen_structure.arguments import Fault, Misfit, misfits
from freqgen_structure.imported import lenient, tells
from freqgen_structure.nearest import nearest
from freqgen_structure.pandas_calls import LibraryCall, library_calls
from freqgen_structure.removed_arguments import (
    ADVICE,
    DROPPED,
    POSITIONS,
    REDUCTIONS,
    RENAMED,
    WITHOUT_AXIS,
)
from freqgen_structure.rule import Bad, Rule

# Methods that take any keyword, and then want to hear of those of NumPy only.
_CHECKED = REDUCTIONS | frozenset("clip cummax cummin cumprod cumsum round".split())
_NUMPY = frozenset("out dtype keepdims inplace level bool_only".split())


class PandasArguments(Rule):
    """FG327: a function of pandas or NumPy does not have the argument that it is given.

    ``ewm(period=20)``, ``rolling()`` without its window and ``np.where(a, b)`` raise
    ``TypeError`` when the strategy reaches them. The arguments are those of the libraries that
    are installed.
    """

    VALID = (
        'x = df["close"].rolling(20, min_periods=5).mean()',
        'x = df["close"].ewm(span=20, adjust=False).mean()',
        'x = df["close"].shift(periods=1)\ny = df["close"].shift(*args)',
        "import numpy as np\nx = np.where(a, b, c)\ny = np.maximum(a, b)\nz = np.log(a)",
        "import pandas as pd\nx = pd.concat([a, b], axis=1)\ny = pd.Timedelta(hours=3)",
        'x = df["close"].apply(f, args=(1,), n=3)',
        "x = df['close'].sum(skipna=False)\ny = df['close'].clip(0, 1)\nz = df.sum(1)",
        "x = df['a'].fillna(None, 'ffill')",  # FG353 says it
        "x = df.rename(columns={'a': 'b'})\ny = df['a'].map(f).fillna(0)",
    )
    INVALID: ClassVar = (
        Bad(
            code='x = df["close"].ewm(period=20).mean()  # fast\n',
            line=1,
            fixed='x = df["close"].ewm(span=20).mean()  # fast\n',
        ),
        Bad(
            code='x = df["close"].rolling(\n    length=20,\n    min_periods=1,\n).mean()\n',
            line=2,
            fixed='x = df["close"].rolling(\n    window=20,\n    min_periods=1,\n).mean()\n',
        ),
        Bad(
            code='x = df["close"].shift(period=1)\n',
            line=1,
            fixed='x = df["close"].shift(periods=1)\n',
        ),
        Bad(
            code='x = df["close"].diff(n=2)\n',
            line=1,
            fixed='x = df["close"].diff(periods=2)\n',
        ),
        Bad(
            code='x = df["close"].clip(min=0)\n',
            line=1,
            fixed='x = df["close"].clip(lower=0)\n',
        ),
        Bad(code='x = df["close"].rolling().mean()\n', line=1),
        Bad(code="import numpy as np\nx = np.where(a, 1, 0, 2)\n", line=2),
        Bad(code="import numpy as np\nx = np.where(a, 1)\n", line=2),
        Bad(code='x = df["close"].sum(foo=1)\n', line=1),
        Bad(
            code="import pandas as pd\nx = pd.concat([a, b], ignor_index=True)\n",
            line=2,
            fixed="import pandas as pd\nx = pd.concat([a, b], ignore_index=True)\n",
        ),
    )

    def check(self) -> None:
        for call in library_calls(self.source):
            if not tells(call.path):
                continue
            if call.path == "numpy.where" and len(call.node.args) == 2:
                self._half(call)
            for misfit in self._misfits(call):
                self._say(call, misfit)

    def _half(self, call: LibraryCall) -> None:
        """``np.where(condition, value)``, which lacks what holds elsewhere."""
        if not any(arg.star for arg in call.node.args):
            self.report(
                _name_of(call.node),
                "where is given a value for one case, and needs one for the other as well",
                hint="write np.where(condition, value, other)",
            )

    def _misfits(self, call: LibraryCall) -> Iterator[Misfit]:
        for misfit in misfits(call.node, call.signature, bound=bool(call.owner)):
            by_keyword = call.name in POSITIONS and not call.path.startswith("numpy.")
            if misfit.fault is Fault.SURPLUS and (by_keyword or lenient(call.path)):
                continue
            if misfit.fault is Fault.SURPLUS and call.name == "fillna":
                continue  # the method by position, of which FG353 speaks
            if misfit.fault is Fault.UNKNOWN and _removed(call.name, misfit.name):
                continue
            if misfit.fault is Fault.MISSING and _once(call):
                continue  # an argument that is gone stands for it
            if misfit.fault is Fault.MISSING and _given_another_way(call):
                continue
            yield misfit
        if call.owner.startswith("pandas") and call.name in _CHECKED:
            yield from _passed_on(call)

    def _say(self, call: LibraryCall, misfit: Misfit) -> None:
        name, meant = call.name, misfit.meant
        keyword = misfit.arg.keyword if misfit.arg is not None else None
        where = keyword or misfit.arg or _name_of(call.node)
        message = {
            Fault.UNKNOWN: f"{name} has no argument {misfit.name}",
            Fault.TWICE: f"{name} is given {misfit.name} twice",
            Fault.SURPLUS: f"{name} takes fewer arguments than it is given",
            Fault.MISSING: f"{name} is not given {misfit.name}, which it needs",
        }[misfit.fault]
        known = [p for p in call.signature.parameters if p != "self"]
        self.report(
            where,
            message,
            hint=f"write {meant}" if meant else f"its arguments are {', '.join(known[:9])}",
            edits=(self.replace(keyword, meant),) if meant and keyword is not None else (),
        )


def _given_another_way(call: LibraryCall) -> bool:
    """Whether an argument that is gone took the place of one that is needed."""
    return any(a.keyword and _removed(call.name, a.keyword.value) for a in call.node.args)


def _removed(name: str, keyword: str) -> bool:
    """Whether an argument was there once: another rule says what took its place."""
    return (
        (name, keyword) in RENAMED
        or (name, keyword) in DROPPED
        or (name, keyword) in ADVICE
        or (keyword == "axis" and name in WITHOUT_AXIS)
        or (name == "fillna" and keyword == "method")
        or (name == "resample" and keyword == "how")
    )


def _once(call: LibraryCall) -> bool:
    keywords = {arg.keyword.value for arg in call.node.args if arg.keyword is not None}
    return any(_removed(call.name, keyword) for keyword in keywords)


def _passed_on(call: LibraryCall) -> Iterator[Misfit]:
    """Keywords that a method hands on to a check of its own, which refuses them."""
    known = [
        p.name
        for p in call.signature.parameters.values()
        if p.kind not in {Parameter.VAR_KEYWORD, Parameter.VAR_POSITIONAL}
    ]
    given = {arg.keyword.value for arg in call.node.args if arg.keyword is not None}
    for arg in call.node.args:
        if arg.keyword is None or arg.keyword.value in _NUMPY or arg.keyword.value in known:
            continue
        name = arg.keyword.value
        meant = nearest(name, [one for one in known if one not in given])
        yield Misfit(fault=Fault.UNKNOWN, name=name, arg=arg, meant=meant)


def _name_of(call: cst.Call) -> cst.BaseExpression:
    return call.func.attr if isinstance(call.func, cst.Attribute) else call.func
