"""Checking anybody's files: several at the same time, and mending what can be mended."""

from __future__ import annotations

import difflib
import errno
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from pathlib import Path

from freqgen.checking import Checking
from freqgen.draft import Draft
from freqgen.exceptions import (
    EvaluationError,
    FreqgenException,
    SandboxUnavailable,
    SettingsError,
    UsageError,
)
from freqgen.finding import Finding, Phase, Report
from freqgen.outcome import CheckedFile
from freqgen.printable import printable
from freqgen.validation.ahead import Ahead
from freqgen.validation.gathering import Found
from freqgen.validation.loading import Loaded, check_file, load_file
from freqgen.validation.mending import apply_edits, mend
from freqgen.validation.reader import READ_PHASES
from freqgen.validation.readers import Readers, ReadersUnavailable
from freqgen.validation.runner import Validation, run_validators
from freqgen.validation.selection import EVERYTHING, Selection
from freqgen.validation.waivers import Waivers

OF_ONE = (EvaluationError, SandboxUnavailable, UsageError)
"""Errors that can be of one strategy alone; any other ends the run."""

_MOST_RUNS = 3
"""How often a strategy is mended for what running it showed."""

_Static = Callable[[Draft], Report]
"""All that the static phases find in a draft."""


class Fix(Enum):
    """What is done about findings that can be mended."""

    NO = "no"
    SHOW = "show"
    """Show how."""
    APPLY = "apply"
    """Write the file anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """How files are checked.

    :param class_name: The class to check, where a file has several.
    :param run: Whether to run strategies in the sandbox once the static phases found nothing
        that blocks them.
    :param jobs: How many files to read at the same time.
    :param selection: What to report.
    """

    class_name: str | None = None
    run: bool = True
    jobs: int = 1
    selection: Selection = EVERYTHING
    fix: Fix = Fix.NO


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A file after the static phases.

    :param draft: With all mended that they know how to mend.
    :param static: All that they found in it.
    """

    loaded: Loaded
    draft: Draft | None = None
    static: Report
    mended: tuple[Finding, ...] = ()


class CheckingFiles(Checking):
    """Checks of files, in which ``# noqa`` counts."""

    def validate_file(
        self, path: Path, class_name: str | None = None, *, run: bool = True, place: str = ""
    ) -> tuple[str, Validation]:
        """Check anybody's strategy file.

        :param run: Whether to run it in the sandbox once the static phases found nothing that
            blocks it.
        :param place: Where it stands among others, for the progress.
        :returns: The name of its class, or of the file where there is none, and the result.
        :raises UsageError: If it cannot be read.
        """
        options = CheckOptions(class_name=class_name, run=run)
        checked = self._checked(self._read(path, options, self._static_of(options)), options, place)
        return checked.name, checked.validation

    def validate_files(
        self, files: Sequence[str | Path], class_name: str | None = None, *, run: bool = True
    ) -> Iterator[CheckedFile]:
        """Check anybody's strategy files, in order.

        What goes wrong with one of several is its outcome; of a single one it is raised.

        :param run: Whether to run them in the sandbox once the static phases found nothing that
            blocks them.
        :raises UsageError: If one of them is not there or cannot be read; nothing has run then.
        """
        for file in files:
            check_file(file)
        found = [Found(path=Path(file)) for file in files]
        yield from self.check_files(found, CheckOptions(class_name=class_name, run=run))

    def check_files(
        self, files: Sequence[Found], options: CheckOptions | None = None
    ) -> Iterator[CheckedFile]:
        """The same for files that were gathered, with all options.

        Several are read at the same time, each in a process of its own; one after the other
        they are run, while others are still read.
        """
        options = options or CheckOptions()
        with self._readings(files, options) as readings:
            for number, (found, reading) in enumerate(zip(files, readings, strict=True), start=1):
                place = place_of(number, len(files))
                yield self._outcome(found.path, reading, options, place)

    def _outcome(
        self, path: Path, reading: Callable[[], _Reading], options: CheckOptions, place: str
    ) -> CheckedFile:
        """What came of one file. The error of one of several is its outcome."""
        try:
            read = reading()
        except UsageError as exc:
            if not place:
                raise
            return _failed(path, exc)
        try:
            return self._checked(read, options, place)
        except OF_ONE as exc:
            self._check_alone(exc, place)
            return _failed(path, exc)

    def _check_alone(self, exc: FreqgenException, place: str) -> None:
        """Let an error end the run unless it is of one of several strategies.

        :param place: Where the strategy stands among others; empty for a single one.
        :raises FreqgenException: The error, or what keeps the engine from starting.
        """
        if not place or isinstance(exc, SettingsError):
            raise exc
        if self.engine.known_protection is None:
            # The engine has never answered. If it cannot be started, that is why.
            self.engine.close()
            self.engine.protection()

    # -- the static phases ---------------------------------------------------------------------

    @contextmanager
    def _readings(
        self, files: Sequence[Found], options: CheckOptions
    ) -> Iterator[list[Callable[[], _Reading]]]:
        """For each file what gives its reading; with several jobs they are read ahead."""
        static_of = self._static_of(options)
        jobs = min(options.jobs, len(files))
        if jobs < 2 or not self.host.installed_only:
            yield [partial(self._read_found, one, options, static_of) for one in files]
            return
        readers = Readers(
            jobs,
            disabled=self.settings.disabled_plugins,
            cache_dir=self.workspace.folder(self.workspace.cache),
        )
        static_of = self._static_of(options, readers)
        ahead = Ahead(
            [partial(self._read_found, one, options, static_of) for one in files], threads=jobs
        )
        try:
            yield ahead.results
        finally:
            ahead.stop()
            readers.close()

    def _read_found(self, found: Found, options: CheckOptions, static_of: _Static) -> _Reading:
        if found.error is not None:
            raise found.error
        return self._read(found.path, options, static_of)

    def _read(self, path: Path, options: CheckOptions, static_of: _Static) -> _Reading:
        """Load a file, and do all that needs no running of it."""
        loaded = load_file(path, options.class_name)
        if loaded.draft is None:
            return _Reading(loaded=loaded, static=Report(findings=loaded.findings))
        draft, static, mended = self._mended(loaded.draft, options, static_of)
        return _Reading(loaded=loaded, draft=draft, static=static, mended=mended)

    def _mended(
        self, draft: Draft, options: CheckOptions, static_of: _Static
    ) -> tuple[Draft, Report, tuple[Finding, ...]]:
        """A draft after what the static phases know how to mend, and all that they find in it.

        What is left out of the report, or silenced by a comment, is left alone.
        """
        found: list[Report] = []

        def heard(one: Draft) -> Report:
            found.append(static_of(one))
            waivers = Waivers(one.source, options.selection, comments=True)
            due = self.due(options.selection)
            return self.settle(Validation(report=found[-1]), waivers, due).report

        if options.fix is Fix.NO:
            return draft, static_of(draft), ()
        mended = mend(draft, heard)
        return mended.draft, found[-1], mended.applied

    def _static_of(self, options: CheckOptions, readers: Readers | None = None) -> _Static:
        """What runs the static phases: this process, or for the first two of them others."""
        due = self.due(options.selection)
        context = self.reading_context()
        names = [one.name for one in due if one.phase in READ_PHASES]
        turn = threading.Lock()
        threaded = all(getattr(v, "threaded", False) for v in due if v.phase is Phase.TYPES)

        def static_of(draft: Draft) -> Report:
            waivers = Waivers(draft.source, options.selection, comments=True)
            before, first = None, Phase.PARSE
            if readers is not None:
                try:
                    before, first = readers.read(draft, names), Phase.TYPES
                except ReadersUnavailable:
                    if readers.closed:
                        raise
            # Validators of plugins need not be made for several threads.
            with nullcontext() if threaded and first is Phase.TYPES else turn:
                return run_validators(
                    draft,
                    None,
                    due,
                    context,
                    before=before,
                    first=first,
                    last=Phase.TYPES,
                    waived=waivers.waived,
                ).report

        return static_of

    # -- and what comes after them -------------------------------------------------------------

    def _checked(self, reading: _Reading, options: CheckOptions, place: str) -> CheckedFile:
        """Run what was read, mend what that shows, and write what was mended."""
        loaded, draft = reading.loaded, reading.draft
        if draft is None or loaded.draft is None:
            waivers = Waivers("", options.selection, comments=False)
            validation = self.settle(Validation(report=reading.static), waivers, ())
            return CheckedFile(name=loaded.path.stem, file=loaded.path, validation=validation)
        self._mention_parameters_beside(loaded.path)
        static, mended, seen = reading.static, reading.mended, {draft.source}
        check = partial(
            self.validate,
            run=options.run,
            place=place,
            selection=options.selection,
            comments=True,
        )
        validation = check(draft, static=static)
        for _ in range(_MOST_RUNS if options.fix is not Fix.NO else 0):
            source, done = apply_edits(draft.source, validation.report.findings)
            if source in seen:
                break
            draft, static, more = self._mended(
                replace(draft, source=source), options, self._static_of(options)
            )
            seen |= {source, draft.source}
            mended = (*mended, *done, *more)
            validation = check(draft, static=static)
        checked = CheckedFile(
            name=draft.class_name,
            file=loaded.path,
            validation=validation,
            source=draft.source,
            mended=mended,
            diff=_diff(loaded, draft.source),
        )
        if checked.diff and options.fix is Fix.APPLY:
            try:
                _write(loaded, draft.source)
            except UsageError as exc:
                if not place:
                    raise
                return replace(checked, error=exc, mended=(), diff="")
        return checked


def _failed(path: Path, exc: FreqgenException) -> CheckedFile:
    return CheckedFile(name=path.stem, file=path, validation=Validation(), error=exc)


def place_of(number: int, count: int) -> str:
    """Where one of several stands, as in ``12 of 46``."""
    return f"{number} of {count}" if count > 1 else ""


def _diff(loaded: Loaded, source: str) -> str:
    """A unified diff of the text; what ends its lines is left out of it."""
    if loaded.draft is None or loaded.draft.source == source:
        return ""
    before, after = map(_lines, (loaded.draft.source, source))
    name = printable(loaded.path)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(before, after, f"a/{name}", f"b/{name}")
    )


def _lines(source: str) -> list[str]:
    lines = source.replace("\r\n", "\n").split("\n")
    last = lines.pop()
    return [f"{line}\n" for line in lines] + ([last] if last else [])


def _write(loaded: Loaded, source: str) -> None:
    """Write a file anew, whole or not at all.

    :raises UsageError: If it was changed since it was read, or cannot be written.
    """
    from freqgen.store.atomic import ChangedMeanwhile, exchange

    try:
        exchange(loaded.path, loaded.data, loaded.encoded(source))
    except ChangedMeanwhile as exc:
        raise UsageError(
            f"{printable(loaded.path)} was changed while it was checked; it was not mended",
            hint="run it again",
        ) from exc
    except OSError as exc:
        room = "free some space" if exc.errno in {errno.ENOSPC, errno.EDQUOT} else ""
        raise UsageError(
            f"{printable(loaded.path)} cannot be written, and stays as it was: "
            f"{exc.strerror or exc}",
            hint=room or "check the permissions; --diff shows what --fix would write",
        ) from exc
