"""The standard streams: what they are encoded in, and what happens when one is closed."""

import contextlib
import os
import sys
from typing import TextIO

from ..errors import UsageError

# The formats that a person reads; all others are for programs.
_FOR_PEOPLE = ("", "text")


def prepare(format: str) -> None:
    """Make the standard streams of this process usable, whatever they were started as.

    Formats for programs are UTF-8 bytes with LF everywhere, and so is what goes into a file or a pipe, unless
    PYTHONIOENCODING says otherwise: Windows would take the code page there, which cannot hold the record. A terminal
    gets its own encoding, with what it cannot show escaped.

    Args:
        format: What `--format` names, or empty.
    """
    _open_closed()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    is_for_people = format in _FOR_PEOPLE and (sys.stdout.isatty() or bool(os.environ.get("PYTHONIOENCODING")))
    if not is_for_people:
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")  # type: ignore[union-attr]


def abandon(*streams: TextIO) -> None:
    """Send what is still to be written to these streams nowhere, so that Python does not fail with it at its end."""
    for stream in streams:
        # A test puts in streams that are no files.
        with contextlib.suppress(OSError, ValueError), open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())


def piped_text() -> str:
    """Read standard input as UTF-8, with or without a byte order mark.

    Raises:
        UsageError: It is in another encoding.
    """
    from ..passages.passage import decoded

    if sys.stdin.isatty():
        # A terminal says itself what it sends.
        return sys.stdin.read()
    try:
        return decoded(sys.stdin.buffer.read())
    except UnicodeDecodeError as error:
        raise UsageError(
            f"standard input is not UTF-8 (byte {error.start + 1}); save the text as UTF-8 and pipe it in again"
        ) from None


def _open_closed() -> None:
    # The number of a closed stream would go to the next file that is opened, which then takes what is printed.
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        # Python gives None for a closed stream, as it does for all three of a Windows program without a console.
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115  open to the end
