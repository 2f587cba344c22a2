"""A provider that needs no language model: it knows one strategy."""

import json
import re

from freqgen import ProviderUnavailable, Reply, ReplyInvalid, Step, Usage


class BreakoutProvider:
    """Designs a breakout over as many candles as the brief says."""

    name = "breakout"
    deterministic = True

    def models(self):
        """There is only one way to answer."""
        return ()

    def answer(self, prompt, *, model, options):
        """Answer the step ``design``."""
        if prompt.step is not Step.DESIGN:
            raise ProviderUnavailable(
                f"{self.name} cannot do the step {prompt.step}",
                provider=self.name,
                hint="use it as --design-model, with --code-model compiler",
            )
        length = re.search(r"(\d+) candles", prompt.payload.brief.text)
        if length is None:
            raise ReplyInvalid(
                "the brief says no number of candles",
                provider=self.name,
                hint='say it as in "breakout of 20 candles"',
            )
        candles = int(length[1])
        design = {
            "name": prompt.payload.brief.name or f"Breakout{candles}",
            "kind": "breakout",
            "hypothesis": f"A close above {candles} candles of highs goes on rising.",
            "timeframe": "1h",
            "entry_long": [f"close > shift(highest(high, {candles}), 1)"],
            "exit_long": [f"close < shift(lowest(low, {max(2, candles // 2)}), 1)"],
            "risk": {"stoploss": -0.1},
        }
        return Reply(text=json.dumps(design), model=self.name, usage=Usage(calls=1))
