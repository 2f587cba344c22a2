"""Records to test with."""

from __future__ import annotations

from typing import Any

from freqgen.evaluation.gate import Decision
from freqgen.generation.provider import Usage
from freqgen.store.record import Attempt, Record

DESIGN = {"name": "Reversion", "entry_long": ["rsi < 30"], "risk": {"stoploss": -0.02}}


def strategy(name: str = "Reversion", number: int = 1) -> str:
    """Source that differs by number. It need not run: nothing here runs it."""
    return f"class {name}(IStrategy):\n    startup_candle_count = {number}\n"


def record(name: str = "Reversion", number: int = 1, **fields: Any) -> Record:
    """A record with something in every field that may be empty."""
    given: dict[str, Any] = {
        "source": strategy(name, number),
        "decision": Decision.ALLOW,
        "brief": "Buy when RSI is below 30",
        "constraints": {"timeframe": "1h"},
        "reading": {"read": [{"start": 0, "end": 3}], "unread": [], "defaults": ["1h"]},
        "design": {**DESIGN, "name": name},
        "design_origin": "offline",
        "code_origin": "compiler",
        "findings": [{"code": "FG301", "severity": "warning", "line": 3}],
        "gates": [{"name": "never-trades", "passed": True}],
        "measurements": {"backtest": {"trades": 24, "profit_total": 0.125}},
        "usage": Usage(calls=2, input_tokens=10, output_tokens=5, cost_usd=None),
        "timings": {"design": 0.25},
        "attempts": 1,
    }
    return Record(name=name, **{**given, **fields})


def attempt(number: int = 1, **fields: Any) -> Attempt:
    given: dict[str, Any] = {
        "step": "code",
        "provider": "compiler",
        "prompt_sha256": "0" * 64,
        "reply": strategy(),
        "findings": [{"code": "FG101"}],
        "seconds": 0.5,
        "usage": Usage(calls=1, input_tokens=7),
    }
    return Attempt(number=number, **{**given, **fields})
