"""Downloads against a server that cuts, refuses and changes its mind."""

import hashlib
import http.server
import threading
from contextlib import contextmanager

import numpy as np
import pytest

from robustfashion.data.sources.public.fetching import FetchSettings, fetch, name_of
from robustfashion.errors import InputError

DATA = np.random.default_rng(5).integers(0, 256, 300_007, dtype=np.uint8).tobytes()
SUM = hashlib.sha256(DATA).hexdigest()
QUICK = FetchSettings(attempts=3, timeout_s=5.0, pause_s=0.001)


class Server(http.server.BaseHTTPRequestHandler):
    """Serves ``data`` under any path; ``faults`` are used up one per request."""

    data = DATA
    tag = '"one"'
    ranges = True
    faults: list = []  # noqa: RUF012 - set anew for each test
    asked: list = []  # noqa: RUF012

    def do_GET(self):
        cls = type(self)
        wanted, guard = self.headers.get("Range"), self.headers.get("If-Range")
        cls.asked.append((self.path, wanted, guard))
        fault = cls.faults.pop(0) if cls.faults else None
        if isinstance(fault, int) and fault < 1000:
            self.send_error(fault)
            return
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and cls.ranges and guard in (None, cls.tag) else 0
        if start >= len(cls.data) and wanted:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(cls.data)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(cls.data) - 1}/{len(cls.data)}")
        self.send_header("Content-Length", str(len(cls.data) - start))
        if cls.tag:
            self.send_header("ETag", cls.tag)
        self.end_headers()
        body = cls.data[start:]
        self.wfile.write(body[:fault] if fault else body)  # a fault of 1000 or more cuts the transfer there

    def log_message(self, *_):
        pass


@contextmanager
def serving(**settings):
    handler = type("Handler", (Server,), {"faults": [], "asked": [], **settings})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", handler
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def left(folder):
    return sorted(path.name for path in folder.iterdir())


def test_whole_file_and_then_nothing(tmp_path):
    seen = []
    with serving() as (url, handler):
        assert fetch(f"{url}/a.zip", tmp_path / "a.zip", SUM, lambda *what: seen.append(what), QUICK) == SUM
        assert fetch(f"{url}/a.zip", tmp_path / "a.zip", SUM, settings=QUICK) == SUM
    assert (tmp_path / "a.zip").read_bytes() == DATA and left(tmp_path) == ["a.zip"]
    assert len(handler.asked) == 1 and seen[-1] == ("fetching a.zip", len(DATA), len(DATA))


def test_goes_on_where_it_was_cut(tmp_path):
    with serving(faults=[100_000, 50_000]) as (url, handler):
        assert fetch(f"{url}/a", tmp_path / "a", SUM, settings=QUICK) == SUM
    assert handler.asked == [("/a", None, None), ("/a", "bytes=100000-", '"one"'), ("/a", "bytes=150000-", '"one"')]
    assert left(tmp_path) == ["a"]


def test_a_later_call_goes_on(tmp_path):
    (tmp_path / "a.part").write_bytes(DATA[:1234])
    with serving() as (url, handler):
        assert fetch(f"{url}/a", tmp_path / "a", settings=QUICK) == SUM
    assert handler.asked == [("/a", "bytes=1234-", None)]


@pytest.mark.parametrize("settings", [{"ranges": False}, {"tag": '"two"'}])
def test_starts_anew_without_ranges_or_on_another_version(settings, tmp_path):
    (tmp_path / "a.part").write_bytes(b"of another version")
    (tmp_path / "a.part.tag").write_text('"one"')
    with serving(**settings) as (url, _):
        assert fetch(f"{url}/a", tmp_path / "a", settings=QUICK) == SUM


@pytest.mark.parametrize("part", [DATA, DATA + b"more"])
def test_part_that_is_whole_or_too_long(part, tmp_path):
    (tmp_path / "a.part").write_bytes(part)
    with serving() as (url, _):
        assert fetch(f"{url}/a", tmp_path / "a", SUM, settings=QUICK) == SUM
    assert left(tmp_path) == ["a"]


def test_wrong_checksum_leaves_nothing(tmp_path):
    with serving() as (url, _), pytest.raises(InputError, match=f"{url}/a: a.part has the SHA-256 {SUM}, not 00"):
        fetch(f"{url}/a", tmp_path / "a", "00" * 32, settings=QUICK)
    assert left(tmp_path) in ([], ["a.part.tag"])
    (tmp_path / "a").write_bytes(b"mine")
    with pytest.raises(InputError, match="a has the SHA-256"):
        fetch("http://127.0.0.1:9/a", tmp_path / "a", SUM)
    assert (tmp_path / "a").read_bytes() == b"mine"


@pytest.mark.parametrize("status", [403, 404, 410])
def test_refusals_end_at_once(status, tmp_path):
    with serving(faults=[status]) as (url, handler), pytest.raises(InputError, match=f"{url}/a: the server answers {status}"):
        fetch(f"{url}/a", tmp_path / "a", settings=QUICK)
    assert len(handler.asked) == 1 and left(tmp_path) == []


def test_fleeting_faults_are_waited_out_and_lasting_ones_not(tmp_path):
    with serving(faults=[503, 500]) as (url, _):
        assert fetch(f"{url}/a", tmp_path / "a", settings=QUICK) == SUM
    with serving(faults=[503] * 9) as (url, handler), pytest.raises(InputError, match=r"given up after 3 attempts .*503"):
        fetch(f"{url}/b", tmp_path / "b", settings=QUICK)
    assert len(handler.asked) == 3


def test_no_server_and_other_schemes(tmp_path):
    with pytest.raises(InputError, match="given up after 3 attempts"):
        fetch("http://127.0.0.1:9/a", tmp_path / "a", settings=QUICK)
    with pytest.raises(InputError, match="not an http or https URL"):
        fetch(f"file://{tmp_path}/x", tmp_path / "a")


def test_names_of_urls():
    one, other = name_of("https://x.example/a.PNG?w=3", (".jpg", ".png")), name_of("https://x.example/../../b", (".jpg", ".png"))
    assert one.endswith(".png") and other.endswith(".jpg") and one[:2] == one.split("/")[1][:2]
    assert ".." not in other and one != other
