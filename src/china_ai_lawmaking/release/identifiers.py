"""Persistent identifiers: check ORCID iDs and DOIs that a descriptor states, and work out the SWHID of the data."""

from __future__ import annotations

import hashlib
import re

from ..errors import PackageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_ORCID = re.compile(r"https://orcid\.org/([0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X])", re.ASCII)
_DOI = re.compile(r"(?:https://doi\.org/|doi:)(10\.[0-9]{4,9}/\S+)", re.ASCII)


def orcid(address: str) -> str:
    """Check the address of an ORCID iD.

    Returns:
        The address, or empty text when it is not one of orcid.org.

    Raises:
        PackageError: It is malformed or its check digit is wrong.
    """
    if "orcid.org" not in address:
        return ""
    match = _ORCID.fullmatch(address)
    if not match:
        raise PackageError(f"{address!r} is not an ORCID iD; expected https://orcid.org/0000-0000-0000-0000")
    digits, check = match[1].replace("-", "")[:-1], match[1][-1]
    # ISO/IEC 7064 MOD 11-2.
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    expected = "0123456789X"[(12 - total % 11) % 11]
    if check != expected:
        raise PackageError(f"{address!r} has the check digit {check!r}; it should be {expected!r}")
    return address


def doi(identifier: str) -> str:
    """Check a DOI, which has no check digit of its own.

    Returns:
        The DOI without its resolver, or empty text when the identifier is of another kind.

    Raises:
        PackageError: It is malformed.
    """
    if "doi" not in identifier.lower():
        return ""
    match = _DOI.fullmatch(identifier)
    if not match:
        raise PackageError(f"{identifier!r} is not a DOI; expected https://doi.org/10.NNNN/NAME")
    return match[1]


def swhid(files: Mapping[str, bytes]) -> str:
    """Work out the Software Heritage identifier of a folder, which is the hash of its git tree.

    Args:
        files: Content by path inside the folder, no file executable.

    Returns:
        An identifier of the form `swh:1:dir:` and 40 hexadecimal digits.
    """
    return f"swh:1:dir:{_tree(files).hex()}"


def _tree(files: Mapping[str, bytes]) -> bytes:
    folders: dict[str, dict[str, bytes]] = {}
    entries = []
    for path, content in files.items():
        name, slash, rest = path.partition("/")
        if slash:
            folders.setdefault(name, {})[rest] = content
        else:
            entries.append((name, b"100644", _object(b"blob", content)))
    entries += [(f"{name}/", b"40000", _tree(inside)) for name, inside in folders.items()]
    # Git sorts a folder as if its name ended in a slash.
    entries.sort(key=lambda entry: entry[0].encode())
    return _object(b"tree", b"".join(b"%s %s\0%s" % (mode, name.rstrip("/").encode(), d) for name, mode, d in entries))


def _object(kind: bytes, content: bytes) -> bytes:
    # SHA-1 is what git and the identifier are defined with.
    return hashlib.sha1(b"%s %d\0%s" % (kind, len(content), content), usedforsecurity=False).digest()
