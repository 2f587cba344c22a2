"""Writes ``docs/reference/indicators.md`` from the catalogue: ``python -m`` this module."""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from freqgen.design.indicators import Catalogue, Indicator, Param
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.design.indicators_talib import moving_average_names

PAGE = Path("docs/reference/indicators.md")

_HEAD = """\
# Indicators

<!-- Written by `python -m freqgen.design.indicators_docs`; do not edit. -->

What the field `function` of an indicator in a design may say: every function of the installed
TA-Lib, and what it lacks. Plugins add to them; `freqgen list-indicators` lists what is there.

- **Reads**: columns of the candles. What stands in *italics* is a source that a design may replace
  by another column or an earlier indicator, with the field `source`.
- **Parameters**: the default, and in brackets what is allowed. A `matype` is a kind of moving
  average: {matypes}.
- **Outputs**: the name used in rules. A single output is the indicator's id itself; several are
  written `id.output`. TA-Lib's own name stands behind the equals sign where it differs.
- **Warm-up**: candles of history from which on the last value no longer depends on how many there
  are (1e-4 relative), measured with the default parameters on a synthetic price path. It is what
  `startup_candle_count` is made of.
- Marked **running total**: the level depends on where the candles begin, so that only changes of it
  and comparisons with itself are allowed in rules.

Values that are not there yet or cannot be computed are missing: the first candles of all
functions, also where TA-Lib itself gives zeros; infinite values; divisions by zero. No value ever
changes when later candles arrive.
"""


def catalogue_markdown(catalogue: Catalogue) -> str:
    """Render the page of the reference: a table for each group."""
    matypes = ", ".join(f"{number} {name}" for number, name in moving_average_names().items())
    parts = [_HEAD.format(matypes=matypes)]
    entries = sorted(catalogue, key=lambda entry: (entry.group, entry.name))
    for group, members in groupby(entries, key=lambda entry: entry.group):
        parts.append(
            f"\n## {group}\n\n"
            "| Name | What it is | Reads | Parameters | Outputs | Warm-up | Notes |\n"
            "|---|---|---|---|---|---|---|\n"
        )
        parts += [_row(entry) for entry in members]
    return "".join(parts)


def _row(entry: Indicator) -> str:
    reads = [*entry.inputs, *(f"*{source}*" for source in entry.sources)]
    outputs = []
    for output in entry.outputs:
        text = f"`{output.name}`"
        if output.native not in {output.name, "real", "integer"} and entry.library == "talib":
            text += f" = `{output.native}`"
        outputs.append(f"{text}: {output.description}" if output.description else text)
    notes = ["running total"] if entry.cumulative else []
    notes = [f"**{note}**." for note in notes] + ([entry.notes] if entry.notes else [])
    cells = [
        f"`{entry.name}`",
        entry.title,
        ", ".join(reads),
        "<br>".join(_parameter(param) for param in entry.params),
        "<br>".join(outputs),
        str(entry.warmup()),
        " ".join(notes),
    ]
    escaped = [cell.replace("|", r"\|") for cell in cells]
    return f"| {' | '.join(escaped)} |\n"


def _parameter(param: Param) -> str:
    return (
        f"`{param.name}` {param.default:g} ({param.low:g} to {param.high:g}): {param.description}"
    )


def main() -> int:
    """Write the page."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(catalogue_markdown(Catalogue(builtin_indicators())), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
