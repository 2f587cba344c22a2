"""Keeping secrets out of what is written down."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

REDACTED = "[redacted]"

_SECRET_FIELD = re.compile(
    r"(?:^|_)(?:key|secret|password|passphrase|token|uid|webhook_url|chat_id|account_?id"
    r"|wallet_?address|private_?key|api_?key|jwt_secret_key|ws_token|two_?fa|headers|auth)$",
    re.IGNORECASE,
)
"""Fields of a configuration whose value is secret, at any depth: those that Freqtrade's own
``configuration/config_secrets.py`` names, and their likes."""

_SECRET_VARIABLE = re.compile(
    r"(?:KEY|SECRET|PASSWORD|PASSPHRASE|PASSWD|PASS|_PWD|TOKEN|CREDENTIALS?|(?:^|_)AUTH)(?:_?\d+)?$",
    re.IGNORECASE,
)

_LOOKS_SECRET = re.compile(
    r"""
      -----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----.*?(?:-----END[ ][A-Z ]*PRIVATE[ ]KEY-----|\Z)
    | \b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}                      # OpenAI, Anthropic
    | \bAIza[A-Za-z0-9_-]{30,}                               # Google
    | \b(?:AKIA|ASIA)[A-Z0-9]{16}\b                          # AWS
    | \b(?:gh[oprsu]_|github_pat_|glpat-|hf_|xox[a-z]-)[A-Za-z0-9_-]{16,}
    | \beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*   # JSON web token
    | \b[0-9]{8,10}:[A-Za-z0-9_-]{35}\b                      # Telegram bot
    | (?<=://)[^\s/@:]*:[^\s/@]+(?=@)                        # user and password in a URL
    | (?<=Bearer[ ])[A-Za-z0-9._~+/=-]{12,}
    | \b(?=[A-Za-z0-9]*[a-z])(?=[A-Za-z0-9]*[A-Z])(?=[A-Za-z0-9]*[0-9])[A-Za-z0-9]{40,}\b
    """,
    re.VERBOSE | re.DOTALL,
)
"""The last form is that of exchanges' keys. Digests have no capitals and are left alone."""

_ASSIGNED = re.compile(
    r"""((?:api|access|auth|secret|private)[_-]?(?:key|token|secret)|password|passphrase)
        (["']?\s*[:=]\s*["']?)([^\s"',;]{6,})""",
    re.VERBOSE | re.IGNORECASE,
)


class Redactor:
    """Removes known secrets and what looks like one from text.

    :param secrets: Values to remove. Those shorter than four characters are ignored, because
        removing them would destroy the text and protect nothing; those shorter than eight are
        removed where they stand as a word.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted({one for one in secrets if len(one) >= 4}, key=len, reverse=True)
        parts = [
            re.escape(one) if len(one) >= 8 else rf"(?<!\w){re.escape(one)}(?!\w)" for one in known
        ]
        self._known = re.compile("|".join(parts)) if parts else None

    @classmethod
    def of(
        cls, config: Mapping[str, Any], environment: Mapping[str, str] | None = None
    ) -> Redactor:
        """Make one that knows the secrets of a configuration and of the environment.

        :param environment: The process's own by default.
        """
        variables = os.environ if environment is None else environment
        found = [value for name, value in variables.items() if _SECRET_VARIABLE.search(name)]
        return cls([*secrets_of(config), *found])

    def text(self, text: str) -> str:
        """The text without secrets."""
        if self._known is not None:
            text = self._known.sub(REDACTED, text)
        text = _LOOKS_SECRET.sub(REDACTED, text)
        return _ASSIGNED.sub(lambda found: found[1] + found[2] + REDACTED, text)

    def value(self, value: Any) -> Any:
        """A JSON value without secrets, in keys or values."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(key): self.value(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.value(item) for item in value]
        return value


def secrets_of(config: Any, *, secret: bool = False) -> Iterator[str]:
    """The secret values of a configuration: those of fields with a telling name.

    The password of a database URL is one of them.

    :param secret: Whether everything in ``config`` is secret.
    """
    if isinstance(config, Mapping):
        for name, value in config.items():
            yield from secrets_of(value, secret=secret or bool(_SECRET_FIELD.search(str(name))))
    elif isinstance(config, list | tuple):
        for value in config:
            yield from secrets_of(value, secret=secret)
    elif isinstance(config, str):
        password = re.match(r"[\w+.-]+://[^\s/@:]*:([^\s/]+)@", config)
        if password:
            yield password[1]
        if secret:
            yield config
    elif secret and isinstance(config, int | float) and not isinstance(config, bool):
        yield str(config)
