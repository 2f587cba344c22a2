"""Answers in OpenAI's format."""

from __future__ import annotations

from typing import Any

from tests.plugins.vendor_server import Canned

MODEL = "gpt-5.4-mini"


def completion(text: str | None, *, finish: str = "stop", **changes: Any) -> Canned:
    """An answer."""
    message = {"role": "assistant", "content": text, "refusal": changes.pop("refusal", None)}
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": f"{MODEL}-2026-03-17",
        "choices": [{"index": 0, "finish_reason": finish, "message": message}],
        "usage": {
            "prompt_tokens": 2040,
            "completion_tokens": 7,
            "total_tokens": 2047,
            "prompt_tokens_details": {"cached_tokens": 2000},
        },
    }
    return Canned(body={**body, **changes}, headers={"x-request-id": "req_42"})


def error(status: int, code: str, said: str, *, param: str | None = None, **headers: str) -> Canned:
    """An answer that says what is wrong."""
    body = {"error": {"message": said, "type": "some_error", "param": param, "code": code}}
    return Canned(
        status=status,
        body=body,
        headers={key.replace("_", "-"): value for key, value in headers.items()},
    )


def listing(*names: str) -> Canned:
    """A list of models."""
    data = [{"id": name, "object": "model", "created": 1, "owned_by": "x"} for name in names]
    return Canned(body={"object": "list", "data": data})
