"""Where a provider's calls go, and what is said of those that fail.

What an error means to the user is the same with every vendor, so it stands here once: a plugin
takes its SDK's exceptions apart and hands over status, words and code.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any

from freqgen.brief import without_controls, without_halves
from freqgen.exceptions import (
    ProviderError,
    ProviderTransient,
    ProviderUnavailable,
    ReplyInvalid,
)
from freqgen.generation.provider import Reply, cut_off, unknown_model
from freqgen.settings import ProviderSettings

NO_KEY = "none-needed"
"""What is sent as a key to a server of one's own, which asks for none."""

_TOO_LONG = re.compile(
    r"context[ _-]*(length|window|size)|(prompt|input|request) is too (long|large)"
    r"|too many (input )?tokens|maximum context",
    re.IGNORECASE,
)
_TOO_MANY_ASKED_FOR = re.compile(r"max_(completion_|output_)?tokens", re.IGNORECASE)
_NO_MONEY = re.compile(
    r"insufficient[_ ](quota|balance)|credit balance|billing|exceeded your current quota",
    re.IGNORECASE,
)
MOST_TOKENS = 10**9
"""Of one call; a server that counts more of them does not count."""

MOST_BYTES = 16_000_000
"""Of one answer, unpacked: more than the longest that can be asked for."""

_LONGEST_WORDS = 10_000
"""Characters of a vendor's words that are looked at, of which a few hundred are shown."""

_MOST_MODELS, _LONGEST_NAME = 2000, 200
"""Models of a list, and characters of each, among which the nearest are looked for."""

_KEY_LIKE = re.compile(r"\b(sk|key|pk)-[\w*.-]{6,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where the calls of a provider go, with a key that no message shows.

    Every method that begins with an error's cause gives the exception to raise.

    :param provider: Name of the provider.
    :param model: The model that is asked.
    :param variable: The environment variable that holds the key.
    :param key: The key itself.
    :param address: Base URL of the calls.
    :param settings: Time-out in seconds, retries and limits.
    """

    provider: str
    model: str
    variable: str
    key: str = field(repr=False)
    address: str
    settings: ProviderSettings

    @classmethod
    def find(
        cls,
        provider: str,
        model: str,
        *,
        variable: str,
        address_variable: str,
        default: str,
        settings: ProviderSettings,
        environment: Mapping[str, str] | None = None,
    ) -> Endpoint:
        """Read key and address from where the vendor's SDK would.

        :param variable: Holds the key.
        :param address_variable: Holds the base URL where the settings have none.
        :param default: The vendor's own base URL.
        :param environment: The process's variables by default.
        :raises ProviderUnavailable: If the vendor wants a key and there is none, or the key
            cannot be one.
        """
        env = os.environ if environment is None else environment
        configured = settings.base_url or env.get(address_variable, "").strip()
        key = env.get(variable, "").strip()
        if not key and not configured:
            raise ProviderUnavailable(
                f'the provider "{provider}" needs a key, and the environment variable '
                f"{variable} is not set",
                provider=provider,
                hint=f"export {variable}=… with the key that the vendor gave you; the providers "
                "offline and compiler need none",
            )
        if not (key.isascii() and (key or NO_KEY).isprintable()) or " " in key:
            raise ProviderUnavailable(
                f"the environment variable {variable} holds something that is no key",
                provider=provider,
                hint=f"copy the key again: it has letters, digits and signs only, no blanks; "
                f"then export {variable}=…",
            )
        return cls(
            provider=provider,
            model=model,
            variable=variable,
            key=key or NO_KEY,
            address=(configured or default).rstrip("/"),
            settings=settings,
        )

    @property
    def place(self) -> str:
        """The address as messages show it: without a name and a password."""
        plain = re.sub(r"//.*@", "//", self.address)
        return re.sub(r"\?.*", "?…", plain)

    def plain(self, text: str) -> str:
        """What a vendor said, in a line of at most 300 characters that shows no key.

        Nor has it anything that a terminal obeys.
        """
        words = without_halves(text[:_LONGEST_WORDS]).replace(self.key, "…")
        line = " ".join(without_controls(words).split())
        line = _KEY_LIKE.sub("…", line)
        return line if len(line) <= 300 else line[:299] + "…"

    def without_key(self, text: str) -> str:
        """What a model wrote, without the key: a server may write down what it was sent."""
        return text if self.key == NO_KEY else text.replace(self.key, "[redacted]")

    def shows_key(self, error: BaseException) -> bool:
        """Whether an exception's own words hold the key, so that it must not be a cause."""
        return self.key in str(error)

    @staticmethod
    def wait(headers: Mapping[str, str]) -> float | None:
        """Seconds to wait that an answer's ``retry-after`` says, ``None`` without one.

        ``retry-after-ms``, which the SDKs prefer, is read as they do.

        :param headers: Of the answer; a number of seconds, or a date after which to try.
        """
        with suppress(ValueError):
            seconds = float(headers.get("retry-after-ms", "")) / 1000
            return seconds if 0 <= seconds < float("inf") else None
        said = headers.get("retry-after", "").strip()
        try:
            seconds = float(said)
        except ValueError:
            try:
                then = parsedate_to_datetime(said)
            except (ValueError, OverflowError):
                return None
            moment = then if then.tzinfo else then.replace(tzinfo=UTC)
            seconds = max(0.0, round((moment - datetime.now(UTC)).total_seconds()))
        return seconds if 0 <= seconds < float("inf") else None

    @staticmethod
    def tokens(counted: object) -> int:
        """A number of tokens as a vendor counts them; 0 for what cannot be one."""
        return counted if isinstance(counted, int) and 0 < counted <= MOST_TOKENS else 0

    @staticmethod
    def sendable(text: str) -> str:
        """A text as it can be sent: half of a surrogate pair becomes a question mark.

        A model may write one, as JSON has it, and what it wrote goes back to it to be mended.
        """
        return without_halves(text)

    def bound(self, response: Any, late: Callable[[str], Exception]) -> None:
        """Keep an answer within its size and its time while it is read.

        An HTTP client waits anew for every byte, and reads for as long as some come.

        :param response: The client's (httpx), before its body is read; reading it may raise
            :meth:`too_large`.
        :param late: The client's own exception for what takes too long.
        """
        parts = response.iter_bytes
        end = monotonic() + self.settings.timeout

        def iter_bytes(*arguments: Any) -> Iterator[bytes]:
            size = 0
            for part in parts(*arguments):
                size += len(part)
                if size > MOST_BYTES:
                    raise self.too_large()
                if monotonic() > end:
                    raise late("the answer did not come to its end in time")
                yield part

        response.iter_bytes = iter_bytes

    # A call that failed ------------------------------------------------------------------------

    def failed(
        self,
        status: int,
        said: str,
        *,
        code: str = "",
        retry_after: float | None = None,
        models: Callable[[], Sequence[str]] = tuple,
    ) -> ProviderError:
        """What an answer with the status of an error means.

        :param status: HTTP status, 400 or more.
        :param said: The vendor's words.
        :param code: The vendor's name for the error.
        :param retry_after: Seconds to wait, where the vendor said so.
        :param models: Asks the vendor for its models; an empty list where it does not answer.
        """
        words = f"{code} {said}"[:_LONGEST_WORDS]
        said = self.plain(said) or "no reason given"
        if status == 402 or _NO_MONEY.search(words):
            return self._unavailable(
                f'the vendor wants to be paid first: "{said}"',
                "look at your account with the vendor, or choose another model",
            )
        if status in {401, 403}:
            return self._refused_key(status)
        if status == 404:
            return self._not_there(said, models())
        if status == 413 or (status in {400, 422} and _TOO_LONG.search(words)):
            return self._unavailable(
                f'the prompt is longer than "{self.model}" takes: "{said}"',
                "shorten the text, or choose a model with a larger context",
            )
        if status in {408, 409, 429} or status >= 500:
            return self._may_pass(status, said, retry_after)
        if _TOO_MANY_ASKED_FOR.search(words):
            return self._unavailable(
                f'"{self.model}" does not take this limit of an answer: "{said}"',
                f"set another one: {self._setting('max_tokens', 8000)}",
            )
        return self._unavailable(
            f'the vendor refused the call (status {status}): "{said}"',
            "choose another model, or look at the settings of this provider",
        )

    def timed_out(self) -> ProviderTransient:
        """No answer came in time."""
        seconds = f"{self.settings.timeout:g}"
        longer = max(600, 2 * round(self.settings.timeout))
        return ProviderTransient(
            f'"{self._name}" gave no answer within {seconds} s',
            provider=self.provider,
            hint="try again, or wait longer: " + self._setting("timeout", longer),
        )

    def unreachable(self) -> ProviderUnavailable:
        """Nobody answers at the address."""
        return self._unavailable(
            f"no server answers at {self.place}",
            "look at the network, at the address "
            f"({self._setting('base_url', 'http://…')}), and whether the server runs",
        )

    def unusable(self, error: Exception) -> ProviderUnavailable:
        """Nothing can be sent at all: an address that is none, a proxy, a character."""
        return self._unavailable(
            f'nothing can be sent to {self.place}: "{self.plain(str(error))}"',
            "look at the address, at the variables of proxies and certificates, and at odd "
            "characters in the text",
        )

    def interrupted(self) -> ProviderTransient:
        """The connection ended before the answer did."""
        return ProviderTransient(
            f'the connection to {self.place} ended before the answer of "{self._name}" was there',
            provider=self.provider,
            hint="try again",
        )

    # An answer that is no use --------------------------------------------------------------------

    def truncated(self, limit: int, reply: Reply | None = None) -> ReplyInvalid:
        """The answer was cut off at the limit of its length.

        :param limit: In tokens.
        :param reply: What came, for the log and the bill; so with the next two.
        """
        return cut_off(self.provider, self.model, reply, limit)

    def refused(self, reason: str = "", reply: Reply | None = None) -> ReplyInvalid:
        """The model or the vendor does not want to answer."""
        why = f': "{self.plain(reason)}"' if reason.strip() else ""
        return self._invalid(
            f'"{self._name}" refused to answer{why}',
            "say it in other words, or choose another model",
            reply,
        )

    def empty(self, reply: Reply | None = None) -> ReplyInvalid:
        """There is nothing in the answer."""
        return self._invalid(
            f'"{self._name}" answered with nothing', "try again, or choose another model", reply
        )

    def too_large(self) -> ReplyInvalid:
        """What came does not end where any answer does."""
        return self._invalid(
            f"what came from {self.place} has more than {MOST_BYTES:,} bytes, and was not read on",
            "look whether this is the address of such a server: "
            + self._setting("base_url", "http://…"),
        )

    def unreadable(self) -> ReplyInvalid:
        """What came is not what the vendor's interface promises."""
        return self._invalid(
            f"what came from {self.place} is no answer of the kind that the provider "
            f'"{self.provider}" reads',
            "try again; if it stays so, look whether this is the address of such a server: "
            + self._setting("base_url", "http://…"),
        )

    # ---------------------------------------------------------------------------------------------

    @property
    def _name(self) -> str:
        return f"{self.provider}:{self.model}"

    def _setting(self, name: str, value: float | str) -> str:
        shown = f'"{value}"' if isinstance(value, str) else f"{value:g}"
        if isinstance(value, int):
            shown = str(value)
        return f'"freqgen": {{"providers": {{"{self.provider}": {{"{name}": {shown}}}}}}}'

    def _unavailable(self, message: str, hint: str) -> ProviderUnavailable:
        return ProviderUnavailable(message, provider=self.provider, hint=hint)

    def _invalid(self, message: str, hint: str, reply: Reply | None = None) -> ReplyInvalid:
        return ReplyInvalid(message, provider=self.provider, reply=reply, hint=hint)

    def _refused_key(self, status: int) -> ProviderUnavailable:
        if self.key == NO_KEY:
            return self._unavailable(
                f"the server at {self.place} wants a key", f"export {self.variable}=… with it"
            )
        if status == 403:
            return self._unavailable(
                f"the key in {self.variable} may not do this at {self.place}",
                f'look with the vendor whether it may use "{self.model}" and from where',
            )
        return self._unavailable(
            f"the key in {self.variable} is not accepted at {self.place}",
            f"export {self.variable}=… with a key that is valid there",
        )

    def _not_there(self, said: str, models: Sequence[str]) -> ProviderUnavailable:
        models = [one for one in models if len(one) <= _LONGEST_NAME][:_MOST_MODELS]
        if self.model in models:
            return self._unavailable(
                f'"{self.model}" is there and does not answer such questions: "{said}"',
                "choose another model",
            )
        if not models:
            return self._unavailable(
                f'there is no model "{self.model}" at {self.place}, or no server of this kind',
                f"look at the vendor's list of models, and at the address: "
                f"{self._setting('base_url', 'http://…')}",
            )
        return unknown_model(self.provider, self.model, [self.plain(one) for one in models])

    def _may_pass(self, status: int, said: str, retry_after: float | None) -> ProviderTransient:
        wait = f"in {retry_after:g} s" if retry_after is not None else "in a while"
        what = (
            f'"{self._name}" has reached the vendor\'s limit of calls or tokens a minute: "{said}"'
            if status == 429
            else f'the vendor of "{self._name}" has trouble (status {status}): "{said}"'
        )
        return ProviderTransient(
            f"{what}; try again {wait}",
            provider=self.provider,
            retry_after=retry_after,
            hint="wait, or choose another model",
        )
