"""Released zips at a path or an address: checked before use, kept by hash, offline afterwards."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import china_ai_lawmaking as cal
from china_ai_lawmaking import errors, fetching, package

if TYPE_CHECKING:
    from collections.abc import Iterator


class Server:
    """A server on this machine that answers every path with the same bytes."""

    def __init__(self) -> None:
        self.body = b""
        self.promised: int | None = None
        self.status = 200
        self.location = ""
        self.requests = 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.requests += 1
                self.send_response(server.status)
                if server.location:
                    self.send_header("Location", server.location)
                if server.promised is not None:
                    self.send_header("Content-Length", str(server.promised))
                self.end_headers()
                self.wfile.write(server.body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.listening.server_port}/record.zip"
        self.thread = threading.Thread(target=self.listening.serve_forever, args=(0.01,))
        self.thread.start()

    def stop(self) -> None:
        self.listening.shutdown()
        self.listening.server_close()
        self.thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "china-ai-lawmaking"


@pytest.fixture
def archive(released: Path) -> bytes:
    return next(released.glob("*.zip")).read_bytes()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_zip_at_an_address_is_fetched_once_and_opened_offline_afterwards(
    server: Server, cache: Path, archive: bytes, released: Path
) -> None:
    server.body = archive
    expected = list(cal.open(released).rows("statements"))
    assert list(cal.open(server.address, sha256=sha256(archive)).rows("statements")) == expected
    server.stop()
    assert list(cal.open(server.address, sha256=sha256(archive).upper()).rows("statements")) == expected
    assert server.requests == 1
    assert files(cache) == [cache / f"{sha256(archive)}.zip"]


def test_a_kept_zip_that_was_altered_is_fetched_again(server: Server, cache: Path, archive: bytes) -> None:
    server.body = archive
    cal.open(server.address, sha256=sha256(archive))
    (kept,) = files(cache)
    kept.write_bytes(archive[:-1])
    cal.open(server.address, sha256=sha256(archive))
    assert (server.requests, kept.read_bytes()) == (2, archive)


def test_two_versions_are_kept_beside_each_other(server: Server, cache: Path, archive: bytes) -> None:
    other = archive + b"\n"
    for body in (archive, other):
        server.body = body
        cal.open(server.address, sha256=sha256(body))
    assert [path.name for path in files(cache)] == sorted(f"{sha256(body)}.zip" for body in (archive, other))


@pytest.mark.parametrize("promised", [True, False])
def test_a_truncated_download_is_refused_and_leaves_nothing(
    promised: bool, server: Server, cache: Path, archive: bytes
) -> None:
    server.body = archive[:1000]
    server.promised = len(archive) if promised else None
    with pytest.raises(errors.PackageError, match=f"has the SHA-256 {sha256(archive[:1000])}; expected"):
        cal.open(server.address, sha256=sha256(archive))
    assert files(cache) == []


def test_an_altered_download_is_refused_and_leaves_nothing(server: Server, cache: Path, archive: bytes) -> None:
    server.body = archive.replace(b"robot", b"rebot")
    with pytest.raises(errors.PackageError, match="has the SHA-256"):
        cal.open(server.address, sha256=sha256(archive))
    assert files(cache) == []


def test_a_download_over_the_limit_is_refused_before_it_ends(
    server: Server, cache: Path, archive: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "MAX_BYTES", 10_000)
    server.body = archive
    with pytest.raises(errors.PackageError, match=r"record\.zip is larger than 10000 bytes$"):
        cal.open(server.address, sha256=sha256(archive))
    assert files(cache) == []


def test_the_limit_on_a_download_is_that_on_a_zip() -> None:
    assert fetching.MAX_BYTES == package.MAX_UNPACKED


def test_a_zip_over_the_limits_is_refused_and_leaves_nothing(server: Server, cache: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("datapackage.json", b" " * 10_000_000)
    server.body = (tmp_path / "bomb.zip").read_bytes()
    with pytest.raises(errors.PackageError, match=r"record\.zip unpacks to more than 200 times its size"):
        cal.open(server.address, sha256=sha256(server.body))
    assert files(cache) == []


@pytest.mark.parametrize(
    ("status", "location", "reason"),
    [
        (404, "", "cannot be fetched: Not Found"),
        (302, "file:///etc/hosts", "Redirection to url 'file:///etc/hosts' is not allowed"),
        (302, "http://example.org/record.zip", "http://example.org/record.zip is not an address with https"),
        (302, "/again", "cannot be fetched: The HTTP server returned a redirect error"),
    ],
)
def test_a_failing_or_straying_server_is_refused_with_one_sentence(
    status: int, location: str, reason: str, server: Server, cache: Path
) -> None:
    server.status, server.location = status, location
    with pytest.raises(errors.ChinaAiLawmakingError) as refusal:
        cal.open(server.address, sha256="0" * 64)
    assert reason in str(refusal.value)
    assert files(cache) == []


def test_nobody_at_the_address_is_told(server: Server, cache: Path) -> None:
    free = server.address.replace(str(server.listening.server_port), "1")
    with pytest.raises(errors.PackageError, match=r"cannot be fetched: .*[Rr]efused"):
        cal.open(free, sha256="0" * 64)
    assert files(cache) == []


@pytest.mark.parametrize(
    ("location", "digest", "sentence"),
    [
        ("https://example.org/r.zip", None, "https://example.org/r.zip is an address; pass sha256="),
        ("https://example.org/r.zip", "abc", "sha256 is 'abc'; expected 64 hexadecimal digits"),
        ("http://example.org/r.zip", "0" * 64, "http://example.org/r.zip is not an address with https"),
        ("ftp://example.org/r.zip", "0" * 64, "ftp://example.org/r.zip is not an address with https"),
        ("file:///r.zip", "0" * 64, "file:///r.zip is not an address with https"),
        (".", "0" * 64, ". is a folder; sha256 is the hash of a zip"),
    ],
)
def test_wrong_use_is_refused_with_one_sentence(location: str, digest: str | None, sentence: str, cache: Path) -> None:
    with pytest.raises(errors.UsageError) as refusal:
        cal.open(location, sha256=digest)
    assert str(refusal.value).startswith(sentence)
    assert not cache.exists()


def test_a_zip_on_disk_is_checked_too(released: Path, archive: bytes) -> None:
    (path,) = released.glob("*.zip")
    assert cal.open(path, sha256=sha256(archive)).tables() == cal.tables()
    with pytest.raises(errors.PackageError, match=f"has the SHA-256 {sha256(archive)}; expected {'0' * 64}"):
        cal.open(path, sha256="0" * 64)
    with pytest.raises(errors.PackageError, match=r"nowhere\.zip cannot be read: No such file"):
        cal.open(path.with_name("nowhere.zip"), sha256="0" * 64)


@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("linux", {"XDG_CACHE_HOME": "/xdg"}, "/xdg/china-ai-lawmaking"),
        ("linux", {}, "/h/x/.cache/china-ai-lawmaking"),
        ("darwin", {}, "/h/x/Library/Caches/china-ai-lawmaking"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/china-ai-lawmaking"),
    ],
)
def test_the_cache_is_where_the_platform_keeps_caches(
    platform: str, environment: dict[str, str], folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    for name, value in {"HOME": "/h/x", **environment}.items():
        monkeypatch.setenv(name, value)
    assert Path(fetching._folder()) == Path(folder)


# The environment variable


def verbs(monkeypatch: pytest.MonkeyPatch, value: str, code: str) -> subprocess.CompletedProcess[str]:
    monkeypatch.setenv("CHINA_AI_LAWMAKING_DATA", value)
    command = [sys.executable, "-c", f"import china_ai_lawmaking as cal; {code}"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("zipped", [False, True])
def test_the_environment_can_name_another_record(zipped: bool, released: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = next(released.glob("*.zip")) if zipped else released
    found = verbs(monkeypatch, str(place), "print([row['id'] for row in cal.rows('people')])")
    assert (found.stdout, found.stderr) == ("['an-wei', 'bo-lin']\n", "")


def test_a_wrong_name_in_the_environment_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    found = verbs(monkeypatch, "nowhere", "cal.tables()")
    assert "CHINA_AI_LAWMAKING_DATA names nowhere, where there is no folder or zip" in found.stderr


def test_an_empty_name_in_the_environment_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = cal.open(package.locate().location).version
    assert verbs(monkeypatch, "", "print(cal.cite()[0]['version'])").stdout == f"{expected}\n"
