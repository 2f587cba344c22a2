"""A process that reads drafts for another one: the phases parse and structure.

What it is asked comes as lines of JSON on the standard input. The first says which plugins to
leave out and where the cache is, and is answered with the names of the validators that are
there; each further one has a draft, and is answered with findings and timings. The process ends
with its input. It runs nothing of a draft.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from freqgen.draft import Draft
from freqgen.finding import Edit, Finding, Phase, Report
from freqgen.validation.runner import run_validators
from freqgen.validation.validator import ValidationContext, Validator

READ_PHASES = (Phase.PARSE, Phase.STRUCTURE)
"""What this process does: work for the processor, which several can do at the same time."""


def report_to_dict(report: Report) -> dict[str, Any]:
    """A report as it goes between the processes."""
    return {
        "findings": [
            finding.to_dict()
            | {"edits": [[edit.start, edit.end, edit.text] for edit in finding.edits]}
            for finding in report.findings
        ],
        "timings": dict(report.timings),
    }


def report_from_dict(data: Mapping[str, Any]) -> Report:
    """What :func:`report_to_dict` made a mapping of."""
    from dataclasses import replace

    return Report(
        findings=tuple(
            replace(
                Finding.from_dict(one),
                edits=tuple(Edit(start=a, end=b, text=text) for a, b, text in one["edits"]),
            )
            for one in data["findings"]
        ),
        timings=data["timings"],
    )


def serve(asked: TextIO, answers: TextIO) -> None:
    """Answer until nothing more is asked."""

    def answer(data: Mapping[str, Any]) -> None:
        answers.write(json.dumps(data) + "\n")
        answers.flush()

    setup = json.loads(next(asked))
    validators, context = _begin(setup)
    answer({"validators": sorted(validators)})
    for line in asked:
        request = json.loads(line)
        draft = Draft(class_name=request["class_name"], source=request["source"])
        chosen = [validators[name] for name in request["validators"]]
        validation = run_validators(draft, None, chosen, context, last=READ_PHASES[-1])
        answer(report_to_dict(validation.report))


def _begin(setup: Mapping[str, Any]) -> tuple[dict[str, Validator], ValidationContext]:
    from freqgen.design.indicators import Catalogue
    from freqgen.design.indicators_builtin import builtin_indicators
    from freqgen.plugins import PluginHost

    # Plugins that fail are warned of by the process that started this one.
    host = PluginHost.load(setup["disabled"], warn=lambda _message: None)
    catalogue = Catalogue([*builtin_indicators(), *host.indicators().values()])
    context = ValidationContext(catalogue=catalogue, cache_dir=Path(setup["cache_dir"]))
    found = host.validators()
    return {name: found[name] for name in found if found[name].phase in READ_PHASES}, context


def main() -> None:
    """Serve the standard streams; whatever else is printed goes nowhere."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started it
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    asked = open(os.dup(0), encoding="utf-8")  # noqa: PTH123, SIM115  (until the end)
    os.dup2(nowhere, 0)
    serve(asked, answers)


if __name__ == "__main__":
    main()
    sys.exit(0)
