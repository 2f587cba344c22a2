"""Messages between processes that do not trust each other: JSON, with bytes behind it.

A message is its two lengths, a JSON object and a payload. The reader takes nothing on trust:
lengths are limited before anything is kept, the JSON is strict, and what the payload means is for
:mod:`freqgen.sandbox.frames` to check. Nothing is ever unpickled.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, NoReturn

_LENGTHS = struct.Struct("<IQ")
_BLOCK = 1 << 18

MAX_JSON = 4 << 20
MAX_PAYLOAD = 1 << 30


class Garbled(ValueError):
    """What arrived is no message."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    :param head: A JSON object; ``op`` says what it is.
    :param payload: Bytes that go with it.
    """

    head: Mapping[str, Any]
    payload: bytes = b""

    @property
    def op(self) -> str:
        """What the message is."""
        return str(self.head.get("op", ""))


def encode(head: Mapping[str, Any], payload: bytes = b"") -> bytes:
    """Put a message into bytes.

    :raises ValueError: If the head holds what JSON does not, as in not-a-number.
    """
    text = json.dumps(head, allow_nan=False, separators=(",", ":")).encode()
    return _LENGTHS.pack(len(text), len(payload)) + text + payload


class Decoder:
    """Takes bytes as they come and gives messages as they are complete.

    :param max_json: Most bytes of a JSON object.
    :param max_payload: Most bytes behind it.
    """

    def __init__(self, *, max_json: int = MAX_JSON, max_payload: int = MAX_PAYLOAD) -> None:
        self._most = (max_json, max_payload)
        self._pending = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        """Take bytes.

        :returns: The messages that are complete with them.
        :raises Garbled: If they can be no message.
        """
        self._pending += data
        found = []
        while (message := self._next()) is not None:
            found.append(message)
        return found

    def _next(self) -> Message | None:
        if len(self._pending) < _LENGTHS.size:
            return None
        text, payload = _LENGTHS.unpack_from(self._pending)
        if text > self._most[0] or payload > self._most[1]:
            raise Garbled(f"a message of {text + payload:,} bytes")
        end = _LENGTHS.size + text + payload
        if len(self._pending) < end:
            return None
        middle = _LENGTHS.size + text
        head = _strict(bytes(self._pending[_LENGTHS.size : middle]))
        message = Message(head, bytes(self._pending[middle:end]))
        del self._pending[:end]
        return message


def _strict(text: bytes) -> Mapping[str, Any]:
    try:
        head = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError) as exc:
        raise Garbled(f"no JSON: {str(exc)[:100]}") from exc
    if not isinstance(head, dict):
        raise Garbled("JSON that is no object")
    return head


def _finite(text: str) -> float:
    """A number; one that is too large for a float would be infinite, which JSON cannot say."""
    if isfinite(value := float(text)):
        return value
    raise ValueError(f"{text[:20]} is too large a number")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


class Channel:
    """A worker's end: it may wait as long as it likes, since the other end watches it.

    :param connection: A stream socket.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._decoder = Decoder()
        self._ready: list[Message] = []

    def send(self, head: Mapping[str, Any], payload: bytes = b"") -> None:
        """Send a message."""
        self._connection.sendall(encode(head, payload))

    def receive(self) -> Message:
        """Wait for a message.

        :raises EOFError: If there is nobody at the other end.
        """
        while not self._ready:
            data = self._connection.recv(_BLOCK)
            if not data:
                raise EOFError("the other end is gone")
            self._ready += self._decoder.feed(data)
        return self._ready.pop(0)

    def close(self) -> None:
        """Let go of the socket."""
        self._connection.close()
