"""Freqtrade's configuration, read and merged as Freqtrade does it, but quickly.

Importing any part of ``freqtrade.configuration`` imports ccxt and pandas, which takes seconds.
So the few rules by which Freqtrade finds, merges and overrides configuration files are followed
here, and tests hold them to Freqtrade's own functions. Errors name the file and the field in
one line; Freqtrade's own message for a broken field is thousands of lines long.

Sources: ``freqtrade.commands.arguments`` (where files are looked for),
``freqtrade.configuration.load_config`` (merging) and
``freqtrade.configuration.environment_vars`` (overriding), all of Freqtrade 2026.9.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from freqgen.exceptions import SettingsError
from freqgen.printable import printable

CONFIG_NAME = "config.json"
USER_DATA = "user_data"
ENV_PREFIX = "FREQTRADE__"
MAX_NESTING = 5
"""Freqtrade follows ``add_config_files`` this deep and no deeper."""

SECTION = "freqgen"
"""Our part of the configuration."""

_UNTYPED = ("CHAT_ID", "PASSWORD")
_CCXT_SECTIONS = ("ccxt_config", "ccxt_sync_config", "ccxt_async_config")


def find_config_files(
    config: Sequence[str] = (), userdir: str | Path | None = None
) -> tuple[str, ...]:
    """The configuration files to read, as Freqtrade chooses them.

    :param config: Files that were asked for, ``-`` being standard input.
    :param userdir: The user directory that was asked for.
    :returns: ``config`` if there is any, else the ``config.json`` of the user directory, else
        that of the current folder, else nothing.
    """
    if config:
        return tuple(config)
    for folder in (Path(userdir or USER_DATA), Path()):
        if (folder / CONFIG_NAME).is_file():
            return (str(folder / CONFIG_NAME),)
    return ()


def read_configuration(
    files: Sequence[str],
    env: Mapping[str, str],
    contents: list[dict[str, Any]] | None = None,
) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """Merge configuration files, the later one winning, and the environment over them all.

    :param contents: Gets what each file says, before any other overrides it.
    :returns: The configuration, and every file that went into it, included ones too.
    :raises SettingsError: If a file is missing, cannot be read, or is not a JSON object.
    """
    config, used = _merge_files(files, None, 0, [] if contents is None else contents)
    return merge(environment(env), config), tuple(used)


def merge(winner: Mapping[str, Any], loser: dict[str, Any]) -> dict[str, Any]:
    """Put the values of ``winner`` into ``loser``, sections merged key by key; return it."""
    for key, value in winner.items():
        if isinstance(value, Mapping):
            section = loser.get(key)
            loser[key] = merge(value, section if isinstance(section, dict) else {})
        else:
            loser[key] = value
    return loser


def _merge_files(
    files: Sequence[str], folder: Path | None, level: int, contents: list[dict[str, Any]]
) -> tuple[dict[str, Any], list[Path]]:
    if level > MAX_NESTING:
        raise SettingsError(
            f"configuration files include each other more than {MAX_NESTING} deep",
            field="add_config_files",
            hint='look at "add_config_files": does a file include itself?',
        )
    config: dict[str, Any] = {}
    used: list[Path] = []
    for name in files:
        if name == "-":
            # As in Freqtrade, what comes from standard input is the whole configuration.
            content = _parse(_standard_input(), "standard input")
            contents.append(deepcopy(content))
            return content, []
        path = folder / name if folder else Path(name)
        content = _parse(_read(path), str(path))
        contents.append(content)
        included = content.get("add_config_files")
        used.append(path)
        if included:
            if not isinstance(included, list) or not all(isinstance(i, str) for i in included):
                raise SettingsError(
                    f"add_config_files: must be a list of file names (in {printable(path)})",
                    field="add_config_files",
                )
            below, below_used = _merge_files(included, path.resolve().parent, level + 1, contents)
            content = merge(content, below)
            used += below_used
        config = merge(content, config)
    return config, used


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise SettingsError(
            "there is no standard input to read the configuration from",
            hint="name a file after -c",
        )
    return sys.stdin.read().encode()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise SettingsError(
            f'the configuration file "{printable(path)}" does not exist',
            hint="correct the path after -c, or leave -c out to use the defaults",
        ) from None
    except OSError as exc:
        raise SettingsError(
            f'the configuration file "{printable(path)}" cannot be read: {exc.strerror or exc}',
            hint="give a readable file after -c",
        ) from exc


def _parse(content: bytes, origin: str) -> dict[str, Any]:
    """Decode JSON with comments and trailing commas, as Freqtrade allows them."""
    import rapidjson

    try:
        value = rapidjson.loads(
            content.decode(),
            parse_mode=rapidjson.PM_COMMENTS | rapidjson.PM_TRAILING_COMMAS,
        )
    except UnicodeDecodeError as exc:
        raise SettingsError(
            f"{printable(origin)} is not JSON: byte {exc.start + 1} is not UTF-8",
            hint="save the file as UTF-8",
        ) from None
    except rapidjson.JSONDecodeError as exc:
        raise SettingsError(
            f"{printable(origin)} is not JSON: {_position(content, str(exc))}",
            hint="correct that place; quotes are double and commas stand between entries",
        ) from None
    except RecursionError:
        raise SettingsError(f"{printable(origin)} is nested too deeply") from None
    if not isinstance(value, dict):
        raise SettingsError(
            f"{printable(origin)} holds no JSON object",
            hint='a configuration begins with { and ends with }, as in {"dry_run": true}',
        )
    return value


def _position(content: bytes, message: str) -> str:
    """Turn ``Parse error at offset 12: Missing …`` into a line, a column and the reason."""
    match = re.fullmatch(r"Parse error at offset (\d+): (.*?)\.?", message)
    if not match:
        return message
    before = content[: int(match[1])].decode(errors="replace")
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    why = match[2][:1].lower() + match[2][1:]
    return f"line {line}, column {column}: {why}"


def environment(env: Mapping[str, str]) -> dict[str, Any]:
    """The part of a configuration that is set by variables.

    ``FREQTRADE__FREQGEN__MAX_ATTEMPTS=5`` is ``{"freqgen": {"max_attempts": 5}}``.
    """
    config: dict[str, Any] = {}
    for variable, text in sorted(env.items()):
        if not variable.startswith(ENV_PREFIX):
            continue
        parts = variable.replace(ENV_PREFIX, "").split("__")
        keep_case = parts[0].lower() == "exchange" and any(
            section in [part.lower() for part in parts] for section in _CCXT_SECTIONS
        )
        last = parts[-1] if keep_case else parts[-1].lower()
        value: Any = {last: text if parts[-1] in _UNTYPED else _typed(text)}
        for part in reversed(parts[:-1]):
            value = {part.lower(): value}
        config = merge(value, config)
    return config


def _typed(text: str) -> Any:
    """A variable's value as a number, a truth value, a list, or else the text itself."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    if text.lower() in {"t", "true"}:
        return True
    if text.lower() in {"f", "false"}:
        return False
    import rapidjson

    try:
        value = rapidjson.loads(text)
    except rapidjson.JSONDecodeError:
        return text
    return value if isinstance(value, list) else text


def disabled_plugins(
    config: Sequence[str], userdir: str | Path | None, env: Mapping[str, str]
) -> tuple[str, ...]:
    """The plugins that the configuration switches off, read before any plugin is loaded.

    Mistakes in the configuration are passed over here; they are reported when the
    configuration is read for good.
    """
    if "-" in config:
        return ()  # standard input can be read only once
    try:
        merged, _ = read_configuration(find_config_files(config, userdir), env)
    except SettingsError:
        return ()
    section = merged.get(SECTION)
    names = section.get("disabled_plugins") if isinstance(section, dict) else None
    return tuple(n for n in names if isinstance(n, str)) if isinstance(names, list) else ()
