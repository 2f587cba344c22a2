"""Writes ``docs/plugins/hooks.md`` from the hook specifications and what they register."""

from __future__ import annotations

import inspect
import re
from enum import Enum

from freqgen import hookspecs
from freqgen.brief import Brief
from freqgen.commands.context import CommandContext
from freqgen.draft import Draft
from freqgen.evaluation.evaluator import EvaluationContext, Evaluator, Measurement
from freqgen.evaluation.gate import Decision, Gate, GateResult
from freqgen.evaluation.result import BacktestResult
from freqgen.finding import Finding, Phase, Severity
from freqgen.generation.prompt import CallOptions, Payload, Prompt, PromptBuilder, Step
from freqgen.generation.provider import Provider, Reading, Reply, Span, Usage
from freqgen.sandbox.level import Level, Protection
from freqgen.store.record import Record
from freqgen.validation.laboratory import Laboratory, Run, Specimen, Trial
from freqgen.validation.validator import ValidationContext, Validator
from tests.installation import ROOT

PATH = ROOT / "docs" / "plugins" / "hooks.md"

HEAD = """\
# Hooks

<!-- Written by `make docs` from freqgen/hookspecs.py; do not edit. -->

A plugin is a module with functions of these names, marked with `freqgen.hookimpl`. It leaves out
the hooks, and the parameters of a hook, that it does not need. [writing.md](writing.md) walks
through a plugin that uses most of them.

What goes wrong in a plugin stays in it: an exception while it is imported or registers something,
a hook or parameter that does not exist, a name that is taken. Nothing of such a plugin is used,
it is warned of once on stderr, and `freqgen list-plugins` shows why. Within one hook, plugins are
asked in the order of loading: freqgen's own first, then by name. For `load_brief` it is the other
way round, so that a plugin may take what freqgen would have taken. Hook wrappers are refused.

What goes wrong later has a name too. A provider, prompt builder, evaluator or gate that raises
anything but freqgen's own errors, or returns something else than it should, ends the command with
exit code 2 and a message that names the plugin; `-v` shows the traceback. A validator that raises
makes a finding that blocks. An observer that raises is warned of. And where a plugin failed while
it registered validators, evaluators or gates, no strategy is allowed before somebody looked at it.
"""

REGISTERED = {
    "register_providers": [Provider],
    "register_prompt_builders": [PromptBuilder],
    "register_validators": [Validator],
    "register_evaluators": [Evaluator],
    "register_gates": [Gate],
}
"""The protocol of what each hook registers. Indicators have a page of their own."""

VALUES = [
    Brief,
    Prompt,
    Payload,
    CallOptions,
    Reply,
    Reading,
    Span,
    Usage,
    ValidationContext,
    Specimen,
    Trial,
    Run,
    Protection,
    Finding,
    Draft,
    EvaluationContext,
    BacktestResult,
    Measurement,
    GateResult,
    Record,
]
"""What these protocols give and take."""

LABORATORY = """\
## What runs a draft

Validators of the phase behaviour get a laboratory in their context, and evaluators in theirs.
Nothing else in a plugin runs a draft: the laboratory runs it in the
[sandbox](../explanation/sandbox.md). [writing.md](writing.md#a-validator-that-runs-the-draft) has
a validator that uses one.

"""
"""What stands above the laboratory."""

CHOICES = [Step, Phase, Severity, Decision, Level]
"""Enumerations among their fields."""


def page() -> str:
    """The whole page."""
    parts = [HEAD, "## The hooks\n"]
    for name, hook in vars(hookspecs).items():
        if not hasattr(hook, "freqgen_spec"):
            continue
        parts.append(f"### {name}\n\n```python\n{signature(name, hook)}\n```\n")
        parts.append(markdown(inspect.getdoc(hook) or ""))
        parts += [protocol(registered) for registered in REGISTERED.get(name, [])]
    parts.append("## What they give and take\n\nAll of them are frozen and made by keyword.\n")
    parts += [value(kind) for kind in VALUES]
    parts.append(LABORATORY + protocol(Laboratory))
    parts.append("## Choices\n")
    parts += [choice(kind) for kind in CHOICES]
    parts.append("## What a verb is given\n")
    parts.append(protocol(CommandContext))
    return "\n".join(parts)


def signature(name: str, function: object) -> str:
    """A function's head, without the names of modules."""
    text = f"def {name}{inspect.signature(function)}"  # type: ignore[arg-type]
    return re.sub(r"'([^']*)'", r"\1", text)


def protocol(kind: type) -> str:
    """What an object must have to be registered."""
    lines = [f"**{kind.__name__}**: {first_line(kind)}\n"]
    for name, member in vars(kind).items():
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            returns = inspect.signature(member.fget).return_annotation
            lines.append(f"- `{name}: {returns}`: {indented(member)}")
        elif inspect.isfunction(member):
            head = signature(name, member).removeprefix("def ")
            lines.append(f"- `{head}`: {indented(member)}")
    return "\n".join(lines) + "\n"


def value(kind: type) -> str:
    """The fields of a frozen value."""
    fields = ", ".join(
        str(parameter).replace("'", "").partition(" = ")[0]
        + ("" if parameter.default is parameter.empty else " = …")
        for parameter in inspect.signature(kind).parameters.values()
    )
    return f"### {kind.__name__}\n\n`{kind.__name__}({fields})`\n\n{markdown(inspect.getdoc(kind))}"


def choice(kind: type[Enum]) -> str:
    """The members of an enumeration."""
    members = ", ".join(f"`{member.name}`" for member in kind)
    return f"- **{kind.__name__}**: {first_line(kind)} {members}.\n"


def first_line(documented: object) -> str:
    """The first paragraph of a docstring."""
    return markdown((inspect.getdoc(documented) or "").partition("\n\n")[0]).strip()


def indented(documented: object) -> str:
    """A docstring as the text of a list's item."""
    text = markdown(inspect.getdoc(documented) or "").strip().replace("\n", "\n  ")
    return text.replace("\n  \n", "\n\n")


def markdown(text: str | None) -> str:
    """reStructuredText as this project uses it, as Markdown."""
    text = re.sub(r":\w+:`~?(?:[\w.]*\.)?([\w]+)`", r"`\1`", text or "")
    text = text.replace("``", "`")
    text = re.sub(r"^:param (\w+):", r"- `\1`:", text, flags=re.MULTILINE)
    text = re.sub(r"^:returns?:", "- Returns:", text, flags=re.MULTILINE)
    text = re.sub(r"^:raises (\w+):", r"- Raises `\1`:", text, flags=re.MULTILINE)
    # A list needs an empty line before it, and its further lines two spaces.
    text = re.sub(r"^ {4}", "  ", text, flags=re.MULTILINE)
    text = re.sub(r"(^(?!- |  ).+)\n(?=- )", r"\1\n\n", text, flags=re.MULTILINE)
    return text + "\n"


if __name__ == "__main__":
    PATH.write_text(page(), encoding="utf-8")
