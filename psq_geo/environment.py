"""The variables of the environment, read as text, as a switch or as a list."""

import os

from django.core.exceptions import ImproperlyConfigured


def env(name: str, default: str = "") -> str:
    """The variable's text, or the default."""
    return os.environ.get(name, default)


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
