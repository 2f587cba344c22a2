"""What the exceptions of Anthropic's SDK mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anthropic
import httpx2
from anthropic import APIResponse
from anthropic.types import ModelInfo

from freqgen import Endpoint, ProviderError, ReplyInvalid

LONGEST_WAIT = 60.0
"""Seconds. Where Anthropic wants a longer wait before the next try, the user is told and decides:
the SDK would sleep for however long it is told to."""

_LISTED = 1000
"""As many models as Anthropic lists at once."""


def no_long_waits(request: Any, call_next: Any) -> APIResponse[Any]:
    """Middleware: keep the SDK from trying again where the wait would be long.

    The SDK would wait by every header that it can read, for seven weeks if that is "inf". It sees
    what was understood here and no other.
    """
    response: APIResponse[Any] = call_next(request)
    wait = Endpoint.wait(response.headers)
    for name in ("retry-after-ms", "retry-after"):
        response.headers.pop(name, None)
    if wait is not None:
        response.headers["retry-after"] = f"{wait:g}"
        if wait > LONGEST_WAIT:
            response.headers["x-should-retry"] = "false"
    return response


@contextmanager
def translated(endpoint: Endpoint, sdk: anthropic.Anthropic) -> Iterator[None]:
    """Raise freqgen's errors in place of the SDK's.

    :param sdk: Asked for its models, where the one that was wanted is not there.
    """
    try:
        yield
    except (anthropic.AnthropicError, ValueError, RecursionError) as exc:
        # An echo of the key would be shown with the traceback.
        raise _error(exc, endpoint, sdk) from (None if endpoint.shows_key(exc) else exc)


def _error(exc: Exception, endpoint: Endpoint, sdk: anthropic.Anthropic) -> ProviderError:
    if isinstance(exc, anthropic.APIStatusError):
        return endpoint.failed(
            exc.status_code,
            _said(exc),
            code=str(exc.type or ""),
            retry_after=endpoint.wait(exc.response.headers),
            models=lambda: _models(sdk),
        )
    if isinstance(exc, anthropic.APIConnectionError):
        cause = exc.__cause__
        if isinstance(cause, ReplyInvalid):
            return endpoint.too_large()
        if isinstance(
            cause, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.UnsupportedProtocol
        ):
            return endpoint.unreachable()
        if isinstance(exc, anthropic.APITimeoutError):
            return endpoint.timed_out()
        return endpoint.interrupted()
    if isinstance(exc, UnicodeError) and not isinstance(exc, UnicodeDecodeError):
        return endpoint.unusable(exc)
    # What comes is no JSON, or not of the shape that the SDK expects.
    return endpoint.unreadable()


def _said(exc: anthropic.APIStatusError) -> str:
    """The vendor's own words, where they are words."""
    message: object = exc.api_message
    return message if isinstance(message, str) and message else str(exc)


def _models(sdk: anthropic.Anthropic) -> list[str]:
    """The names of all models, or none where Anthropic does not say: this is for a hint only."""
    try:
        page = sdk.with_options(max_retries=0, timeout=10.0).models.list(limit=_LISTED)
    except (anthropic.AnthropicError, ValueError, RecursionError):
        return []
    listed = getattr(page, "data", None)
    return [one.id for one in listed or () if isinstance(one, ModelInfo) and one.id]
