"""A released zip at an address: verified before use, kept under its hash, refused whole."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from packages import REPOSITORY

import china_ai_lawmaking as cal
from china_ai_lawmaking import errors
from china_ai_lawmaking.package import fetching

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Answer(NamedTuple):
    """What the server sends: status, headers, body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Server:
    """A web server on this machine, with its answers and the paths that it was asked for."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                status, headers, body = server.answers.get(self.path, Answer(404, {}, b""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._http = HTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.running = True

    def give(self, path: str, body: bytes, status: int = 200, **headers: str) -> str:
        self.answers[path] = Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)
        return f"http://127.0.0.1:{self._http.server_port}{path}"

    def stop(self) -> None:
        if self.running:
            self._http.shutdown()
            self._thread.join()
            self._http.server_close()
            self.running = False


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache folder of this test, empty."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return tmp_path / "cache" / "china-ai-lawmaking"


@pytest.fixture
def archive(released: Path) -> Path:
    return next(released.glob("china-ai-lawmaking-*.zip"))


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def kept(cache: Path) -> list[str]:
    """Give everything that stands in the cache, whatever it is."""
    return sorted(path.relative_to(cache).as_posix() for path in cache.rglob("*"))


def test_a_zip_at_an_address_is_fetched_once_and_then_needs_no_network(
    server: Server, archive: Path, cache: Path
) -> None:
    data = archive.read_bytes()
    address = server.give("/record.zip", data)
    first = cal.open(address, sha256=sha256(data))
    assert list(first.rows("statements")) == list(cal.open(archive).rows("statements"))
    assert kept(cache) == [f"{sha256(data)}.zip"]
    server.stop()
    again = cal.open(address, sha256=sha256(data).upper())
    assert list(again.rows("laws")) == list(first.rows("laws"))
    assert server.asked == ["/record.zip"]


def test_a_kept_zip_that_was_altered_is_fetched_again(server: Server, archive: Path, cache: Path) -> None:
    data = archive.read_bytes()
    address = server.give("/record.zip", data)
    cal.open(address, sha256=sha256(data))
    (cache / f"{sha256(data)}.zip").write_bytes(b"something else")
    cal.open(address, sha256=sha256(data))
    assert server.asked == ["/record.zip", "/record.zip"]
    assert (cache / f"{sha256(data)}.zip").read_bytes() == data


def test_a_redirect_on_the_same_terms_is_followed(server: Server, archive: Path) -> None:
    data = archive.read_bytes()
    address = server.give("/latest.zip", b"", 302, Location=server.give("/record.zip", data))
    assert cal.open(address, sha256=sha256(data)).tables() == cal.open(archive).tables()


def a_link(data: bytes) -> bytes:
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as file:
        entry = zipfile.ZipInfo("data/secret.csv")
        entry.external_attr = 0o120777 << 16
        file.writestr(entry, "../../secret")
    return buffer.getvalue()


REFUSED: dict[str, tuple[Callable[[Server, bytes], tuple[str, str]], str]] = {
    "altered": (
        lambda server, data: (server.give("/z", data[:-1] + b"?"), sha256(data)),
        "has the SHA-256 ",
    ),
    "truncated": (
        lambda server, data: (server.give("/z", data[:-9], Content_Length=str(len(data))), sha256(data)),
        "has the SHA-256 ",
    ),
    "oversized": (
        lambda server, data: (server.give("/z", data + bytes(fetching.MAX_BYTES)), sha256(data)),
        f"is larger than {1 << 20} bytes",
    ),
    "missing": (
        lambda server, data: (server.give("/z", data).replace("/z", "/y"), sha256(data)),
        "cannot be fetched: 404 Not Found",
    ),
    "no zip": (
        lambda server, _: (server.give("/z", b"<html>"), sha256(b"<html>")),
        "is not a readable zip",
    ),
    "unsafe zip": (
        lambda server, data: (server.give("/z", a_link(data)), sha256(a_link(data))),
        "holds a link ('data/secret.csv')",
    ),
    "redirect without encryption": (
        lambda server, data: (server.give("/z", b"", 302, Location="http://example.org/z"), sha256(data)),
        "leads to http://example.org/z, which is not an address with https",
    ),
    "redirect to another protocol": (
        lambda server, data: (server.give("/z", b"", 302, Location="ftp://example.org/z"), sha256(data)),
        "leads to ftp://example.org/z, which is not an address with https",
    ),
    "redirect in a circle": (
        lambda server, data: (server.give("/z", b"", 302, Location="/z"), sha256(data)),
        "cannot be fetched: 302 The HTTP server returned a redirect error",
    ),
    "unspeakable address": (
        lambda server, data: (server.give("/法", data), sha256(data)),
        "cannot be fetched: ",
    ),
}


@pytest.mark.parametrize(("arrange", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_the_released_zip_is_refused_and_leaves_nothing(
    arrange: Callable[[Server, bytes], tuple[str, str]],
    sentence: str,
    server: Server,
    archive: Path,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fetching, "MAX_BYTES", 1 << 20)
    address, expected = arrange(server, archive.read_bytes())
    with pytest.raises(errors.PackageError) as caught:
        cal.open(address, sha256=expected)
    assert str(caught.value).startswith(address)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)
    assert kept(cache) == []


def test_an_interrupted_download_leaves_nothing(
    server: Server, archive: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    data = archive.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        cal.open(server.give("/record.zip", data), sha256=sha256(data))
    assert kept(cache) == []


def test_a_server_that_is_not_there_is_told_in_one_sentence(server: Server, cache: Path) -> None:
    address = server.give("/record.zip", b"")
    server.stop()
    with pytest.raises(errors.PackageError, match=r"cannot be fetched: .*refused"):
        cal.open(address, sha256="0" * 64)
    assert kept(cache) == []


def test_a_proxy_that_refuses_is_not_taken_for_the_server(
    server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = server.give("/record.zip", b"")
    server.stop()
    monkeypatch.setenv("http_proxy", address.removesuffix("/record.zip"))
    monkeypatch.setenv("no_proxy", "")
    with pytest.raises(errors.PackageError, match=r"cannot be fetched through the proxy that the environment names: "):
        cal.open("http://localhost/record.zip", sha256="0" * 64)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(errors.PackageError, match=r"cannot be fetched: "):
        cal.open(address, sha256="0" * 64)
    assert kept(cache) == []


@pytest.mark.parametrize(
    ("location", "hash", "sentence"),
    [
        (
            "https://example.org/record.zip",
            None,
            "https://example.org/record.zip is an address; pass sha256=, which SHA256SUMS of the release states for it",
        ),
        ("http://example.org/record.zip", "0" * 64, "http://example.org/record.zip is not an address with https"),
        ("ftp://example.org/record.zip", "0" * 64, "ftp://example.org/record.zip is not an address with https"),
        ("https://[/record.zip", "0" * 64, "https://[/record.zip is not an address with https"),
        (
            "https://example.org/record.zip",
            "0" * 63,
            f"sha256 is '{'0' * 63}'; expected 64 hexadecimal digits, as in SHA256SUMS of the release",
        ),
    ],
)
def test_wrong_use_is_refused_before_anything_is_asked(location: str, hash: str | None, sentence: str) -> None:
    with pytest.raises(errors.UsageError) as caught:
        cal.open(location, sha256=hash)
    assert str(caught.value) == sentence


def test_a_zip_on_disk_is_checked_too(archive: Path, released: Path, cache: Path) -> None:
    right = sha256(archive.read_bytes())
    assert cal.open(archive, sha256=right).tables() == cal.open(archive).tables()
    with pytest.raises(errors.PackageError) as caught:
        cal.open(archive, sha256="0" * 64)
    assert str(caught.value) == f"{archive} has the SHA-256 {right}; expected {'0' * 64}"
    with pytest.raises(errors.UsageError, match=r"is a folder; sha256 is the hash of a zip$"):
        cal.open(released, sha256=right)
    with pytest.raises(errors.PackageError, match="cannot be read: No such file"):
        cal.open(released / "absent.zip", sha256=right)
    assert kept(cache) == []


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {"HOME": "/u/me"}, "/u/me/.cache/china-ai-lawmaking"),
        ("linux", {"HOME": "/u/me", "XDG_CACHE_HOME": "/var/c"}, "/var/c/china-ai-lawmaking"),
        ("darwin", {"HOME": "/u/me"}, "/u/me/Library/Caches/china-ai-lawmaking"),
        ("win32", {"HOME": "/u/me", "LOCALAPPDATA": "/local"}, "/local/china-ai-lawmaking"),
    ],
)
def test_zips_are_kept_where_the_platform_keeps_such_things(
    platform: str, environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert fetching.cache_folder().replace(os.sep, "/") == expected


def run(code: str, **environment: str) -> Any:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)


CITE = "import sys; from china_ai_lawmaking.cli import main; sys.exit(main(['cite', 'st-00001']))"


@pytest.mark.parametrize("where", ["in a checkout", "elsewhere"])
@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_the_environment_names_another_record_for_the_verbs_and_commands(
    where: str, kind: str, archive: Path, released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(REPOSITORY if where == "in a checkout" else tmp_path)
    override = {"CHINA_AI_LAWMAKING_DATA": str({"folder": released, "zip": archive}[kind])}
    named = cal.open(released)
    rows = run("import china_ai_lawmaking as cal; print([row['id'] for row in cal.rows('laws')])", **override)
    assert rows.stdout == f"{[row['id'] for row in named.rows('laws')]}\n"
    assert run(CITE, **override).stdout == f"{named.cite(named.load('statements').head(1))}\n"


def test_an_environment_that_names_nothing_is_told_in_one_sentence(tmp_path: Path) -> None:
    printed = run(CITE, CHINA_AI_LAWMAKING_DATA=str(tmp_path / "absent"))
    assert printed.stderr == (
        f"china-ai-lawmaking: CHINA_AI_LAWMAKING_DATA names {tmp_path / 'absent'}, where there is no folder or zip\n"
    )
    assert printed.returncode == 2
