"""freqgen and the example plugin as wheels, installed in an environment of their own.

The dependencies come from the environment that runs the tests, so no network is needed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "tests" / "example_plugin"


def build_wheel(project: Path, folder: Path) -> Path:
    """Build the wheel of a project into a folder that has no wheel yet."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=project,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


@dataclass(frozen=True)
class Environment:
    """A virtual environment."""

    folder: Path

    @classmethod
    def create(cls, folder: Path, *wheels: Path) -> Environment:
        """Make one with these wheels; everything else is the running environment's."""
        venv.create(folder, with_pip=False)
        environment = cls(folder)
        # The name sorts last, so that what is installed here comes first.
        parents = [path for path in sys.path if Path(path).name.endswith("-packages")]
        link = environment.site_packages / "zzz_running_environment.pth"
        link.write_text("\n".join(parents) + "\n")
        subprocess.run(
            [sys.executable, "-m", "pip", "--python", str(environment.python), "install"]
            + ["--quiet", "--no-deps", "--no-index", "--disable-pip-version-check"]
            + [str(wheel) for wheel in wheels],
            check=True,
            capture_output=True,
        )
        return environment

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def site_packages(self) -> Path:
        """Where its packages are."""
        (found,) = (self.folder / "lib").glob("python*/site-packages")
        return found

    def run(self, *command: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command of this environment, as a user would who has nothing else set."""
        kept = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "VIRTUAL_ENV"}}
        program = self.folder / "bin" / command[0]
        if command[0] == "freqtrade":  # its script belongs to the running environment
            arguments = [str(self.python), "-m", *command]
        else:
            arguments = [str(program), *command[1:]]
        return subprocess.run(
            arguments,
            cwd=cwd,
            env={**kept, **env},
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
