"""Everything freqgen raises on purpose.

::

    freqtrade.exceptions.FreqtradeException
    + FreqgenException            .hint
      + UsageError      > BriefError, DesignError, SettingsError
      + PluginError     > PluginLoadError, DuplicateNameError
      + ProviderError   > ProviderUnavailable, ProviderTransient (.retry_after),
                          ReplyInvalid, BudgetExceeded
      + AttemptsExhausted         .attempts, .last_report
      + SandboxError    > SandboxUnavailable, SandboxViolation, SandboxTimeout
      + EvaluationError > DataMissing (names the download-data command),
                          EngineError > StrategyFault (.finding), of which SandboxViolation
                          and SandboxTimeout are kinds too
      + StoreError      > RecordNotFound

The command line turns each of them into one message and exit code 2, ``AttemptsExhausted`` into
exit code 3. Findings and failed gates are values and are never raised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from freqtrade.exceptions import FreqtradeException

from freqgen.printable import on_one_line

if TYPE_CHECKING:
    from freqgen.finding import Finding, Report
    from freqgen.generation.provider import Reply


class FreqgenException(FreqtradeException):
    """Base of all errors that freqgen raises on purpose.

    :param message: What happened, in a sentence; names in it may be those that strangers chose,
        so it is kept to one line.
    :param hint: What the user can do next; shown on a line of its own.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.message = on_one_line(message)
        self.hint = hint
        super().__init__(self.message)

    def add_hint(self, more: str) -> None:
        """Say one more thing that the user can do, on a line below the hint."""
        self.hint = f"{self.hint}\n{more}" if self.hint else more


class UsageError(FreqgenException):
    """The input cannot be used as it is."""


class BriefError(UsageError):
    """A brief is empty or has no entry rule that can be read."""


class DesignError(UsageError):
    """A design breaks its schema, its expressions or the limits of its risk.

    :param path: Where in the design, as in ``entry_long[0]``.
    :param position: Offset of the fault within the expression, in characters, or ``None``.
    """

    def __init__(
        self, message: str, *, path: str = "", position: int | None = None, hint: str = ""
    ) -> None:
        super().__init__(f"{path}: {message}" if path else message, hint=hint)
        self.reason = message
        self.path = path
        self.position = position


class SettingsError(UsageError):
    """A configuration cannot be read or one of its fields has a wrong value.

    :param field: The dotted name of the field, as in ``freqgen.max_attempts``.
    """

    def __init__(self, message: str, *, field: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.field = field


class PluginError(FreqgenException):
    """A plugin cannot be used."""


class PluginLoadError(PluginError):
    """What was asked for belongs to a plugin that failed to load."""


class DuplicateNameError(PluginError):
    """Two plugins registered the same name.

    :param kind: What was registered, as in ``provider``.
    :param name: The name both want.
    :param first: The plugin that has it.
    :param second: The plugin that wants it too.
    """

    def __init__(self, *, kind: str, name: str, first: str, second: str) -> None:
        super().__init__(
            f'the {kind} "{name}" is registered by plugin "{first}" and again by "{second}"',
            hint=f'disable one of them: "freqgen": {{"disabled_plugins": ["{second}"]}}',
        )
        self.kind = kind
        self.name = name
        self.first = first
        self.second = second


class ProviderError(FreqgenException):
    """A language model did not give an answer that can be used.

    :param provider: Name of the provider.
    """

    def __init__(self, message: str, *, provider: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.provider = provider


class ProviderUnavailable(ProviderError):
    """The provider cannot be used now: no key, no server, unknown model."""


class ProviderTransient(ProviderError):
    """The provider failed in a way that may pass.

    :param retry_after: Seconds to wait, where the provider said so.
    """

    def __init__(
        self, message: str, *, provider: str = "", retry_after: float | None = None, hint: str = ""
    ) -> None:
        super().__init__(message, provider=provider, hint=hint)
        self.retry_after = retry_after


class ReplyInvalid(ProviderError):
    """The reply is not what the prompt asked for: it was cut off, refused, empty or broken.

    :param reply: What came all the same, and what it took; ``None`` where that is not known.
    """

    def __init__(
        self, message: str, *, provider: str = "", reply: Reply | None = None, hint: str = ""
    ) -> None:
        super().__init__(message, provider=provider, hint=hint)
        self.reply = reply


class BudgetExceeded(ProviderError):
    """The call would cost more than the user allows."""


class AttemptsExhausted(FreqgenException):
    """A model was told what is wrong with its answers, and gave none that can be used.

    :param attempts: How many it gave.
    :param last_report: What is wrong with the last one, as findings.
    """

    def __init__(
        self, message: str, *, attempts: int, last_report: Report | None, hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.attempts = attempts
        self.last_report = last_report


class SandboxError(FreqgenException):
    """Code could not be run under confinement."""


class SandboxUnavailable(SandboxError):
    """There is no confinement to run untrusted code in."""


class EvaluationError(FreqgenException):
    """A strategy could not be measured."""


class DataMissing(EvaluationError):
    """Candles that the run needs are not there; the hint is the command that gets them."""


class EngineError(EvaluationError):
    """Freqtrade's engine stopped with an error or went over its limits."""


class StrategyFault(EngineError):
    """A strategy did not do what strategies do when it was run.

    :param finding: The same as a finding, with its code and line.
    """

    def __init__(self, message: str, *, finding: Finding, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.finding = finding


class SandboxViolation(StrategyFault, SandboxError):
    """Confined code did to its process what it must not do, and was stopped."""


class SandboxTimeout(StrategyFault, SandboxError):
    """Confined code took longer than its limit."""


class StoreError(FreqgenException):
    """A record could not be read or written."""


class RecordNotFound(StoreError):
    """There is no record of that name or id."""
