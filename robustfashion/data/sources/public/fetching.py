"""One file over HTTP: resumed where it was cut, checked, and whole or absent under its own name."""

import hashlib
import http.client
import re
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robustfashion.errors import InputError
from robustfashion.progress import Progress, silent
from robustfashion.provenance import file_digest

_BLOCK = 1 << 18
_FLEETING = (408, 425, 429, 500, 502, 503, 504)
"""HTTP statuses after which another attempt makes sense."""


@dataclass(frozen=True)
class FetchSettings:
    """How stubborn to be."""

    attempts: int = 5
    """Attempts without a single new byte before giving up."""
    timeout_s: float = 30.0
    """Longest silence of the server."""
    pause_s: float = 1.0
    """Before the second attempt; doubled before every further one."""


class _Cut(Exception):
    """The transfer ended early; another attempt may go on."""


def fetch(
    url: str, target: Path, sha256: str | None = None, progress: Progress = silent, settings: FetchSettings = FetchSettings()
) -> str:
    """Fetch ``url`` to ``target`` and return the SHA-256 (hex) of its bytes.

    What has arrived lies in ``<target>.part``, beside ``<target>.part.tag`` with the server's version of the file; a later
    call goes on behind it by an HTTP range, and starts anew where the server has another version or knows no ranges.

    Args:
        url: http or https.
        target: a file that is there already is kept (and checked where ``sha256`` is given).
        sha256: expected sum; None: not known.
        progress: called with the bytes that have arrived.
        settings: attempts and waiting.

    Raises:
        InputError: another scheme, refused by the server, cut again and again, or another sum; the message names the URL.
    """
    if not re.match(r"https?://", url):
        raise InputError(f"{url}: not an http or https URL")
    part = target.with_name(target.name + ".part")
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        _transfer(url, part, progress, settings)
    arrived = target if target.exists() else part
    found = file_digest(arrived)
    if sha256 is not None and found != sha256.lower():
        part.unlink(missing_ok=True)
        raise InputError(
            f"{url}: {arrived.name} has the SHA-256 {found}, not {sha256}; it is damaged or another version, delete it"
        )
    if arrived == part:
        part.replace(target)
        _tag_file(part).unlink(missing_ok=True)
    return found


def _transfer(url: str, part: Path, progress: Progress, settings: FetchSettings) -> None:
    failures, pause = 0, settings.pause_s
    while True:
        before = _size(part)
        try:
            _attempt(url, part, progress, settings.timeout_s)
            return
        except urllib.error.HTTPError as error:
            error.close()
            if error.code not in _FLEETING:
                raise InputError(f"{url}: the server answers {error.code} ({error.reason}); the file may have moved") from error
            why = f"the server answers {error.code}"
        except (_Cut, http.client.HTTPException, urllib.error.URLError, ConnectionError, TimeoutError) as error:
            why = str(error) or type(error).__name__
        except OSError as error:
            raise InputError(f"{part}: cannot be written ({error.strerror or error})") from error
        failures, pause = (0, settings.pause_s) if _size(part) > before else (failures + 1, pause * 2)
        if failures >= settings.attempts:
            raise InputError(f"{url}: given up after {failures} attempts ({why}); run it again to go on at byte {_size(part)}")
        time.sleep(pause)


def _attempt(url: str, part: Path, progress: Progress, timeout_s: float) -> None:
    """One request for what is missing.

    Raises:
        _Cut: fewer bytes than announced.
    """
    have = _size(part)
    headers = {"User-Agent": "robustfashion", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
        if _tag_file(part).is_file():
            headers["If-Range"] = _tag_file(part).read_text(encoding="utf-8")
    try:
        reply = urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=timeout_s)
    except urllib.error.HTTPError as error:
        if error.code != 416:
            raise
        error.close()
        if _total(error.headers) == have:  # everything was there
            return
        part.unlink(missing_ok=True)
        raise _Cut("the part file was longer than the file") from error
    with reply:
        goes_on = reply.status == 206 and _start(reply.headers) == have
        if reply.status == 206 and not goes_on:
            part.unlink(missing_ok=True)
            raise _Cut("the server sent another range than asked for")
        _receive(reply, part, have if goes_on else 0, progress)


def _receive(reply: Any, part: Path, have: int, progress: Progress) -> None:  # noqa: ANN401 - http.client.HTTPResponse
    length = reply.headers.get("Content-Length")
    total = have + int(length) if length else 0
    tag = reply.headers.get("ETag") or reply.headers.get("Last-Modified")
    if tag and not tag.startswith("W/"):
        _tag_file(part).write_text(tag, encoding="utf-8")
    else:
        _tag_file(part).unlink(missing_ok=True)
    with part.open("ab" if have else "wb") as file:
        while block := reply.read(_BLOCK):
            file.write(block)
            have += len(block)
            progress(f"fetching {part.stem}", have, max(total, have))
    if have < total:
        raise _Cut(f"cut after {have} of {total} bytes")


def _tag_file(part: Path) -> Path:
    return part.with_name(part.name + ".tag")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _start(headers: Any) -> int | None:  # noqa: ANN401 - email.message.Message
    found = re.match(r"bytes (\d+)-", headers.get("Content-Range") or "")
    return int(found.group(1)) if found else None


def _total(headers: Any) -> int | None:  # noqa: ANN401 - email.message.Message
    found = re.search(r"/(\d+)$", headers.get("Content-Range") or "")
    return int(found.group(1)) if found else None


def name_of(url: str, suffixes: tuple[str, ...]) -> str:
    """A file name that stands for a URL: its hash, with its suffix where that is one of ``suffixes``, else the first of them."""
    suffix = Path(url.split("?", 1)[0].split("#", 1)[0]).suffix.lower()
    digest = hashlib.sha256(url.encode()).hexdigest()[:32]
    return f"{digest[:2]}/{digest}{suffix if suffix in suffixes else suffixes[0]}"
