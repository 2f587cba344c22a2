"""For the tests of plugins: a scripted provider, small examples of every type, rule cases.

Install the extra ``test``, and see ``docs/plugins/testing.md``. pytest is imported only by the
function that needs it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from freqgen.brief import Brief
from freqgen.draft import Draft
from freqgen.exceptions import ProviderUnavailable
from freqgen.generation.prompt import CallOptions, Message, Payload, Prompt, Step
from freqgen.generation.provider import Reply, Usage
from freqgen.plugins import PluginHost
from freqgen.validation.validator import ValidationContext

if TYPE_CHECKING:
    import pandas as pd
    from _pytest.mark import ParameterSet

    from freqgen.design.indicators import Catalogue
    from freqgen.design.model import Design
    from freqgen.finding import Finding
    from freqgen.validation.validator import Validator

A_BRIEF = "Buy when RSI(14) is below 30. Sell when RSI rises above 70. 1h candles, 5% stop loss."

A_SOURCE = '''\
from pandas import DataFrame
from talib import abstract as ta

from freqtrade.strategy import IStrategy


class RsiReversion(IStrategy):
    """Buys weakness and sells strength."""

    INTERFACE_VERSION = 3

    timeframe = "1h"
    stoploss = -0.05
    startup_candle_count = 100

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["rsi"] < 30, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["rsi"] > 70, "exit_long"] = 1
        return dataframe
'''
"""A strategy in which no check of freqgen's own finds anything that blocks."""


class ScriptedProvider:
    """A provider that gives prepared replies, one a prompt, and remembers the prompts.

    :param replies: Texts or replies in the order wanted; an exception is raised in its turn.
    :param name: Its name.
    :param deterministic: Whether asking again is said to give the same answer.
    """

    def __init__(
        self,
        replies: Iterable[str | Reply | Exception],
        name: str = "scripted",
        *,
        deterministic: bool = False,
    ) -> None:
        self.name = name
        self.deterministic = deterministic
        self.prompts: list[Prompt] = []
        self._replies = list(replies)

    def models(self) -> Sequence[str]:
        """There are no models to choose from."""
        return ()

    def answer(
        self,
        prompt: Prompt,
        *,
        model: str | None = None,  # noqa: ARG002  (a script answers the same to all)
        options: CallOptions | None = None,  # noqa: ARG002
    ) -> Reply:
        """Give the next reply.

        :raises ProviderUnavailable: If all replies were given.
        """
        self.prompts.append(prompt)
        if len(self.prompts) > len(self._replies):
            raise ProviderUnavailable(
                f"the script has {len(self._replies)} replies and this is prompt "
                f"{len(self.prompts)}",
                provider=self.name,
                hint="give ScriptedProvider more replies",
            )
        reply = self._replies[len(self.prompts) - 1]
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, Reply):
            return reply
        return Reply(text=reply, model=self.name, usage=Usage(calls=1))


def make_host(*plugins: object) -> PluginHost:
    """A host with these modules or objects as its only plugins.

    A plugin that fails to load is in ``host.failed``; here its error is raised at once.
    """
    host = PluginHost.load(plugins=plugins, entry_points=False, warn=_silent)
    for failed in host.failed:
        raise failed.error
    return host


def _silent(_message: str) -> None:
    """Warn nobody: the caller is told by an exception."""


@cache
def a_catalogue() -> Catalogue:
    """The built-in indicators."""
    from freqgen.design.indicators import Catalogue
    from freqgen.design.indicators_builtin import builtin_indicators

    return Catalogue(builtin_indicators())


def a_design(**changes: Any) -> Design:
    """A small valid design: an RSI reversion on 1h candles.

    :param changes: Fields to replace, as JSON values. Those of ``risk`` are merged into it.
    :raises DesignError: If the changed design is not valid.
    """
    from freqgen.design.model import Design

    risk = {"stoploss": -0.05, **changes.pop("risk", {})}
    data = {
        "name": "RsiReversion",
        "kind": "mean_reversion",
        "hypothesis": "Prices that fell fast recover.",
        "timeframe": "1h",
        "indicators": [{"id": "rsi", "function": "RSI", "params": {"timeperiod": 14}}],
        "entry_long": ["rsi < 30"],
        "exit_long": ["rsi > 70"],
        "risk": risk,
    }
    return Design.from_data({**data, **changes})


def a_draft(source: str = A_SOURCE, *, class_name: str = "RsiReversion", origin: str = "") -> Draft:
    """A draft; by default one in which nothing is wrong."""
    return Draft(class_name=class_name, source=source, origin=origin)


def a_prompt(text: str = A_BRIEF, *, step: Step | str = Step.DESIGN, **payload: Any) -> Prompt:
    """A prompt as a builder would make it of the brief ``text``.

    :param payload: Further fields of the prompt's payload, as in ``design=a_design()``.
    """
    data = Payload(catalogue=a_catalogue(), brief=Brief.from_text(text))
    return Prompt(
        step=Step(step),
        system="You turn trading ideas into designs.",
        messages=(Message(role="user", text=text),),
        payload=replace(data, **payload),
    )


def a_candle_frame(
    candles: int = 500, *, seed: int = 1, timeframe: str = "1h", start: str = "2024-01-01"
) -> pd.DataFrame:
    """Candles of a random walk, the same for the same arguments.

    :param candles: How many rows.
    :returns: The columns ``date`` (UTC), ``open``, ``high``, ``low``, ``close``, ``volume``;
        ``low <= open, close <= high`` in every row, and all prices above zero.
    """
    import numpy as np
    import pandas as pd

    from freqgen.design.shape import TIMEFRAMES

    random = np.random.default_rng(seed)
    close = 100.0 * np.exp(np.cumsum(random.normal(0.0, 0.01, candles)))
    open_ = np.concatenate(([100.0], close[:-1]))
    reach = np.abs(random.normal(0.0, 0.004, (2, candles)))
    return pd.DataFrame(
        {
            "date": pd.date_range(
                start, periods=candles, freq=f"{TIMEFRAMES[timeframe]}min", tz="UTC"
            ),
            "open": open_,
            "high": np.maximum(open_, close) * (1.0 + reach[0]),
            "low": np.minimum(open_, close) * (1.0 - reach[1]),
            "close": close,
            "volume": random.lognormal(3.0, 0.5, candles),
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCase:
    """One example of a rule.

    :param source: The code that the rule looks at.
    :param line: The line of the finding that is expected; ``None`` where none is, or where
        the finding is about the whole file.
    :param expected: The code of the finding that is expected; empty for none.
    :param design: What the code was made from, where the example says so.
    """

    source: str
    line: int | None = None
    expected: str = ""
    design: object = None


def rule_cases(rule: Any) -> list[ParameterSet]:
    """Turn a rule's examples into parameters for ``pytest.mark.parametrize``.

    :param rule: A class or object with the tuples ``VALID`` and ``INVALID``. A valid example
        is a text; an invalid one a pair of text and line, or an object with the attributes
        ``code`` (or ``source``) and ``line``, and perhaps ``design``. What is to be found is
        the rule's ``codes[0]``, or what its method ``code()`` returns.
    :returns: A :class:`RuleCase` each, with an id.
    :raises ValueError: If the rule has no invalid example: a rule that was never seen to
        find anything may find nothing.
    """
    import pytest

    if not rule.INVALID:
        raise ValueError(f"{rule!r} has no INVALID example")
    found = rule.code() if callable(getattr(rule, "code", None)) else rule.codes[0]
    valid = [_case(example, "") for example in rule.VALID]
    invalid = [_case(example, found) for example in rule.INVALID]
    return [
        *(pytest.param(case, id=f"{found}-valid-{n}") for n, case in enumerate(valid)),
        *(pytest.param(case, id=f"{found}-invalid-{n}") for n, case in enumerate(invalid)),
    ]


def _case(example: Any, found: str) -> RuleCase:
    if isinstance(example, str):
        return RuleCase(source=example, expected=found)
    if isinstance(example, tuple):
        return RuleCase(source=example[0], line=example[1], expected=found)
    return RuleCase(
        source=getattr(example, "source", None) or example.code,
        line=getattr(example, "line", None),
        expected=found,
        design=getattr(example, "design", None),
    )


def findings_of(
    validator: Validator,
    draft: Draft | str,
    *,
    design: Design | None = None,
    cache_dir: Path | None = None,
) -> list[Finding]:
    """Let one validator look at a draft.

    :param draft: A draft, or the source of one.
    :param cache_dir: Folder for what the validator keeps between runs.
    """
    context = ValidationContext(
        catalogue=a_catalogue(), cache_dir=cache_dir or Path(tempfile.gettempdir()) / "freqgen-test"
    )
    looked_at = a_draft(draft) if isinstance(draft, str) else draft
    return list(validator.check(looked_at, design, context))


def check_case(validator: Validator, case: RuleCase) -> None:
    """Hold a validator to one example.

    :raises AssertionError: Unless it finds exactly what the example says: nothing, or the
        expected code at the expected line and no other code of the validator's.
    """
    design = _design_of(case.design)
    seen = [(f.code, f.line) for f in findings_of(validator, case.source, design=design)]
    if not case.expected:
        assert not seen, f"found {seen} in a valid example:\n{case.source}"  # noqa: S101
    else:
        wanted = (case.expected, case.line)
        assert wanted in seen, f"found {seen} instead of {wanted} in:\n{case.source}"  # noqa: S101


def _design_of(design: object) -> Design | None:
    if design is None:
        return None
    from freqgen.design.model import Design

    return Design.from_data(design) if isinstance(design, Mapping) else design  # type: ignore[return-value]
