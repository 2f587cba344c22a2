"""A prompt builder that asks for a design in few words."""

from freqgen import Design, Message, Prompt, Step


class TerseDesignPrompt:
    """Used when the settings say ``"prompts": {"design": "terse"}``."""

    name = "terse"
    step = Step.DESIGN

    def build(self, payload):
        """Ask for a design."""
        names = ", ".join(indicator.name for indicator in payload.catalogue)
        return Prompt(
            step=self.step,
            system=f"Answer with one JSON object. Indicators: {names}.",
            messages=(Message(role="user", text=payload.brief.text),),
            payload=payload,
            json_schema=Design.model_json_schema(),
        )
