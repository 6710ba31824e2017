"""The page as text: whole, self-contained, the same twice, and nothing of the result taken for markup."""

import base64
import hashlib
import itertools
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from robustfashion.errors import InputError
from robustfashion.report import render as module
from robustfashion.report.format import visible
from robustfashion.report.render import MAX_BYTES, render, write_report
from robustfashion.result import Column, Figure, Refused, Table, load_result
from tests.report.samples import BIDI, QUOTES, SCRIPT, figures, picture, result

VOID = {"meta", "link", "img", "wbr", "br"}


class Page(HTMLParser):
    """Tags, attributes and text of a page; fails on tags that do not match."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.found, self.parts = [], Counter(), [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags[tag] += 1
        self.found.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags[tag] += 1
        self.found.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("script", "style"):
            self.parts.append(data)

    def of(self, tag):
        return [attributes for name, attributes in self.found if name == tag]

    @property
    def text(self):
        return re.sub(r"\s+", " ", "".join(self.parts))


@pytest.fixture(scope="module")
def html():
    return render(result())


@pytest.fixture(scope="module")
def parsed(html):
    return Page(html)


def test_methods_under_pictures_break_between_their_parts(html):
    assert "<strong>java_<wbr>image.<wbr>&lt;b&gt;</strong>" in html


def test_long_names_in_tables_break_between_their_parts_and_short_ones_do_not():
    name, short = "java_image.smooth+fit=pillow.bilinear", "pillow.bilinear"
    table = Table("t", "T", [Column("A", "text", ""), Column("Method", "text", "")], [["a", name], ["b", short]])
    page = render(replace(result(), tables=[table]))
    assert "java_<wbr>image.<wbr>smooth<wbr>+fit=pillow.<wbr>bilinear</td>" in page and f">{short}</td>" in page


def test_parts_come_in_order(parsed):
    expected = (
        "The resize study", "Smoke run", "read the directions", "Which products change?", "From 96.4", "commit abc123",
        "Beside the paper", "not comparable", "How a verdict is reached", "Contents", "Table 2: accuracy", "83.0 %",
        "What the columns mean", "Where accuracy is lost", "The sweep", "Fig. 1", "Flips", "How each number was computed",
        "Refused items", "zero bytes", "To run it again",
        "python -m robustfashion.bench resize --data 'a b'", "Versions", "Settings",
    )  # fmt: skip
    body = parsed.text[parsed.text.index("Skip to the content") :]
    places = [body.find(text) for text in expected]
    assert -1 not in places, expected[places.index(-1)]
    # The contents name the later parts once more, before them; so every part is looked for behind its predecessor.
    place = 0
    for text in expected:
        place = body.find(text, place)
        assert place >= 0, text


def test_nothing_of_the_result_becomes_markup(html, parsed):
    assert parsed.tags["script"] == 1 and html.count("<script") == 1
    assert "alert(1)" not in "".join(re.findall(r"<script>(.*?)</script>", html, re.DOTALL))
    for tag, attributes in parsed.found:
        assert not [name for name in attributes if name.startswith("on")], tag
        assert "style" not in attributes, tag
    assert parsed.text.count(SCRIPT) > 12 and QUOTES in parsed.text
    assert any(a.get("title") == QUOTES for a in parsed.of("th"))
    assert any(QUOTES in a["alt"] for a in parsed.of("img"))


def test_characters_that_turn_text_are_shown_and_names_are_isolated(html):
    assert "\u202e" not in html
    assert f"<bdi>{visible(BIDI)}</bdi>" in html


def test_nothing_is_loaded(html, parsed):
    assert not re.search(
        r"""(?:src|href|action|data)\s*=\s*["']?\s*(?!data:|#)[a-z/]""",
        re.sub(r"<script>.*</script>", "", html, flags=re.DOTALL),
    )
    assert "url(" not in html.replace("url(#", "") and "@import" not in html
    policy = next(a["content"] for a in parsed.of("meta") if a.get("http-equiv") == "Content-Security-Policy")
    for part in ("style", "script"):
        (text,) = re.findall(rf"<{part}>(.*?)</{part}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{part}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy and "unsafe" not in policy and "img-src data:;" in policy
    assert html.index("Content-Security-Policy") < html.index("<style>")


def test_structure_for_screen_readers(parsed):
    levels = [int(tag[1]) for tag, _ in parsed.found if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))
    assert (parsed.tags["main"], parsed.tags["header"], parsed.tags["nav"]) == (1, 1, 1)
    ids = [a["id"] for _, a in parsed.found if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for tag in ("a", "use") for a in parsed.of(tag) if a["href"].startswith("#")} <= set(ids)
    assert {a["aria-labelledby"] for a in parsed.of("section")} <= set(ids)
    assert all(a.get("alt") and a["width"] != "0" for a in parsed.of("img"))
    assert all(a.get("aria-label") for _, a in parsed.found if a.get("role") in ("img", "region"))
    assert parsed.of("html")[0]["lang"] == "en"


def test_cells_carry_their_order(parsed):
    keys = [a for a in parsed.of("td") if "data-key" in a]
    assert {"0.83", "-0.12", "0.0004", "3409.0"} <= {a["data-key"] for a in keys}
    missing = [a for a in parsed.of("td") if "data-missing" in a]
    assert missing and all("missing" in a["class"] and "data-key" not in a for a in missing)


def test_same_result_same_bytes(html):
    assert render(result()) == html
    code = "from tests.report.samples import result; from robustfashion.report.render import render; import hashlib;" + (
        "print(hashlib.sha256(render(result()).encode()).hexdigest())"
    )
    environment = os.environ | {"PYTHONHASHSEED": "5", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment)
    assert found.stdout.strip() == hashlib.sha256(html.encode()).hexdigest()


def test_report_from_the_file_equals_the_report_of_the_run(tmp_path, html):
    path = result().save(tmp_path)
    page = write_report(load_result(path), tmp_path)
    assert page == tmp_path / "index.html" and page.read_text(encoding="utf-8") == html


def test_a_result_of_nothing_is_a_page():
    page = Page(
        render(result(tables=[], figures=[], claims=[], glossary=[], refused=[], headline=[], settings={}, provenance={}))
    )
    assert page.tags["table"] == 0 and "Beside the paper" not in page.text and "Refused" not in page.text
    assert Page(render(result(scale="someone's own"))).text.count("someone's own") == 1


def test_refused_items_beyond_the_list_are_counted():
    items = [Refused(f"file-{k}.jpg", "zero bytes") for k in range(431)]
    bare = {"figures": [], "images": {}}  # drawings take a second
    page = Page(render(result(refused=items, **bare)))
    assert "431 items could not be used" in page.text and "The first 200 are listed here; result.json lists all 431" in page.text
    assert "file-199.jpg" in page.text and "file-200.jpg" not in page.text
    assert "1 item could not be used and is in none" in Page(render(result(refused=items[:1], **bare))).text


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40))
def test_any_text_stays_text(text):
    small = result(figures=figures()[:1], images={}, title=text, headline=[text], refused=[Refused(text, text)])
    heat = small.figures[0]
    heat = replace(heat, title=text, data={**heat.data, "rows": [text, text], "label": text})
    page = Page(render(replace(small, figures=[heat])))
    assert page.tags["script"] == 1
    shown = re.sub(r"\s+", " ", visible(text)).strip()
    assert shown in page.text


def test_pictures_are_re_encoded_rather_than_dropped(monkeypatch):
    images = {name: picture(200, 200, seed=k) for k, name in enumerate(("train.png", "serve.png", "difference.png", "flip.png"))}
    whole = result(images=images)
    size = len(render(whole).encode())
    monkeypatch.setattr(module, "MAX_BYTES", size - 40_000)
    html = render(whole)
    assert len(html.encode()) <= size - 40_000
    assert html.count("<img") == 5 and "data:image/webp" in html and "re-encoded as WebP" in Page(html).text
    assert base64.b64encode(images["difference.png"]).decode() in html
    monkeypatch.setattr(module, "MAX_BYTES", 200_000)
    with pytest.raises(InputError, match="pictures need"):
        render(whole)


def test_a_table_beyond_all_measure_is_refused(monkeypatch):
    assert MAX_BYTES <= 3_000_000
    monkeypatch.setattr(module, "MAX_BYTES", 200_000)
    table = Table("big", "Big", [Column("a", "text", "")], [["x" * 90] for _ in range(2000)])
    with pytest.raises(InputError, match=r"report of resize is [\d,]+ bytes too large before its pictures"):
        render(result(tables=[table]))


def test_a_missing_picture_is_refused_and_the_old_report_stays(tmp_path):
    (tmp_path / "index.html").write_text("old")
    with pytest.raises(InputError, match=r"images/flip\.png: a figure shows this picture"):
        write_report(result(images={}, figures=figures()[3:]), tmp_path)
    assert (tmp_path / "index.html").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["index.html"]


def test_two_figures_of_one_name():
    twice = [figures()[0], figures()[0], Figure("heat", "again", "gallery", {"items": []}, "")]
    page = Page(render(result(figures=twice)))
    assert {"figure-heat", "figure-heat-2", "figure-heat-3"} <= {a.get("id") for a in page.of("h2")}
    assert "Nothing to show." in page.text
