"""Runs strategies with freqgen's engine, by order of another process: JSON lines in and out.

``python engine_host.py OPTIONS``, with OPTIONS as JSON: ``config``, ``userdir``, ``datadir``,
``pairs``, ``seconds``, ``memory_mb``. A line is ``{"op", "name", "source"}``; ``op`` is
``backtest``, ``trial`` or ``state``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from freqgen.draft import Draft, ValidatedDraft
from freqgen.evaluation.engine import BacktestRequest, Engine, Limits
from freqgen.evaluation.laboratory import EngineLaboratory
from freqgen.exceptions import FreqgenException
from freqgen.validation.laboratory import Specimen, Trial


class Host:
    """One engine."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options
        self.engine = Engine(
            config=options["config"],
            userdir=Path(options["userdir"]),
            datadir=Path(options["datadir"]),
            limits=Limits(seconds=options["seconds"], memory_mb=options["memory_mb"]),
        )
        self.laboratory = EngineLaboratory(lambda: self.engine, pairs=lambda: options["pairs"])

    def answer(self, order: Mapping[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = {"result": None, "error": None}
        try:
            if order["op"] == "backtest":
                told["result"] = self._backtest(order)
            elif order["op"] == "trial":
                told["result"] = self._trial(order)
        except FreqgenException as exc:
            finding = getattr(exc, "finding", None)
            told["error"] = {
                "type": type(exc).__name__,
                "message": f"{exc} {exc.hint}",
                "code": finding.code if finding else None,
                "finding": finding.to_dict() if finding else None,
            }
        return told | self._state()

    def _draft(self, order: Mapping[str, Any]) -> ValidatedDraft:
        return cast("ValidatedDraft", Draft(class_name=order["name"], source=order["source"]))

    def _backtest(self, order: Mapping[str, Any]) -> dict[str, Any]:
        request = BacktestRequest(
            draft=self._draft(order),
            timeframe=order.get("timeframe", "5m"),
            pairs=tuple(self.options["pairs"]),
            timerange=order.get("timerange", ""),
            store=bool(order.get("store")),
        )
        return self.engine.backtest(request).to_dict(trade_list=True)

    def _trial(self, order: Mapping[str, Any]) -> dict[str, Any]:
        specimen = self.laboratory.describe(self._draft(order))
        if not isinstance(specimen, Specimen):
            return {"finding": specimen.to_dict()}
        (run,) = self.laboratory.run(specimen, [Trial(**order["trial"])])
        if run.finding is not None or run.frame is None:
            return {"finding": run.finding.to_dict() if run.finding else None}
        return {
            "finding": None,
            "rows": len(run.frame),
            "last": {str(k): str(v) for k, v in run.frame.iloc[-1].items()},
        }

    def _state(self) -> dict[str, Any]:
        """The engine's process and its log, for who looks for traces."""
        process = self.engine._process
        if process is None:
            return {"pid": None, "log": "", "workers": []}
        workers = process.folder / "workers"
        return {
            "pid": process.pid if process.alive else None,
            "folder": str(process.folder),
            "log": "\n".join(process._log),
            "workers": [path.name for path in workers.glob("*")],
        }


def main() -> None:
    host = Host(json.loads(sys.argv[1]))
    try:
        for line in sys.stdin:
            print(json.dumps(host.answer(json.loads(line))), flush=True)
    finally:
        host.engine.close()


if __name__ == "__main__":
    main()
