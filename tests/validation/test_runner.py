"""The runner: order, what blocks, what a crash means, and who may be run."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from pandas import DataFrame

from freqgen import (
    Catalogue,
    Design,
    Draft,
    EngineError,
    Finding,
    Level,
    Phase,
    Protection,
    Run,
    SandboxUnavailable,
    ScreenedDraft,
    Severity,
    Specimen,
    Trial,
    UsageError,
    ValidationContext,
    check_design,
    compile_design,
)
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.validation.loading import MAX_FILE_BYTES, load_draft
from freqgen.validation.runner import (
    RUNNER_CODES,
    compiled_from,
    run_validators,
)

DRAFT = Draft(class_name="S", source="x = 1\n")
DESIGN = Design.from_data(
    {
        "name": "Simple",
        "timeframe": "1h",
        "indicators": [{"id": "rsi", "function": "RSI"}],
        "entry_long": ["rsi < 30"],
        "exit_long": ["rsi > 70"],
        "risk": {"stoploss": -0.05},
    }
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue(builtin_indicators())


@pytest.fixture
def context(catalogue: Catalogue, tmp_path: Path) -> ValidationContext:
    return ValidationContext(catalogue=catalogue, cache_dir=tmp_path)


@dataclass(kw_only=True)
class Says:
    """A validator that says what it is told, and notes that it was asked."""

    name: str = "says"
    phase: Phase = Phase.PARSE
    codes: tuple[str, ...] = ("XX001",)
    findings: tuple[Finding, ...] = ()
    crash: BaseException | None = None
    asked: list[str] = field(default_factory=list)

    def check(
        self, draft: Draft, design: Design | None, context: ValidationContext
    ) -> Iterable[Finding]:
        self.asked.append(self.name)
        yield from self.findings
        if self.crash is not None:
            raise self.crash


def finding(
    code: str = "XX001",
    severity: Severity = Severity.ERROR,
    phase: Phase = Phase.PARSE,
    line: int | None = 1,
) -> Finding:
    return Finding(code=code, severity=severity, phase=phase, message="m", line=line)


def test_a_draft_without_findings_is_screened(context: ValidationContext) -> None:
    validation = run_validators(DRAFT, None, [Says()], context)
    assert validation.screened == DRAFT
    assert validation.report.passed
    assert validation.report.findings == ()


def test_a_warning_blocks_nothing(context: ValidationContext) -> None:
    warning = finding(severity=Severity.WARNING)
    later = Says(name="later", phase=Phase.TYPES, codes=("XX900",))
    validation = run_validators(DRAFT, None, [Says(findings=(warning,)), later], context)
    assert validation.screened is not None
    assert validation.report.findings == (warning,)
    assert later.asked == ["later"]


def test_an_error_ends_the_phases_after_its_own_but_not_its_own(
    context: ValidationContext,
) -> None:
    asked: list[str] = []
    validators = [
        Says(name="types", phase=Phase.TYPES, codes=("XX700",), asked=asked),
        Says(name="second", codes=("XX002",), asked=asked),
        Says(name="first", findings=(finding(),), asked=asked),
        Says(name="structure", phase=Phase.STRUCTURE, codes=("XX500",), asked=asked),
    ]
    validation = run_validators(DRAFT, None, validators, context)
    assert asked == ["first", "second"]
    assert validation.screened is None
    assert set(validation.report.timings) == {"parse"}


@pytest.mark.parametrize(
    ("said", "line", "waived", "left"),
    [
        ('module has no attribute "float"', 1, True, []),
        ('module has no attribute "int"', 1, True, ["XX701"]),
        ('module has no attribute "float"', 2, True, ["XX701"]),
        ('module has no attribute "float"', 1, False, ["XX701"]),
    ],
    ids=["the same", "another name", "another line", "only a warning"],
)
def test_types_do_not_say_again_what_a_person_waived(
    said: str, line: int, waived: bool, left: list[str], context: ValidationContext
) -> None:
    """Under a code of theirs, which nobody has waived."""
    known = replace(
        finding("XX350", phase=Phase.STRUCTURE), message="NumPy 2 has no np.float",
        severity=Severity.ERROR if waived else Severity.WARNING, line=1,
    )  # fmt: skip
    again = replace(finding("XX701", phase=Phase.TYPES), message=said, line=line)
    validators = [
        Says(),
        Says(name="structure", phase=Phase.STRUCTURE, codes=("XX350",), findings=(known,)),
        Says(name="types", phase=Phase.TYPES, codes=("XX701",), findings=(again,)),
    ]
    validation = run_validators(
        DRAFT, None, validators, context, waived=lambda one: one.code == "XX350"
    )
    assert [one.code for one in validation.report.findings] == ["XX350", *left]
    assert (validation.screened is None) == bool(left)


def test_validators_run_by_phase_then_code(context: ValidationContext) -> None:
    asked: list[str] = []
    validators = [
        Says(name="d", phase=Phase.TYPES, codes=("XX001",), asked=asked),
        Says(name="c", phase=Phase.STRUCTURE, codes=("XX200",), asked=asked),
        Says(name="b", phase=Phase.STRUCTURE, codes=("XX100", "XX999"), asked=asked),
        Says(name="a", codes=("XX800",), asked=asked),
    ]
    validation = run_validators(DRAFT, None, validators, context)
    assert asked == ["a", "b", "c", "d"]
    assert list(validation.report.timings) == ["parse", "structure", "types"]
    assert all(seconds >= 0 for seconds in validation.report.timings.values())


def test_findings_are_sorted_by_phase_line_and_code(context: ValidationContext) -> None:
    warned = [
        finding("XX002", Severity.WARNING, line=9),
        finding("XX003", Severity.WARNING, line=2),
        finding("XX001", Severity.WARNING, line=9),
        finding("XX009", Severity.WARNING, line=None),
    ]
    later = finding("XX500", Severity.WARNING, Phase.STRUCTURE, line=1)
    validators = [
        Says(name="s", phase=Phase.STRUCTURE, codes=("XX500",), findings=(later,)),
        Says(findings=tuple(warned)),
    ]
    found = run_validators(DRAFT, None, validators, context).report.findings
    assert [f.code for f in found] == ["XX009", "XX003", "XX001", "XX002", "XX500"]


def test_a_crash_blocks_names_the_validator_and_keeps_what_it_said(
    context: ValidationContext,
) -> None:
    warning = finding(severity=Severity.WARNING)
    broken = Says(name="broken", findings=(warning,), crash=ValueError("no such thing"))
    other = Says(name="other", codes=("XX002",))
    validation = run_validators(DRAFT, None, [broken, other], context)
    assert validation.screened is None
    (crash,) = validation.report.blocking
    assert crash.code == "FG002"
    assert crash.phase is Phase.PARSE
    assert "broken" in crash.message
    assert "ValueError: no such thing" in crash.message
    assert warning in validation.report.findings
    assert other.asked == ["other"]


def test_a_full_disk_is_nobodys_finding(context: ValidationContext) -> None:
    """It says nothing about the draft, which would else be denied for it."""
    full = Says(crash=OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(OSError, match="No space left"):
        run_validators(DRAFT, None, [full], context)
    missing = Says(crash=FileNotFoundError(errno.ENOENT, "nothing there"))
    assert run_validators(DRAFT, None, [missing], context).screened is None


@pytest.mark.parametrize(
    "validators",
    [[], [Says(phase=Phase.STRUCTURE), Says(phase=Phase.TYPES)]],
    ids=["none", "none that parses"],
)
def test_nothing_passes_because_nothing_parsed(
    validators: list[Says], context: ValidationContext
) -> None:
    validation = run_validators(DRAFT, None, validators, context)
    assert validation.screened is None
    assert [f.code for f in validation.report.findings] == ["FG003"]
    assert all(v.asked == [] for v in validators)


def test_ctrl_c_is_not_a_finding(context: ValidationContext) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_validators(DRAFT, None, [Says(crash=KeyboardInterrupt())], context)


# -- running -------------------------------------------------------------------


class Held:
    """A laboratory that nothing is asked of but what holds there."""

    protection = Protection(level=Level.FULL, landlock=7, reason="")

    def describe(self, draft: ScreenedDraft) -> Specimen | Finding:
        raise AssertionError(draft)

    def run(self, specimen: Specimen, trials: Sequence[Trial]) -> list[Run]:
        raise AssertionError((specimen, trials))

    def candles(self, specimen: Specimen, pair: str, timeframe: str) -> DataFrame:
        raise AssertionError((specimen, pair, timeframe))


@pytest.fixture
def laboratory(context: ValidationContext) -> ValidationContext:
    return replace(context, laboratory=Held())


def test_what_passed_all_phases_is_validated(laboratory: ValidationContext) -> None:
    runs = Says(phase=Phase.BEHAVIOUR)
    validation = run_validators(DRAFT, None, [Says(phase=Phase.PARSE), runs], laboratory)
    assert validation.validated == validation.screened == DRAFT
    assert runs.asked == ["says"]


def test_nothing_is_run_without_a_laboratory(context: ValidationContext) -> None:
    runs = Says(phase=Phase.BEHAVIOUR)
    validation = run_validators(DRAFT, None, [Says(phase=Phase.PARSE), runs], context)
    assert (validation.screened, validation.validated) == (DRAFT, None)
    assert runs.asked == []


def test_nothing_is_run_that_a_static_phase_blocks(laboratory: ValidationContext) -> None:
    runs = Says(phase=Phase.BEHAVIOUR)
    blocking = finding("FG101", Severity.ERROR, Phase.STRUCTURE)
    static = [Says(phase=Phase.PARSE), Says(findings=(blocking,), phase=Phase.STRUCTURE)]
    validation = run_validators(DRAFT, None, [*static, runs], laboratory)
    assert (validation.screened, validation.validated) == (None, None)
    assert runs.asked == []


def test_what_running_found_is_not_validated(laboratory: ValidationContext) -> None:
    said = finding("FG801", Severity.ERROR, Phase.BEHAVIOUR)
    runs = Says(findings=(said,), phase=Phase.BEHAVIOUR)
    validation = run_validators(DRAFT, None, [Says(phase=Phase.PARSE), runs], laboratory)
    assert (validation.screened, validation.validated) == (DRAFT, None)
    assert [f.code for f in validation.report.blocking] == ["FG801"]


@pytest.mark.parametrize(
    ("others", "says"),
    [
        ([], "no validator of the phase behaviour"),
        (
            [("crash", SandboxUnavailable("the sandbox is none", hint="freqgen doctor"))],
            "the sandbox is none",
        ),
    ],
    ids=["no validator", "no sandbox"],
)
def test_what_was_not_run_is_not_validated(
    others: list[tuple[str, SandboxUnavailable]], says: str, laboratory: ValidationContext
) -> None:
    running = [Says(phase=Phase.BEHAVIOUR, crash=exc) for _, exc in others]
    validation = run_validators(DRAFT, None, [Says(phase=Phase.PARSE), *running], laboratory)
    (found,) = validation.report.findings
    assert (found.code, found.severity) == ("FG692", Severity.WARNING)
    assert says in found.message
    assert found.hint
    assert (validation.screened, validation.validated) == (DRAFT, None)


def test_a_laboratory_that_fails_is_no_finding(laboratory: ValidationContext) -> None:
    runs = Says(phase=Phase.BEHAVIOUR, crash=EngineError("it was ended by signal 9"))
    with pytest.raises(EngineError, match="signal 9"):
        run_validators(DRAFT, None, [Says(phase=Phase.PARSE), runs], laboratory)


def compiled(catalogue: Catalogue, design: Design = DESIGN) -> Draft:
    source = compile_design(check_design(design, catalogue))
    return Draft(class_name=design.name, source=source, origin="compiler")


def test_the_compilers_own_output_is_known(catalogue: Catalogue) -> None:
    assert compiled_from(compiled(catalogue), check_design(DESIGN, catalogue))


@pytest.mark.parametrize(
    "change",
    [
        lambda own: {"source": own.source + "# one byte more\n"},
        lambda own: {"source": own.source.replace("\n        return", "\n    return", 1)},
        lambda own: {"source": own.source.replace("\n", " \n", 1)},
        lambda own: {"source": own.source.replace("\n", "\r\n")},
        lambda own: {"source": own.source[:-1]},
        lambda own: {"class_name": "Other"},
    ],
    ids=["a comment", "indentation", "a space", "line ends", "the last line feed", "the class"],
)
def test_code_that_differs_from_its_design_is_anybodys(
    change: Callable[[Draft], dict[str, str]], catalogue: Catalogue
) -> None:
    own = compiled(catalogue)
    changed = replace(own, **change(own))
    assert changed != own
    assert not compiled_from(changed, check_design(DESIGN, catalogue))


# -- reading files -------------------------------------------------------------

STRATEGY = "from freqtrade.strategy import IStrategy\n\n\nclass Mine(IStrategy):\n    pass\n"


@pytest.mark.parametrize(
    ("stem", "bodies", "name"),
    [
        ("oneline", "class Base(IStrategy): ...\nclass oneline(Base): ...\n", "oneline"),
        ("other", "class Base(IStrategy): ...\nclass Last(Base): ...\n", "Last"),
        ("Base", "class Base(IStrategy): ...\nclass Last(Base): ...\n", "Base"),
        ("x", "class Base(IStrategy): ...\nclass A(Base): ...\nclass B(Base): ...\n", "Base"),
        ("x", "class One(IStrategy): ...\nclass A(IStrategy): ...\nclass B(One): ...\n", "x"),
    ],
)
def test_the_class_is_the_one_of_the_files_name_or_the_most_derived(
    tmp_path: Path, stem: str, bodies: str, name: str
) -> None:
    path = tmp_path / f"{stem}.py"
    path.write_text(f"from freqtrade.strategy import IStrategy\n{bodies}", encoding="utf-8")
    draft, _ = load_draft(path)
    assert draft is not None
    assert draft.class_name == name


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (STRATEGY, "Mine"),
        (STRATEGY.replace("(IStrategy)", "(fs.IStrategy)"), "Mine"),
        ("from freqtrade.strategy import IStrategy as Base\nclass Mine(Base): pass\n", "Mine"),
        (STRATEGY + "class Second(IStrategy): pass\n", "File"),
        ("x = 1\n", "File"),
        ("", "File"),
        ("def f(:\n", "File"),
        ("x = " + "-" * 100_000 + "1\n", "File"),
        ("x = '\\d'\n" + STRATEGY, "Mine"),
    ],
    ids=[
        "one", "attribute", "alias", "two", "none", "empty", "syntax", "too deep", "bad escape",
    ],
)  # fmt: skip
def test_the_class_is_the_only_strategy_else_the_files_name(
    source: str, name: str, tmp_path: Path
) -> None:
    path = tmp_path / "File.py"
    path.write_text(source, encoding="utf-8")
    draft, findings = load_draft(path)
    assert findings == ()
    assert draft == Draft(class_name=name, source=source)


def test_the_class_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "file.py"
    path.write_text(STRATEGY, encoding="utf-8")
    draft, _ = load_draft(path, "Other")
    assert draft is not None
    assert draft.class_name == "Other"


def test_a_byte_order_mark_is_not_part_of_the_source(tmp_path: Path) -> None:
    path = tmp_path / "file.py"
    path.write_bytes(b"\xef\xbb\xbf" + STRATEGY.encode())
    draft, _ = load_draft(path)
    assert draft is not None
    assert draft.source == STRATEGY


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"x = 1\ny = '\xe9'\n", "FG004", 2),
        (b"x = 1\n\n\x00\n", "FG004", 3),
        ("x = 1\n".encode("utf-16"), "FG004", 1),
        (b"#" * (MAX_FILE_BYTES + 1), "FG005", None),
    ],
    ids=["latin-1", "null byte", "utf-16", "too large"],
)
def test_what_is_no_text_is_a_finding(
    data: bytes, code: str, line: int | None, tmp_path: Path
) -> None:
    path = tmp_path / "file.py"
    path.write_bytes(data)
    draft, (found,) = load_draft(path)
    assert draft is None
    assert (found.code, found.line) == (code, line)
    assert found.severity is Severity.ERROR
    assert found.hint
    assert found.code in RUNNER_CODES


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: folder / "missing.py", "there is no file"),
        (lambda folder: folder, "is a folder"),
        (lambda folder: folder / "a\0b.py", "cannot be read"),
        (lambda folder: folder / ("x" * 300), "cannot be read"),
    ],
    ids=["missing", "folder", "null byte", "name too long"],
)
def test_what_cannot_be_read_is_an_error(make, message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=message) as raised:
        load_draft(make(tmp_path))
    assert raised.value.hint
