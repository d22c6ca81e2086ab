"""The one base of what a person is told in a line: by the command, the daemon and its log."""

from __future__ import annotations


class ZhengxunError(Exception):
    """Something cannot be done; one line that says what to do.

    `code` is the exit code of a command that ends with it: 1 failed, 2 bad usage.
    """

    code = 1
