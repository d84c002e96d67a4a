"""Check a released zip against its hash, after fetching it once when it is at an address.

The standard library is enough: pooch would bring a limit on neither size nor redirects, and three more dependencies.
"""

import contextlib
import hashlib
import os
import re
import sys
import tempfile
from http.client import HTTPException
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener, getproxies, proxy_bypass

from ..errors import PackageError, UsageError
from . import descriptor, files

# A zip larger than what may be unpacked from it is of no use.
MAX_BYTES = files.MAX_UNPACKED
# Seconds that the server may stay silent.
TIMEOUT = 30
LOOPBACK = ("127.0.0.1", "::1", "localhost")
_CHUNK = 1 << 16
_OTHERWISE = "fetch the zip yourself and open its path"


def verified(location: str, sha256: str) -> str:
    """Give the path of a zip with this hash.

    A zip at an address is kept in the cache folder of the platform under its hash, so that the next call needs no
    network. Nothing is kept of a download that is refused.

    Args:
        location: Path of a zip, or its address with https.
        sha256: The hash that it must have: 64 hexadecimal digits.

    Raises:
        UsageError: The hash or the address is malformed, or the path is a folder.
        PackageError: The zip cannot be fetched, has another hash, or is over the limits.
    """
    expected = sha256.lower()
    if not re.fullmatch("[0-9a-f]{64}", expected):
        raise UsageError(f"sha256 is {sha256!r}; expected 64 hexadecimal digits, as in SHA256SUMS of the release")
    if "://" in location:
        return _cached(location, expected)
    if os.path.isdir(location):
        raise UsageError(f"{location} is a folder; sha256 is the hash of a zip")
    try:
        _check_hash(location, expected, location)
    except OSError as error:
        raise PackageError(f"{location} cannot be read: {error.strerror}") from None
    return location


def _cached(address: str, expected: str) -> str:
    if not _is_safe(address):
        raise UsageError(f"{address} is not an address with https")
    folder = cache_folder()
    kept = os.path.join(folder, f"{expected}.zip")
    # What is kept is checked again: a disk can fail, and others may write there.
    with contextlib.suppress(OSError, PackageError):
        _check_hash(kept, expected, kept)
        return kept
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        reason = f"cannot be made: {error.strerror}; {_OTHERWISE}"
        raise PackageError(f"{folder}, to keep the download in, {reason}") from None
    try:
        with tempfile.TemporaryDirectory(dir=folder) as place:
            partial = os.path.join(place, "download.zip")
            _download(address, partial)
            _check_hash(partial, expected, address)
            try:
                descriptor.open_package(partial)
            except PackageError as error:
                raise PackageError(str(error).replace(partial, address)) from None
            os.replace(partial, kept)
    except HTTPError as error:
        error.close()
        # The library tells of a circle of redirects in three lines.
        reason = " ".join(str(error.reason).split())
        raise PackageError(f"{address} cannot be fetched: {error.code} {reason}") from None
    except (OSError, HTTPException, ValueError) as error:
        # A ValueError is an address that the library cannot send, as one with Chinese characters.
        told = getattr(error, "reason", None) or error
        raise PackageError(f"{address} cannot be fetched{_way(address)}: {told}") from None
    return kept


def _way(address: str) -> str:
    """Tell whether a proxy is asked, whose refusal would pass for that of the server."""
    parts = urlsplit(address)
    is_proxied = parts.scheme in getproxies() and not proxy_bypass(parts.hostname or "")
    return " through the proxy that the environment names" if is_proxied else ""


def _download(address: str, path: str) -> None:
    request = Request(address, headers={"User-Agent": descriptor.NAME})  # noqa: S310  the scheme is checked
    with build_opener(_Redirects).open(request, timeout=TIMEOUT) as response, open(path, "wb") as file:
        size = 0
        while chunk := response.read(_CHUNK):
            size += len(chunk)
            if size > MAX_BYTES:
                raise PackageError(f"{address} is larger than {MAX_BYTES} bytes")
            file.write(chunk)


class _Redirects(HTTPRedirectHandler):
    def redirect_request(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str) -> Any:
        # What came with encryption must not go on without it.
        if not _is_safe(newurl) or (req.type == "https" and urlsplit(newurl).scheme != "https"):
            fp.close()
            raise PackageError(f"{req.full_url} leads to {newurl}, which is not an address with https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _is_safe(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    # Without encryption only from this machine itself, as in tests.
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _check_hash(path: str, expected: str, told: str) -> None:
    with open(path, "rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        raise PackageError(f"{told} has the SHA-256 {found}; expected {expected}")


def cache_folder() -> str:
    """Give the folder in which downloads are kept, which need not exist yet.

    Raises:
        PackageError: The environment names no folder that stays the same wherever one stands.
    """
    # Without a home, as in a container with a user of its own, Python gives "~" back; so an empty HOME is none either.
    home = os.path.expanduser("~") if os.environ.get("HOME") != "" else ""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
    elif sys.platform == "darwin":
        base = os.path.join(home, "Library", "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME", "")
        # By its standard a relative path there counts for nothing.
        base = base if os.path.isabs(base) else os.path.join(home, ".cache")
    if not os.path.isabs(base):
        raise PackageError(f"there is no home folder to keep a download in; set HOME, or {_OTHERWISE}")
    return os.path.join(base, descriptor.NAME)
