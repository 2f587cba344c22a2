"""Writes ``docs/reference/findings.md`` from the validators: ``python -m`` this module.

A validator that has a method ``documentation``, which gives an :class:`Explained` for each of
its codes, is on the page with its reasons and examples; any other is listed by its codes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from freqgen.validation.validator import Validator

PAGE = Path("docs/reference/findings.md")

_HEAD = """\
# Findings

<!-- Written by `python -m freqgen.validation.findings_docs`; do not edit. -->

What `freqgen validate` may say of a strategy. An **error** blocks: the strategy is neither
backtested nor traded. A **warning** is shown and recorded. The phases are parse, structure, types
and behaviour; an error in one ends the phases after it. Nothing of a strategy is run in the first
three; in the fourth it runs in the sandbox. What the backtest shows afterwards has the phase
evaluation.

| codes | about |
|---|---|
| `FG0` | the file, and the checks themselves |
| `FG1` | Freqtrade's strategy interface |
| `FG2` | lookahead, as far as it can be read |
| `FG3` | code that silently does nothing |
| `FG4` | cost |
| `FG5` | safety |
| `FG6` | the design compared with the code |
| `FG7` | types |
| `FG8` | what running it shows |
"""

_FAMILIES = {
    "0": "The file",
    "1": "The strategy interface",
    "2": "Lookahead",
    "3": "Silently nothing",
    "4": "Cost",
    "5": "Safety",
    "6": "The design and the code",
    "7": "Types",
    "8": "What running it shows",
}

_WIDEST = 100
_SHOWN = 3
_INVISIBLE = re.compile(
    "[^\n\t\x20-\x7e\xa0-\u200a\u2010-\u2027\u2030-\u205f\u2070-\ud7ff\uff00-\uffee]"
)


class Explained(Protocol):
    """What a page says of one code.

    ``severity`` is ``error``, ``warning`` or both; ``bad`` and ``good`` are pieces of code.
    """

    @property
    def code(self) -> str: ...  # noqa: D102

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def title(self) -> str: ...  # noqa: D102

    @property
    def why(self) -> str: ...  # noqa: D102

    @property
    def severity(self) -> str: ...  # noqa: D102

    @property
    def bad(self) -> Sequence[str]: ...  # noqa: D102

    @property
    def good(self) -> Sequence[str]: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """A code of the runner itself."""

    code: str
    title: str
    why: str
    name: str = "freqgen"
    severity: str = "error"
    bad: tuple[str, ...] = ()
    good: tuple[str, ...] = ()


RUNNER = (
    _Own(
        code="FG002",
        title="a validator crashed",
        why="What was not checked has not passed. The fault is the validator's, not the "
        "strategy's.",
    ),
    _Own(
        code="FG003",
        title="no validator checks whether the file parses",
        why="The plugin that does so is disabled or could not be loaded, so nothing can be said.",
    ),
    _Own(
        code="FG004",
        title="the file is not text in UTF-8",
        why="Python files are UTF-8 text without null bytes.",
    ),
    _Own(
        code="FG005",
        title="the file is larger than a million bytes",
        why="A strategy is a few hundred lines of code; data belongs elsewhere.",
    ),
    _Own(
        code="FG690",
        title="the design says something that is hardly meant",
        why="A rule that can never or always hold, a parameter that nothing uses, a stop that "
        "cannot be reached: the design is valid, and its author should look again.",
        severity="warning",
    ),
    _Own(
        code="FG691",
        title="the backtest took data as zero that is not there",
        why="Without funding rates and mark prices Freqtrade counts funding fees of futures as "
        "zero, without a word. The results are better, or worse, than they would have been.",
        severity="warning",
    ),
    _Own(
        code="FG692",
        title="the strategy was read and not run",
        why="Nothing on this machine holds it well enough (``freqgen doctor``), the plugin that "
        "runs strategies is disabled, or it needs FreqAI, which freqgen does not train. What a "
        "strategy does is known only from running it, so it is not backtested either.",
        severity="warning",
    ),
    _Own(
        code="FG693",
        title="the configured market does not allow what the strategy does",
        why="It goes short, and the configuration is for spot. It was tried as in futures; "
        "Freqtrade, and so ``freqgen backtest``, refuse it until the configuration has "
        '``"trading_mode": "futures"``.',
        severity="warning",
    ),
    _Own(
        code="FG694",
        title="a model's answer is no design that can be used",
        why="It is no JSON object, has wrong fields or expressions, does not keep what was asked "
        "for beside the text, or goes beyond the setting ``limits``. No code is written for it; "
        "after the last attempt it is part of the error ``AttemptsExhausted``.",
    ),
    _Own(
        code="FG695",
        title="a comment silences nothing",
        why="``# noqa: FG301`` stands where there is no such finding, names a rule that there is "
        "not, or one that no comment silences: ``FG0``, ``FG5``, and ``FG810`` to ``FG815`` decide "
        "whether a strategy may be run, which is not for its file to say.",
        severity="warning",
    ),
)
"""The codes of :mod:`freqgen.validation.runner`, and that of advice on a design."""


def findings_markdown(validators: Iterable[Validator]) -> str:
    """The whole page."""
    entries: list[Explained] = list(RUNNER)
    others: list[str] = []
    for validator in validators:
        documentation = getattr(validator, "documentation", None)
        if documentation is None:
            others.append(f"- `{validator.name}`: {', '.join(validator.codes)}")
        else:
            entries.extend(documentation())
    lines = [_HEAD]
    family = ""
    for entry in sorted(entries, key=lambda e: e.code):
        if entry.code[2] != family:
            family = entry.code[2]
            lines.append(f"## {_FAMILIES.get(family, 'Others')}\n")
        lines.append(_section(entry))
    if others:
        lines += ["## Checks of other plugins\n", "\n".join(others) + "\n"]
    return "\n".join(lines)


def _section(entry: Explained) -> str:
    title = entry.title[:1].upper() + entry.title[1:]
    parts = [f"### {entry.code}: {title}\n", f"*{entry.severity}*, from `{entry.name}`.\n"]
    parts.append(f"{_markdown(entry.why)}\n")
    for heading, examples in (("Found:", entry.bad), ("Fine:", entry.good)):
        if examples:
            parts.append(f"{heading}\n")
            parts += [f"```py\n{_shown(example)}\n```\n" for example in examples[:_SHOWN]]
    return "\n".join(parts)


def _markdown(text: str) -> str:
    """A reST docstring as Markdown."""
    return text.replace("``", "`")


def _shown(example: str) -> str:
    """An example as it can be printed: invisible characters as escapes, long lines cut."""
    text = _INVISIBLE.sub(lambda m: m[0].encode("unicode_escape").decode(), example.strip("\n"))
    return "\n".join(
        line if len(line) <= _WIDEST else f"{line[: _WIDEST - 2]} …" for line in text.split("\n")
    )


def main() -> int:
    """Write the page from the installed plugins."""
    from freqgen.plugins import PluginHost

    PAGE.parent.mkdir(parents=True, exist_ok=True)
    page = findings_markdown(PluginHost.load().validators().values())
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
