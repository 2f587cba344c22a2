"""A server on this machine's loopback that answers as it is told, for SDKs to call."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Canned:
    """One answer.

    :param body: Sent as JSON, or as it is if it is bytes.
    :param hang: Say nothing until the test is over.
    :param drop: Close the connection in the middle of the answer.
    """

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    hang: bool = False
    drop: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request that came."""

    method: str
    path: str
    headers: Mapping[str, str]
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)


class VendorServer:
    """Answers each request with the next of ``answers``, the last one again and again.

    What is in ``listing`` answers requests for a list of models.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.answers: list[Canned] = []
        self.listing: Canned = Canned(status=404, body={})
        self.received: list[Received] = []
        self.over = threading.Event()

    def will(self, *answers: Canned) -> None:
        self.answers = list(answers)

    @property
    def calls(self) -> list[Received]:
        """The requests that asked a model."""
        return [one for one in self.received if one.method == "POST"]

    def respond(self, received: Received) -> Canned:
        self.received.append(received)
        if received.method == "GET":
            return self.listing
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def serving() -> Iterator[VendorServer]:
    """A server for the length of a test."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def _answer(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            text = self.rfile.read(length).decode()
            canned = server.respond(
                Received(
                    method=self.command,
                    path=self.path,
                    headers={key.lower(): value for key, value in self.headers.items()},
                    text=text,
                )
            )
            if canned.hang:
                server.over.wait(30)
                self.close_connection = True
                return
            body = (
                canned.body if isinstance(canned.body, bytes) else json.dumps(canned.body).encode()
            )
            self.send_response(canned.status)
            self.send_header("content-type", canned.content_type)
            self.send_header("content-length", str(len(body) + (100 if canned.drop else 0)))
            for key, value in canned.headers.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = self.close_connection or canned.drop

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    server = VendorServer(f"http://127.0.0.1:{httpd.server_address[1]}")
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        httpd.shutdown()
        httpd.server_close()
        thread.join()


def closed_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
