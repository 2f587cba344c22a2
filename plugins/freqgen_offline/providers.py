"""The two providers. Their work is imported when they are asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from freqgen import ProviderUnavailable, Reply, Step, Usage

if TYPE_CHECKING:
    from freqgen import CallOptions, Prompt


@dataclass(frozen=True, slots=True)
class OfflineProvider:
    """Reads rules in plain English; answers the step ``design``."""

    name: str = "offline"
    deterministic: bool = True

    def models(self) -> tuple[str, ...]:
        """None: there is nothing to choose."""
        return ()

    def answer(self, prompt: Prompt, *, model: str | None, options: CallOptions) -> Reply:  # noqa: ARG002
        """Answer with the JSON of a design, and with what became of the brief's words.

        :raises ProviderUnavailable: If another step is asked for, or there is no brief.
        :raises BriefError: If no rule for an entry was understood.
        """
        if prompt.step is not Step.DESIGN or prompt.payload.brief is None:
            raise ProviderUnavailable(
                f'the provider "{self.name}" reads briefs, and was asked for the step '
                f'"{prompt.step}"',
                provider=self.name,
                hint="use --code-model compiler, which writes the code of a design",
            )
        import json

        from freqgen_offline.reader import read_brief

        design, reading = read_brief(prompt.payload.brief)
        text = json.dumps(design, indent=2, ensure_ascii=False)
        return Reply(text=text, model=self.name, usage=Usage(), reading=reading)


@dataclass(frozen=True, slots=True)
class CompilerProvider:
    """Compiles designs; answers the step ``code``."""

    name: str = "compiler"
    deterministic: bool = True

    def models(self) -> tuple[str, ...]:
        """None: there is nothing to choose."""
        return ()

    def answer(self, prompt: Prompt, *, model: str | None, options: CallOptions) -> Reply:  # noqa: ARG002
        """Answer with the source of the design's strategy.

        :raises ProviderUnavailable: If another step is asked for, or there is no design.
        :raises DesignError: If the design's rules or indicators do not fit together.
        """
        if prompt.step is not Step.CODE or prompt.payload.design is None:
            raise ProviderUnavailable(
                f'the provider "{self.name}" writes the code of a design, and was asked for the '
                f'step "{prompt.step}"',
                provider=self.name,
                hint="use --design-model offline, which reads a brief into a design; what it "
                "compiles needs no repair",
            )
        from freqgen import check_design, compile_design

        source = compile_design(check_design(prompt.payload.design, prompt.payload.catalogue))
        return Reply(text=source, model=self.name, usage=Usage())
