"""The variables of the environment, read as text, as a switch or as a list."""

import os
import re
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

# As a browser writes it: no path, no final slash.
_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?")


def env(name: str, default: str = "") -> str:
    """The variable's text, or the default."""
    return os.environ.get(name, default)


def secret(name: str) -> str:
    """The secret in the variable, or in the file that `<name>_FILE` names (its line end is no part of it); empty if
    neither is set. A variable is inherited by every child and may be shown by the machine; a file is not."""
    given, file = env(name), env(f"{name}_FILE")
    if not file:
        return given
    if given:
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: keep one.")
    try:
        given = Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error}") from error
    if not given:
        raise ImproperlyConfigured(f"{name}_FILE names an empty file.")
    return given


def env_bool(name: str, default: bool) -> bool:
    """True for 1, on, true, yes; False for 0, off, false, no."""
    text = env(name, "1" if default else "0").lower()
    if text in {"1", "on", "true", "yes"}:
        return True
    if text in {"0", "off", "false", "no", ""}:
        return False
    raise ImproperlyConfigured(f"{name}={text}: say on or off.")


def env_list(name: str, default: str = "") -> list[str]:
    """The comma-separated parts of the variable."""
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


def env_origins(name: str) -> list[str]:
    """The origins in the variable. ImproperlyConfigured for what a browser never names so: an address with a path, or
    `*`; and for `null`, which any page can call itself."""
    found = env_list(name)
    for each in found:
        if not _ORIGIN.fullmatch(each):
            raise ImproperlyConfigured(f"{name}: {each} is no origin; write https://maps.example, and no path.")
    return found
