"""Writes ``docs/reference/prompts.md``: what models are asked, and how long the question is."""

from __future__ import annotations

import freqtrade

from freqgen import Step
from freqgen_prompts.builder import TemplateBuilder
from tests.docs.markdown import table
from tests.installation import ROOT
from tests.plugins.freqgen_prompts.snapshots import payload

PATH = ROOT / "docs" / "reference" / "prompts.md"

CHARACTERS_PER_TOKEN = 3
"""What the tokenizer of SmolLM2-135M makes of the three prompts: 2.6, 3.4 and 3.2."""

ABOUT = {
    Step.DESIGN: "an idea is to become a design",
    Step.CODE: "a design is to become a strategy",
    Step.REPAIR: "a strategy in which checks found faults is to be mended",
}

HEAD = """\
# Prompts

<!-- Written by `make docs`; do not edit. -->

What language models are asked, where one is chosen with `--design-model` or `--code-model`; the
providers `offline` and `compiler` need no words. The setting
[`prompts`](configuration.md) chooses another builder for a step, which a
[plugin](../plugins/hooks.md) brings; the builders named `default` are those of the plugin
`prompts`, and their words are the templates in `plugins/freqgen_prompts/templates`. Every prompt
and every reply of a run is in `user_data/freqgen/audit.jsonl`.

The system text is the same for all ideas and designs, so that a provider can cache it; what differs
is in the message. It holds:

- for a design: the expression language, the catalogue of indicators with parameters and outputs,
  mistakes to avoid, and two ideas with their designs;
- for code: the interface of the Freqtrade that is installed, read from its source; what may be
  imported; mistakes to avoid, each beside the line that is right; and two designs with the code
  that freqgen's compiler writes for them;
- for a repair: the same, what to do about each kind of finding, and one file with faults, what
  freqgen's own checks find in it, and the file mended.

[repair.md](../explanation/repair.md) says which findings a model is told, in which order, and when
the code is asked for anew.

The idea, the constraints given beside it, the design, the file and its findings are data: they
stand between marks that they cannot contain, and the system text says that instructions in them are
not to be followed.

## Size

With the catalogue of freqgen alone, Freqtrade {version}, and a design of four indicators in the
message. Tokens are an estimate, {ratio} characters each, since every model counts in its
own way: that of SmolLM2, a small model that runs anywhere, makes one token of 2.6 characters of the
first prompt and of 3.4 of the second. What a call took is in the `usage` of its result.

{sizes}
The JSON schema of a design, which goes with the first, has {schema:,} characters more.
"""


def page() -> str:
    """The whole page."""
    import json

    rows = []
    schema = 0
    whole = payload()
    for step in Step:
        prompt = TemplateBuilder(step=step).build(whole)
        if prompt.json_schema is not None:
            schema = len(json.dumps(prompt.json_schema))
        texts = {"system": prompt.system, "message": prompt.messages[-1].text}
        for part, text in texts.items():
            rows.append(
                [
                    f"`{step}`" if part == "system" else "",
                    ABOUT[step] if part == "system" else "",
                    part,
                    f"{len(text):,}",
                    f"{len(text.encode()):,}",
                    f"{round(len(text) / CHARACTERS_PER_TOKEN, -1):,.0f}",
                ]
            )
    head = ["step", "when", "part", "characters", "bytes", "tokens, estimated"]
    return HEAD.format(
        version=freqtrade.__version__,
        ratio=CHARACTERS_PER_TOKEN,
        sizes=table(head, rows),
        schema=schema,
    )
