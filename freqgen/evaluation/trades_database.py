"""Reads the trades of a Freqtrade database without starting Freqtrade."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from freqgen.exceptions import EvaluationError
from freqgen.printable import printable

_COLUMNS = {
    "id": "id",
    "pair": "pair",
    "is_open": "is_open",
    "is_short": "is_short",
    "leverage": "leverage",
    "open_date": "open_date",
    "close_date": "close_date",
    "open_rate": "open_rate",
    "close_rate": "close_rate",
    "amount": "amount",
    "stake_amount": "stake_amount",
    "profit_ratio": "close_profit",
    "profit_abs": "close_profit_abs",
    "enter_tag": "enter_tag",
    "exit_reason": "exit_reason",
}
"""Our names, as in a backtest, and Freqtrade's columns."""


def read_trades(database: Path) -> list[dict[str, Any]]:
    """Read all trades of a database, oldest first.

    A trade whose entry order was never filled is not one. Nothing is written, but for this: what
    a bot that was killed left half-written is undone, as the bot itself does at its next start.

    :returns: Rows with the names of a backtest's trades; none if there is no database yet.
    :raises EvaluationError: If the file is no database of Freqtrade's.
    """
    if not database.is_file():
        return []
    wanted = ", ".join(_COLUMNS.values())
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=rw", uri=True)) as found:
            found.execute("PRAGMA query_only = ON")
            has_trades = found.execute(
                "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'trades'"
            ).fetchone()
            if not has_trades:
                return []
            rows = found.execute(
                f"SELECT {wanted} FROM trades "  # noqa: S608  (names are ours)
                "WHERE EXISTS (SELECT 1 FROM orders WHERE orders.ft_trade_id = trades.id "
                "AND orders.filled > 0) ORDER BY id"
            ).fetchall()
    except sqlite3.Error as exc:
        raise EvaluationError(
            f"the database {printable(database)} cannot be read: {exc}",
            hint="move the file away to start paper trading anew",
        ) from exc
    trades = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    for trade in trades:
        trade["is_open"] = bool(trade["is_open"])
        trade["is_short"] = bool(trade["is_short"])
        for key in ("open_date", "close_date"):
            # Freqtrade stores times in UTC without saying so.
            trade[key] = f"{trade[key][:19].replace(' ', 'T')}+00:00" if trade[key] else None
    return trades
