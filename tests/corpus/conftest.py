"""A place where attacks are run: folders with secrets, listeners, and a process that runs them."""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import IO, Any

import pytest

from freqgen.sandbox.level import Level, probe
from tests.corpus.attacks import CANARIES, PLANTED, Attack, read_attacks

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
NOBODY = 65534
PORT = 45991
PAIRS = ("AVAX/USDT", "XRP/USDT")
CANDLES = 5100
"""How many there are: with fewer, a merge of a frame with itself is small."""
LOCK = Path(tempfile.gettempdir()) / "freqgen-corpus.lock"
DAYS = "20240101-20240103"
"""Enough for what does not need all of them."""
SECONDS = 6.0
MEMORY_MB = 2000


class Listeners:
    """Whoever hears of an attack over a network that it must not reach.

    :param path: Where the UNIX socket is.
    """

    def __init__(self, path: Path) -> None:
        self.heard: list[str] = []
        tcp = socket.create_server(("127.0.0.1", PORT))
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", PORT))
        named, abstract = (socket.socket(socket.AF_UNIX) for _ in range(2))
        named.bind(str(path))
        path.chmod(0o777)
        abstract.bind("\0sbx-canary")
        named.listen()
        abstract.listen()
        self._sockets = {"tcp": tcp, "udp": udp, "unix": named, "abstract": abstract}
        self._stop, self._stopped = socket.socketpair()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        names = {one: name for name, one in self._sockets.items()}
        while True:
            ready, _, _ = select.select([*names, self._stopped], [], [])
            for one in ready:
                if one is self._stopped:
                    return
                self.heard.append(names[one])
                if names[one] == "udp":
                    one.recv(1000)
                else:
                    one.accept()[0].close()

    def taken(self) -> list[str]:
        """What was heard since the last time."""
        # What knocked before is accepted before this.
        count = len(self.heard)
        with socket.create_connection(("127.0.0.1", PORT)):
            deadline = time.monotonic() + 10
            while len(self.heard) <= count and time.monotonic() < deadline:
                time.sleep(0.001)
        self.heard.remove("tcp")
        heard, self.heard = self.heard, []
        return heard

    def close(self) -> None:
        """Stop."""
        self._stop.close()
        self._thread.join()
        for one in (*self._sockets.values(), self._stopped):
            one.close()


@dataclass
class Scene:
    """Folders, as the corpus describes them.

    :param root: Parent of all.
    :param user: Who runs the attacks; ``None`` for who runs the tests.
    """

    root: Path
    user: int | None
    listeners: Listeners
    hosts: list[Host] = field(default_factory=list)

    def folder(self, name: str) -> Path:
        """A folder that the user may write to."""
        path = self.root / name
        path.mkdir(exist_ok=True)
        if self.user is not None:
            os.chown(path, self.user, self.user)
        return path

    def source(self, attack: Attack) -> str:
        """An attack that aims at this place."""
        return attack.placed(
            marks=self.folder("marks"),
            secret=self.folder("secret"),
            work=self.folder("work"),
            data=self.folder("data"),
            root=self.root,
        )

    def marks(self) -> list[str]:
        """What was written, since the last time."""
        folder = self.folder("marks")
        found = sorted(path.name for path in folder.iterdir())
        for name in found:
            path = folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        return found

    def left(self) -> list[str]:
        """What lies in the folder for temporary files, besides the engine's own."""
        found = (path.name for path in self.folder("tmp").iterdir())
        return sorted(name for name in found if not name.startswith("freqgen-engine-"))

    def start(self, script: str, options: Mapping[str, Any]) -> Host:
        """Start a process that runs strategies."""
        host = Host(self.command(str(HERE / script), json.dumps(options)), self.environment())
        self.hosts.append(host)
        return host

    def command(self, *arguments: str) -> list[str]:
        """A command of this Python, as the user."""
        command = [sys.executable, "-P", *arguments]
        if self.user is None:
            return command
        needed = [sys.prefix, sys.base_prefix, str(ROOT), str(self.root)]
        return [
            *(sys.executable, "-P", str(HERE / "as_user.py"), str(self.user)),
            *(*dict.fromkeys(needed), "--", *command),
        ]

    def environment(self) -> dict[str, str]:
        """What the process has, a secret among it."""
        return {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "plugins", *self._packages()))),
            "PYTHONDONTWRITEBYTECODE": "1",
            "TMPDIR": str(self.folder("tmp")),
            "HOME": str(self.folder("home")),
            "OPENBLAS_NUM_THREADS": "1",
            "JE_ARROW_MALLOC_CONF": "background_thread:false",
            "CANARY_SECRET": CANARIES[0],
        }

    def _packages(self) -> list[Path]:
        """What the corpus needs of a package that may not be installed, by its older name."""
        if importlib.util.find_spec("pandas_ta_classic") is not None:
            return []
        package = self.folder("site-packages") / "pandas_ta_classic"
        package.mkdir(exist_ok=True)
        (package / "_indicator_loader.py").write_text("import importlib\n")
        (package / "__init__.py").write_text(
            "from pandas_ta import *\nfrom . import _indicator_loader\n"
        )
        return [package.parent]

    def options(self) -> dict[str, Any]:
        """What both hosts are told."""
        return {
            "config": {**PLANTED, "max_open_trades": 2, "dry_run_wallet": 1000},
            "datadir": str(self.folder("data")),
            "pairs": list(PAIRS),
        }


class Host:
    """A process that answers a line with a line."""

    def __init__(self, command: list[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(environment),
            cwd="/",
            text=True,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """Its id."""
        return self._process.pid

    def ask(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Have a strategy run."""
        writing, reading = _of(self._process.stdin), _of(self._process.stdout)
        writing.write(json.dumps(order) + "\n")
        writing.flush()
        line = reading.readline()
        assert line, f"the process that runs strategies ended: {self._process.wait()}"
        return dict(json.loads(line))

    def close(self) -> None:
        """End it."""
        _of(self._process.stdin).close()
        try:
            self._process.wait(30)
        finally:
            self._process.kill()
            self._process.wait()
            _of(self._process.stdout).close()


def _of(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


def _users() -> list[int | None]:
    return [None, NOBODY] if os.geteuid() == 0 else [None]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave what is the same for every user to one of them, unless time does not matter.

    Of many attacks of our own, every third is tried where it does.
    """
    for number, item in enumerate(items):
        params = getattr(getattr(item, "callspec", None), "params", {})
        if item.path.stem not in {"test_own_attacks", "test_benign"}:
            continue
        of_many = "own" in params or "attack" in params
        if params.get("scene") == NOBODY or (of_many and number % 3):
            item.add_marker(pytest.mark.soak)


@pytest.fixture(scope="session")
def corpus(shared: Path) -> Path:
    """Folder of the corpus; skips where it is absent."""
    folder = shared / "corpus"
    if not (folder / "attacks.json").is_file():
        pytest.skip("needs the corpus of attacks: set FREQGEN_SHARED to the folder with corpus/")
    return folder


@pytest.fixture(scope="session")
def attacks(corpus: Path) -> list[Attack]:
    """All attacks of the corpus."""
    return read_attacks(corpus)


@pytest.fixture(scope="session", params=_users(), ids=lambda u: "nobody" if u else "the user")
def scene(request: pytest.FixtureRequest, shared_data: Path) -> Iterator[Scene]:
    """Where attacks are run, as the user of the tests, and as an ordinary one if that is root."""
    if probe().level is Level.NONE:
        pytest.skip(f"nothing can be confined here: {probe().reason}")
    import pandas as pd

    root = Path(tempfile.mkdtemp(prefix="freqgen-corpus-"))
    root.chmod(0o711)
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, root, ignore_errors=True)
        # One port for all: other runs of these tests wait.
        lock = stack.enter_context(LOCK.open("w"))
        fcntl.flock(lock, fcntl.LOCK_EX)
        (root / "secret").mkdir()
        listeners = Listeners(root / "secret" / "u.sock")
        stack.callback(listeners.close)
        scene = Scene(root=root, user=request.param, listeners=listeners)
        (scene.folder("secret") / "canary.txt").write_text(CANARIES[1])
        for pair, timeframe in product(PAIRS, ("5m", "1h")):
            name = f"{pair.replace('/', '_')}-{timeframe}.feather"
            candles = pd.read_feather(shared_data / "spot_5m_2024" / name).head(CANDLES)
            candles.to_feather(scene.folder("data") / name)
        for path in (root / "secret" / "canary.txt", *(root / "data").iterdir()):
            if scene.user is not None:
                os.chown(path, scene.user, scene.user)
        stack.callback(lambda: [host.close() for host in scene.hosts])
        if scene.user is not None:
            tried = subprocess.run(
                scene.command("-c", "import freqgen.sandbox.confine"),
                capture_output=True,
                text=True,
                env=scene.environment(),
                cwd="/",
                check=False,
            )
            if tried.returncode:
                pytest.skip(f"an ordinary user can run no Python here: {tried.stderr[-200:]}")
        yield scene


@pytest.fixture(scope="session")
def bare(scene: Scene) -> Host:
    """Freqtrade, unprotected."""
    work = scene.folder("work")
    return scene.start("bare_host.py", {**scene.options(), "work": str(work)})


@pytest.fixture(scope="session")
def guarded(scene: Scene) -> Host:
    """freqgen's engine."""
    return scene.start(
        "engine_host.py",
        {
            **scene.options(),
            "userdir": str(scene.folder("userdir")),
            "seconds": SECONDS,
            "memory_mb": MEMORY_MB,
        },
    )
