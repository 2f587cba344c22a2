"""Messages arrive as they were sent, in whatever pieces; what is no message is said to be none."""

from __future__ import annotations

import json
import math
import socket
import struct
import threading
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freqgen.sandbox.channel import MAX_JSON, Channel, Decoder, Garbled, Message, encode

WORDS = st.text(max_size=20)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
HEADS = st.dictionaries(WORDS, VALUES, max_size=5)
MESSAGES = st.lists(st.tuples(HEADS, st.binary(max_size=300)), max_size=4)


def fed(data: bytes, cuts: list[int] | None = None, **limits: int) -> list[Message]:
    """What a decoder makes of bytes that arrive in pieces."""
    decoder = Decoder(**limits)
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts or [])})
    found = []
    for begin, end in pairwise(places):
        found += decoder.feed(data[begin:end])
    return found


@given(messages=MESSAGES, cuts=st.lists(st.integers(0, 2000), max_size=20))
def test_messages_arrive_as_they_were_sent(
    messages: list[tuple[dict[str, Any], bytes]], cuts: list[int]
) -> None:
    data = b"".join(encode(head, payload) for head, payload in messages)
    assert [(m.head, m.payload) for m in fed(data, cuts)] == messages


@given(data=st.binary(max_size=400), cuts=st.lists(st.integers(0, 400), max_size=5))
def test_any_bytes_are_messages_or_garbled(data: bytes, cuts: list[int]) -> None:
    try:
        found = fed(data, cuts, max_json=100, max_payload=100)
    except Garbled:
        return
    assert all(isinstance(message.head, dict) for message in found)


@given(
    head=HEADS,
    payload=st.binary(max_size=50),
    place=st.integers(0, 10_000),
    bit=st.integers(0, 7),
)
def test_a_flipped_bit_gives_another_message_or_none(
    head: dict[str, Any], payload: bytes, place: int, bit: int
) -> None:
    data = bytearray(encode(head, payload))
    data[place % len(data)] ^= 1 << bit
    try:
        found = fed(bytes(data), max_json=10_000, max_payload=10_000)
    except Garbled:
        return
    assert len(found) <= 1 + len(data) // 12


def framed(text: bytes, payload: bytes = b"") -> bytes:
    """A message whose JSON is as given."""
    return len(text).to_bytes(4, "little") + len(payload).to_bytes(8, "little") + text + payload


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'"text"', id="text"),
        pytest.param(b"1", id="a number"),
        pytest.param(b"null", id="nothing said"),
        pytest.param(b'{"a": NaN}', id="not a number"),
        pytest.param(b'{"a": Infinity}', id="infinity"),
        pytest.param(b'{"a": -Infinity}', id="minus infinity"),
        pytest.param(b'{"a": [1e999]}', id="a number that becomes infinite"),
        pytest.param(b"{'a': 1}", id="single quotes"),
        pytest.param(b'{"a": 1,}', id="a comma too many"),
        pytest.param(b'{"a": 1} x', id="more behind it"),
        pytest.param(b'{"a": "\xff"}', id="no UTF-8"),
        pytest.param(b'{"a": "\n"}', id="a line break in text"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, id="deep lists"),
        pytest.param(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, id="deep objects"),
        pytest.param(b'{"a": ' + b"9" * 5000 + b"}", id="a number of 5,000 digits"),
        pytest.param(b"\x80\x04\x95", id="a pickle"),
    ],
)
def test_what_is_no_strict_json_object_is_garbled(text: bytes) -> None:
    with pytest.raises(Garbled):
        fed(framed(text))


def test_of_names_that_repeat_the_last_counts() -> None:
    (message,) = fed(framed(b'{"op": "done", "op": "failed"}'))
    assert message.op == "failed"


@pytest.mark.parametrize(
    ("text", "payload"),
    [(1 << 31, 0), ((1 << 32) - 1, 0), (2, 1 << 63), (2, (1 << 64) - 1), (101, 0), (2, 101)],
)
def test_lengths_are_refused_before_anything_is_kept(text: int, payload: int) -> None:
    decoder = Decoder(max_json=100, max_payload=100)
    with pytest.raises(Garbled, match=f"a message of {text + payload:,} bytes"):
        decoder.feed(text.to_bytes(4, "little") + payload.to_bytes(8, "little"))


@pytest.mark.parametrize("value", [math.nan, math.inf, object(), {1, 2}, b"bytes"])
def test_what_json_does_not_have_is_not_sent(value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        encode({"a": value})


@pytest.mark.parametrize(("head", "op"), [({}, ""), ({"op": 3}, "3"), ({"op": None}, "None")])
def test_what_a_message_is_is_text(head: dict[str, Any], op: str) -> None:
    assert Message(head).op == op


def test_a_channel_sends_receives_and_sees_the_end() -> None:
    ours, theirs = socket.socketpair()
    with ours:
        channel = Channel(theirs)
        ours.sendall(encode({"op": "one"}) + encode({"op": "two"}, b"payload"))
        assert [channel.receive().op, channel.receive().payload] == ["one", b"payload"]
        # More than a socket holds: who reads is somebody else.
        sender = threading.Thread(target=channel.send, args=({"op": "large"}, bytes(1 << 22)))
        sender.start()
        found: list[Message] = []
        decoder = Decoder()
        while not found:
            found = decoder.feed(ours.recv(1 << 16))
        sender.join()
        assert (found[0].op, len(found[0].payload)) == ("large", 1 << 22)
        ours.shutdown(socket.SHUT_RDWR)
        with pytest.raises(EOFError, match="gone"):
            channel.receive()
        channel.close()


def test_a_head_is_compact() -> None:
    assert encode({"op": "x", "list": [1, 2]})[12:] == b'{"op":"x","list":[1,2]}'
    assert json.loads(encode({"op": "ü"})[12:]) == {"op": "ü"}


def test_a_head_is_small() -> None:
    """Data belong into the payload: JSON takes many times its length when it is read."""
    text = b"[" + b"{}," * (MAX_JSON // 3) + b"{}]"
    with pytest.raises(Garbled, match="a message of"):
        Decoder().feed(struct.pack("<IQ", len(text), 0) + text)
