"""The audit log: every prompt, every reply or failure, every decision, a line of JSON each."""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from freqgen.exceptions import ReplyInvalid, StoreError
from freqgen.printable import printable
from freqgen.store.atomic import file_error
from freqgen.store.record import now, plain, sha256_json, sha256_text
from freqgen.store.redaction import Redactor

if TYPE_CHECKING:
    from freqgen.exceptions import FreqgenException
    from freqgen.generation.prompt import Prompt
    from freqgen.generation.provider import Reply
    from freqgen.store.record import Record


def prompt_sha256(prompt: Prompt) -> str:
    """Digest of what a provider was asked: step, words and schema, without the payload."""
    return sha256_json(_words(prompt))


def _words(prompt: Prompt) -> dict[str, Any]:
    return {
        "step": prompt.step.value,
        "system": prompt.system,
        "messages": [{"role": one.role, "text": one.text} for one in prompt.messages],
        "json_schema": prompt.json_schema,
    }


def _came(reply: Reply) -> dict[str, Any]:
    return {
        "reply_sha256": sha256_text(reply.text),
        "model": reply.model,
        "text": reply.text,
        "usage": reply.usage,
        "stop_reason": reply.stop_reason,
        "request_id": reply.request_id,
    }


class AuditLog:
    """A file that only ever grows, without secrets.

    Every line has ``time`` (UTC), ``kind`` (``prompt``, ``reply``, ``failure`` where none came,
    ``mending`` of code that came, ``refusal`` of what cannot be used, or ``decision``), and the
    digests by which it is
    found again: ``prompt_sha256`` ties a reply to its prompt and both to the attempts of a
    record. Digests are those of the text before secrets were removed.

    Several processes may write at the same time. The file is created readable by its owner
    alone, and with the first line.

    :param path: The file.
    :param config: Freqtrade's configuration, whose secrets are removed from all lines.
    :param environment: Variables whose secrets are removed too; the process's by default.
    """

    def __init__(
        self,
        path: Path,
        *,
        config: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.path = path
        self._redactor = Redactor.of(config or {}, environment)

    def check(self) -> None:
        """Make sure that lines can be written, before anything is asked; creates nothing.

        :raises StoreError: If they cannot.
        """
        place = self.path
        while not place.exists() and place != place.parent:
            place = place.parent
        if not os.access(place, os.W_OK):
            raise StoreError(
                f"{printable(self.path)} cannot be written, and nothing is asked that is not noted "
                "there",
                hint="check who may write there, or choose another --userdir",
            )

    def prompt(self, prompt: Prompt, address: str) -> None:
        """Note what is asked.

        :param address: Who is asked, as in ``provider:model``.
        :raises StoreError: If the file cannot be written.
        """
        self.write(
            "prompt", provider=address, prompt_sha256=prompt_sha256(prompt), **_words(prompt)
        )

    def reply(self, prompt: Prompt, reply: Reply, address: str, seconds: float = 0.0) -> None:
        """Note an answer.

        :param seconds: How long it took.
        :raises StoreError: If the file cannot be written.
        """
        self.write(
            "reply",
            provider=address,
            step=prompt.step,
            prompt_sha256=prompt_sha256(prompt),
            **_came(reply),
            seconds=seconds,
        )

    def failure(
        self, prompt: Prompt, error: FreqgenException, address: str, seconds: float = 0.0
    ) -> None:
        """Note that no answer came, or none that can be used, with what there is of it.

        :param seconds: How long it took until that was known.
        :raises StoreError: If the file cannot be written.
        """
        reply = error.reply if isinstance(error, ReplyInvalid) else None
        self.write(
            "failure",
            provider=address,
            step=prompt.step,
            prompt_sha256=prompt_sha256(prompt),
            error=f"{type(error).__name__}: {error.message}",
            **(_came(reply) if reply is not None else {}),
            seconds=seconds,
        )

    def refusal(
        self,
        prompt: Prompt,
        reply: str,
        *,
        number: int,
        problems: Sequence[str] = (),
        findings: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """Note what is wrong with an answer.

        :param number: Which attempt of its stage it was, from 1.
        :param problems: Of a design, a sentence each.
        :param findings: Of code, those that block.
        :raises StoreError: If the file cannot be written.
        """
        self.write(
            "refusal",
            step=prompt.step,
            attempt=number,
            prompt_sha256=prompt_sha256(prompt),
            reply_sha256=sha256_text(reply),
            problems=problems,
            findings=findings,
        )

    def mending(
        self,
        prompt: Prompt,
        reply: str,
        *,
        number: int,
        findings: Sequence[Mapping[str, Any]],
        source: str,
    ) -> None:
        """Note what freqgen put right in the code of an answer by itself.

        :param number: Which attempt of its stage it was, from 1.
        :param findings: What was put right, with the places in the code as it came.
        :param source: The code as it is now.
        :raises StoreError: If the file cannot be written.
        """
        self.write(
            "mending",
            step=prompt.step,
            attempt=number,
            prompt_sha256=prompt_sha256(prompt),
            reply_sha256=sha256_text(reply),
            findings=findings,
            source_sha256=sha256_text(source),
            source=source,
        )

    def decision(self, record: Record, reason: str = "") -> None:
        """Note what was decided about a record: freqgen's decision, or a person's.

        :param reason: Why, in the words of the person.
        :raises StoreError: If the file cannot be written.
        """
        self.write(
            "decision",
            record=record.id,
            name=record.name,
            revision=record.revision,
            status=record.status,
            decision=record.decision,
            reason=reason,
            source_sha256=record.source_sha256,
            design_sha256=record.design_sha256,
            gates=record.gates,
        )

    def write(self, kind: str, **content: Any) -> None:
        """Append a line.

        :param content: JSON values; ``time`` and ``kind`` come first.
        :raises StoreError: If the file cannot be written; then nothing of the line is there.
        """
        entry = {"time": now().isoformat(), "kind": kind}
        entry |= self._redactor.value(plain(content))
        line = json.dumps(entry, ensure_ascii=False).encode("utf-8", errors="replace") + b"\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            descriptor = os.open(self.path, flags, 0o600)
            try:
                _append(descriptor, line)
            finally:
                os.close(descriptor)
        except OSError as exc:
            raise file_error(exc, "cannot be written", self.path) from exc


def _append(descriptor: int, line: bytes) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # closing the file unlocks it
    except OSError as exc:
        # Some network file systems have no locks; a single write is all there is then.
        if exc.errno not in {errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS}:
            raise
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        line = b"\n" + line  # somebody died in the middle of a line; theirs ends here
    written = os.write(descriptor, line)
    if written != len(line):  # the disk is full; take back what was written
        with suppress(OSError):
            os.ftruncate(descriptor, size)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
