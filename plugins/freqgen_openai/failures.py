"""What the exceptions of OpenAI's SDK mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx2
import openai
from openai.types import Model

from freqgen import Endpoint, ProviderError, ReplyInvalid


@contextmanager
def translated(endpoint: Endpoint, sdk: openai.OpenAI) -> Iterator[None]:
    """Raise freqgen's errors in place of the SDK's.

    :param sdk: Asked for its models, where the one that was wanted is not there.
    """
    try:
        yield
    except (openai.OpenAIError, ValueError, RecursionError) as exc:
        # An echo of the key would be shown with the traceback.
        raise _error(exc, endpoint, sdk) from (None if endpoint.shows_key(exc) else exc)


def _error(exc: Exception, endpoint: Endpoint, sdk: openai.OpenAI) -> ProviderError:
    if isinstance(exc, openai.APIStatusError):
        return endpoint.failed(
            exc.status_code,
            said(exc),
            code=str(exc.code or exc.type or ""),
            retry_after=endpoint.wait(exc.response.headers),
            models=lambda: _models(sdk),
        )
    if isinstance(exc, openai.APIConnectionError):
        cause = exc.__cause__
        if isinstance(cause, ReplyInvalid):
            return endpoint.too_large()
        if isinstance(
            cause, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.UnsupportedProtocol
        ):
            return endpoint.unreachable()
        if isinstance(exc, openai.APITimeoutError):
            return endpoint.timed_out()
        return endpoint.interrupted()
    if isinstance(exc, UnicodeError) and not isinstance(exc, UnicodeDecodeError):
        return endpoint.unusable(exc)
    # What comes is no JSON, or not of the shape that the SDK expects.
    return endpoint.unreadable()


def said(exc: openai.APIStatusError) -> str:
    """The vendor's own words. Servers of others put them in several places."""
    body = exc.body
    if isinstance(body, Mapping):
        body = body.get("message") or body.get("error") or body.get("detail") or body
    return body if isinstance(body, str) else str(exc)


def _models(sdk: openai.OpenAI) -> list[str]:
    """The names of all models, or none where the server does not say: this is for a hint only."""
    try:
        page = sdk.with_options(max_retries=0, timeout=10.0).models.list()
    except (openai.OpenAIError, ValueError, RecursionError):
        return []
    listed = getattr(page, "data", None)
    return [one.id for one in listed or () if isinstance(one, Model) and one.id]
