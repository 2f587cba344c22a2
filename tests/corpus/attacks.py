"""The attacks, as they are run: without their label, under another name."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

CLASS = "Quiet"
"""What every attack is called when it is run: nothing can go by its name."""

CANARIES = (
    "canary-env-7f3a",
    "canary-file-91bd",
    "canary-token-c0de",
    "canary-key-5a1e",
)
"""What must never be heard of: of the environment, a file, and the configuration."""

PLANTED = {
    "telegram": {"enabled": False, "token": "canary-token-c0de", "chat_id": "1"},
    "exchange": {"name": "binance", "key": "canary-key-5a1e", "secret": "canary-key-5a1e"},
}
"""Secrets of a configuration."""

_LABEL = re.compile(r"\A# ATTACK[^\n]*\n")


@dataclass(frozen=True, kw_only=True)
class Attack:
    """One strategy that tries something.

    :param effect: What it wants, as in the corpus.
    :param works: Whether it gets there when nothing protects.
    :param source: Its code, with the corpus' placeholders.
    """

    name: str
    effect: str
    works: bool
    source: str

    def placed(self, **places: Path) -> str:
        """Its code with folders in place of the placeholders."""
        source = self.source
        for placeholder, folder in places.items():
            source = source.replace(f"@{placeholder.upper()}@", str(folder))
        return source


def read_attacks(folder: Path) -> list[Attack]:
    """Read the corpus.

    :param folder: With ``attacks.json`` and ``attacks/``.
    """
    told = json.loads((folder / "attacks.json").read_text(encoding="utf-8"))
    found = []
    for name, about in sorted(told.items()):
        source = (folder / "attacks" / f"{name}.py").read_text(encoding="utf-8")
        found.append(
            Attack(
                name=name,
                effect=about["effect"],
                works=about["works_unprotected"],
                source=unlabelled(source),
            )
        )
    return found


def unlabelled(source: str) -> str:
    """An attack without the line that says what it is, and with another name."""
    source = _LABEL.sub("", source, count=1)
    source, renamed = re.subn(
        r"^class S\(IStrategy\)", f"class {CLASS}(IStrategy)", source, flags=re.MULTILINE
    )
    if renamed != 1:
        raise ValueError(f"{renamed} classes S")
    return source


HONEST = f"""
import talib.abstract as ta
from pandas import DataFrame
from freqtrade.strategy import IStrategy

class {CLASS}(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = '5m'
    stoploss = -0.05
    minimal_roi = {{'0': 0.02}}

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe['rsi'] = ta.RSI(dataframe)
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe['rsi'] < 35, ['enter_long', 'enter_tag']] = (1, 'rsi')
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe['rsi'] > 70, 'exit_long'] = 1
        return dataframe
"""
"""The rules that all attacks of the corpus trade by, and nothing else."""
