"""What the tests of this folder share: a bench, a scripted laboratory and small strategies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from freqgen import (
    Catalogue,
    Design,
    Draft,
    Finding,
    Laboratory,
    Run,
    Specimen,
    Trial,
    ValidationContext,
)
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.draft import ScreenedDraft
from freqgen.evaluation.engine import Engine

CATALOGUE = Catalogue(builtin_indicators())


@dataclass(frozen=True)
class Bench:
    """Looks at sources with one validator."""

    laboratory: Laboratory
    folder: Path
    engine: Engine | None = None

    @property
    def context(self) -> ValidationContext:
        return ValidationContext(
            catalogue=CATALOGUE, cache_dir=self.folder, laboratory=self.laboratory
        )

    def leftovers(self) -> list[str]:
        """Folders of workers, and workers, that are still there."""
        assert self.engine is not None
        process = self.engine._process
        assert process is not None
        folders = [path.name for path in (process.folder / "workers").iterdir()]
        parents = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        workers = [
            child
            for parent in parents
            for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        ]
        return [*folders, *workers]

    def check(
        self, validator: Any, source: str, *, design: Design | None = None, runs: bool = True
    ) -> list[Finding]:
        """What a validator finds.

        :param runs: Whether the strategy must load and run: of one that does not, nothing is
            found, which proves nothing.
        """
        draft = ScreenedDraft(Draft(class_name=design.name if design else "S", source=source))
        if runs:
            specimen = self.laboratory.describe(draft)
            assert isinstance(specimen, Specimen), specimen
            (run,) = self.laboratory.run(specimen, [Trial(lines=True)])
            assert run.finding is None
        return list(validator.check(draft, design, self.context))


@dataclass
class ScriptedLaboratory:
    """Answers every trial with what ``answer`` says, and keeps what it was asked."""

    answer: Callable[[Trial], Run]
    rows: int = 1000
    startup: int = 0
    asked: list[Trial] = field(default_factory=list)

    def describe(self, draft: ScreenedDraft) -> Specimen | Finding:
        return Specimen(
            draft=draft,
            attributes=MappingProxyType({"startup_candle_count": self.startup}),
            callbacks=(),
            informative=(),
            engine=(),
            pair="BTC/USDT",
            loaded_for="BTC/USDT",
            timeframe="1h",
            rows=self.rows,
            synthetic=True,
            trading_mode="spot",
        )

    def run(self, specimen: Specimen, trials: Sequence[Trial]) -> list[Run]:
        self.asked += trials
        return [self.answer(trial) for trial in trials]


HEAD = """\
import numpy as np
import pandas as pd
import talib.abstract as ta
from functools import reduce
from freqtrade.strategy import IStrategy, IntParameter, informative
from technical import qtpylib


class S(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "1h"
    stoploss = -0.1
    minimal_roi = {"0": 0.1}
"""


def strategy(
    *,
    indicators: str = "",
    entry: str = 'dataframe.loc[dataframe["volume"] < 0, "enter_long"] = 1',
    exit_: str = "",
    attributes: str = "",
    startup: int = 150,
) -> str:
    """The source of a strategy, from lines of its methods."""
    methods = (("indicators", indicators), ("entry_trend", entry), ("exit_trend", exit_))
    text = HEAD + f"    startup_candle_count = {startup}\n"
    text += "".join(f"    {line}\n" for line in attributes.splitlines())
    for name, body in methods:
        text += f"\n    def populate_{name}(self, dataframe, metadata):\n"
        text += "".join(f"        {line}\n" for line in body.splitlines())
        text += "        return dataframe\n"
    return text


def line_of(source: str, part: str) -> int:
    """Number of the first line that has a text in it."""
    return next(n for n, line in enumerate(source.splitlines(), 1) if part in line)
