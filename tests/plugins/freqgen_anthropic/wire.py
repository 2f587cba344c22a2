"""Answers in Anthropic's format."""

from __future__ import annotations

from typing import Any

from tests.plugins.vendor_server import Canned

MODEL = "claude-sonnet-5"


def message(text: str, **changes: Any) -> Canned:
    """An answer with thinking before it, as newer models give one."""
    body = {
        "id": "msg_01",
        "type": "message",
        "role": "assistant",
        "model": f"{MODEL}-20260901",
        "content": [
            {"type": "thinking", "thinking": "Hm.", "signature": "x"},
            {"type": "text", "text": text},
        ],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": 10,
            "cache_read_input_tokens": 2000,
            "cache_creation_input_tokens": 30,
            "output_tokens": 7,
        },
    }
    return Canned(body={**body, **changes}, headers={"request-id": "req_42"})


def error(status: int, kind: str, said: str, **headers: str) -> Canned:
    """An answer that says what is wrong."""
    body = {"type": "error", "error": {"type": kind, "message": said}, "request_id": "req_43"}
    return Canned(
        status=status,
        body=body,
        headers={key.replace("_", "-"): value for key, value in headers.items()},
    )


def listing(*names: str) -> Canned:
    """A list of models."""
    data = [
        {
            "id": name,
            "type": "model",
            "display_name": name.title(),
            "created_at": "2026-09-01T00:00:00Z",
            "lifecycle": "active",
        }
        for name in names
    ]
    body = {"data": data, "has_more": False, "first_id": names[0], "last_id": names[-1]}
    return Canned(body=body)
