"""What of our environment a child process is given: what it needs to run, and no secret.

Crawls, the browsers they start and the readers of files handle what strangers wrote. A password
that stands in their environment is one flaw of a parser away from whoever wrote it.
"""

from __future__ import annotations

from collections.abc import Mapping

# Programs, folders, language, time zone, certificates, proxies and fonts.
_NEEDED = frozenset(
    {
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TEMP", "TMP", "TZ", "LANG",
        "LANGUAGE", "COLUMNS", "LINES", "TERM", "NO_COLOR", "VIRTUAL_ENV", "LD_LIBRARY_PATH",
        "DYLD_LIBRARY_PATH",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SUDO_USER",
    }
)  # fmt: skip
_PREFIXES = ("LC_", "PYTHON", "XDG_", "FONTCONFIG_", "PLAYWRIGHT_", "COVERAGE_", "ZHENGXUN_", "ZX_")
_SECRETS = ("PASSWORD", "SECRET", "TOKEN", "_KEY", "CREDENTIAL")


def for_child(environ: Mapping[str, str]) -> dict[str, str]:
    """The part of `environ` that a child may have."""
    return {name: value for name, value in environ.items() if _is_needed(name.upper())}


def _is_needed(name: str) -> bool:
    if any(word in name for word in _SECRETS):
        return False
    return name in _NEEDED or name.startswith(_PREFIXES)
