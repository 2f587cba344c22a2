"""Code that is run twice: as it is, and confined."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from freqgen.sandbox.level import Level, probe

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534

_CONFINED = """
import os, sys
from pathlib import Path
from freqgen.sandbox.confine import Policy, confine
{before}
confine(Policy(folder=Path(sys.argv[1]), parent=os.getppid(), {policy}))
"""
_RUN = """
import sys
from pathlib import Path
folder, outside = map(Path, sys.argv[1:3])
try:
{code}
except OSError as exc:
    import errno
    print("refused:", errno.errorcode[exc.errno])
else:
    print("done")
"""


@dataclass(frozen=True)
class Place:
    """Two folders: one that a confined process may write to, and one with a secret."""

    folder: Path
    outside: Path
    user: int | None
    python: str = sys.executable

    def run(
        self, code: str, *, confined: bool, policy: str = "", before: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run code in a process of its own; it prints ``done`` or ``refused: ERROR``."""
        head = _CONFINED.format(policy=policy, before=before) if confined else before
        script = head + _RUN.format(code=textwrap.indent(textwrap.dedent(code), "    "))
        return subprocess.run(
            [self.python, "-P", "-c", script, str(self.folder), str(self.outside)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            cwd=self.folder,
            start_new_session=True,  # one of the acts is a signal to the whole group
            user=self.user,
            group=self.user,
            extra_groups=None if self.user is None else [],
            env={
                "PATH": os.environ.get("PATH", ""),
                "PYTHONPATH": str(ROOT),
                "PYTHONDONTWRITEBYTECODE": "1",
                "TMPDIR": str(self.folder),
                "OPENBLAS_NUM_THREADS": "2",
            },
        )


def _users() -> list[int | None]:
    return [None, NOBODY] if os.geteuid() == 0 else [None]


@pytest.fixture(params=_users(), ids=lambda user: "nobody" if user else "the user")
def place(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Place:
    """Where code is run, as the user of the tests, and as an ordinary one if that is root."""
    user: int | None = request.param
    if probe().level is Level.NONE:
        pytest.skip(f"nothing can be confined here: {probe().reason}")
    root = tmp_path_factory.mktemp("sandbox")
    place = Place(folder=root / "folder", outside=root / "outside", user=user)
    for folder in (place.folder, place.outside):
        folder.mkdir()
    (place.outside / "secret").write_text("a secret")
    if user is not None:
        for path in (root, *root.rglob("*")):
            os.chown(path, user, user)
        for path in root.parents:
            if path.stat().st_mode & 0o001 == 0:
                path.chmod(path.stat().st_mode | 0o011)
        place = _runnable(place)
    return place


def _runnable(place: Place) -> Place:
    """The place with a Python that its user may run."""
    for python in (sys.executable, "/usr/local/bin/python3", "/usr/bin/python3"):
        tried = replace(place, python=python)
        try:
            done = tried.run("import freqgen.sandbox.confine", confined=False)
        except OSError:
            continue
        if done.stdout == "done\n":
            return tried
    pytest.skip("an ordinary user can run no Python 3.11 here, or cannot read the project")
