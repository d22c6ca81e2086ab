"""digest.pdf, an optional extra: the page digest.html printed by WeasyPrint.

In a process of its own, because the library takes a quarter of a gigabyte while it works: the
daemon's memory stays flat, and a fault in it costs the PDF and nothing else.

    python -m digest.rendering.render_pdf < digest.html > digest.pdf
"""

from __future__ import annotations

import os
import subprocess
import sys

from digest.models.issue import Digest
from digest.rendering.render_html import render_html
from digest.rendering.templates import style

# An issue with a body of 300 pages takes about a minute on two cores. The other files wait for it.
TIMEOUT = 240.0
HOW_TO = (
    "pip install 'zhengxun[pdf]', and on Debian or Ubuntu"
    " apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"
)
_MISSING = 3


class PdfError(Exception):
    """There is no PDF; one line that says what to do."""


def render_pdf(digest: Digest, *, timeout: float = TIMEOUT) -> bytes:
    """The issue as PDF, with contents, page numbers and bookmarks; nothing is fetched.

    Raises PdfError when the library or its system parts are missing, or when it fails.
    """
    return print_page(render_html(digest), timeout=timeout)


def print_page(page: str, *, timeout: float = TIMEOUT) -> bytes:
    """One page of HTML as PDF; `timeout` in seconds. Raises PdfError."""
    command = [sys.executable, "-P", "-m", "digest.rendering.render_pdf"]
    # The child lays out what strangers wrote: it gets none of our variables, no password.
    environment = {name: value for name, value in os.environ.items() if "ZHENGXUN" not in name}
    try:
        done = subprocess.run(
            command,
            input=page.encode(),
            capture_output=True,
            timeout=timeout,
            check=False,
            env=environment,
        )
    except subprocess.TimeoutExpired as error:
        raise PdfError(f"WeasyPrint did not finish within {timeout:.0f} s") from error
    last = (done.stderr.decode("utf-8", "replace").strip().splitlines() or [""])[-1]
    if done.returncode == _MISSING:
        raise PdfError(f"WeasyPrint cannot be used ({last}); {HOW_TO}")
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        raise PdfError(f"WeasyPrint failed (exit code {done.returncode}): {last[:200]}")
    return done.stdout


def _main() -> int:
    try:
        import weasyprint
    except (ImportError, OSError) as error:  # OSError: Pango is not there
        sys.stderr.write(str(error).splitlines()[0] + "\n")
        return _MISSING
    # Behind the page's own styles, so that it wins over them: sheets given beside it do not.
    sheet = f"<style>{style('issue_pdf.css')}</style></head>"
    page = sys.stdin.buffer.read().decode().replace("</head>", sheet, 1)
    nothing = weasyprint.URLFetcher(allowed_protocols=())
    weasyprint.HTML(string=page, url_fetcher=nothing).write_pdf(sys.stdout.buffer)
    return 0


if __name__ == "__main__":
    sys.exit(_main())
