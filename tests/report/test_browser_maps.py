"""Maps in a headless Chromium: mouse, touch and keyboard show the product; colours, emphasis, print, and no script at all."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from robustfashion.report.map_marks import places
from robustfashion.report.render import write_report
from robustfashion.result import ScatterMap, map_figure, read_figure
from tests.report.samples import QUOTES, SCRIPT, SHADES, maps, pairs_figure, picture, result, sprite_of
from tests.report.test_browser import CONTRAST

pytestmark = pytest.mark.browser
IMAGES = {"sprite.png": sprite_of(SHADES)} | {name: picture(seed=1) for name in ("train.png", "serve.png", "flip.png")}
AT = [places(layout) for layout in read_figure(maps(), ScatterMap).layouts]


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    figures = [maps(), pairs_figure(), maps()]
    return write_report(result(figures=figures, images=IMAGES), tmp_path_factory.mktemp("maps")).as_uri()


@pytest.fixture
def opened(chromium, url):
    """Opens the page; at the end of the test nothing may have been said, asked for, or popped up."""
    told, contexts = [], []

    def open_page(width=1280, scheme="light", **options):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("dialog", lambda dialog: (told.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: None if request.url.startswith(("data:", "file:")) else told.append(request.url))
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert told == []


def _frame(page, k=0):
    """The frame of a layout of the first map, in view."""
    frame = page.locator(f".map >> nth=0 >> figure[data-layout='{k}'] .frame")
    frame.scroll_into_view_if_needed()
    return frame


def _on_screen(frame, k, i):
    box = frame.bounding_box()
    return box["x"] + AT[k][i][0] * box["width"] / 1000, box["y"] + AT[k][i][1] * box["height"] / 1000


def _card(page):
    return page.locator(".map >> nth=0 >> .tip")


def _values(page):
    return _card(page).locator("dd").all_inner_texts()


def _shade(page):
    """Colour in the middle of the card's picture, as it is on the screen."""
    pixels = Image.open(io.BytesIO(_card(page).locator(".thumb").screenshot())).convert("RGB")
    return pixels.getpixel((pixels.width // 2, pixels.height // 2))


@pytest.mark.parametrize("i", [0, 9, 33, 59])
def test_hovering_shows_the_product_in_all_layouts(opened, i):
    page = opened()
    frame = _frame(page)
    x, y = _on_screen(frame, 0, i)
    page.mouse.move(x + 5, y - 4)
    name = SCRIPT if i == 0 else f"product {i:02}"
    assert _card(page).locator(".name").inner_text() == name
    confidence = f"{100 * float(f'{i / 60:.4g}'):.1f} %"
    assert _values(page) == [f"group {i // 2}", ["dress", SCRIPT, "bag"][i % 3], confidence, f"kind {i % 57}"]
    assert np.abs(np.subtract(_shade(page), SHADES[i])).max() <= 2
    rings = page.locator(".map >> nth=0 >> .ring")
    assert [rings.nth(k).is_visible() for k in range(3)] == [True, True, i < 30]
    ring = rings.nth(1).bounding_box()
    expected = _on_screen(page.locator(".map >> nth=0 >> figure[data-layout='1'] .frame"), 1, i)
    assert (ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2) == pytest.approx(expected, abs=2)
    page.mouse.move(3, 3)
    assert not _card(page).is_visible() and not rings.first.is_visible()


def test_a_click_keeps_the_card_until_it_is_closed(opened):
    page = opened()
    frame = _frame(page)
    page.mouse.click(*_on_screen(frame, 0, 33))
    page.mouse.move(3, 3)
    assert _card(page).locator(".name").inner_text() == "product 33"
    _card(page).get_by_role("button", name="Close").click()
    assert not _card(page).is_visible()
    page.mouse.click(*_on_screen(frame, 0, 34))
    page.keyboard.press("Escape")
    assert not _card(page).is_visible()
    page.mouse.click(*_on_screen(frame, 0, 35))
    page.locator("h1").click()
    assert not _card(page).is_visible()


def test_touch_shows_the_product_and_a_second_tap_hides_it(opened):
    page = opened(390, has_touch=True, is_mobile=True)
    frame = _frame(page)
    page.evaluate("y => scrollBy(0, y)", _on_screen(frame, 0, 47)[1] - 850)  # where the card would cover it
    page.touchscreen.tap(*_on_screen(frame, 0, 47))
    assert _card(page).locator(".name").inner_text() == "product 47"
    card, width = _card(page).bounding_box(), page.evaluate("innerWidth")
    assert card["x"] >= 0 and card["x"] + card["width"] <= width and card["y"] + card["height"] <= 900
    x, y = _on_screen(frame, 0, 47)
    assert not (card["x"] < x < card["x"] + card["width"] and card["y"] < y < card["y"] + card["height"])
    page.touchscreen.tap(x, y)
    assert not _card(page).is_visible()


def test_arrow_keys_walk_the_map(opened):
    page = opened()
    frame = _frame(page)
    frame.evaluate("f => f.focus({ focusVisible: true })")
    name = _card(page).locator(".name")
    assert name.inner_text() == SCRIPT, "the first product, once the map is reached"
    walk = (
        ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowUp", 12), ("ArrowLeft", 11), ("ArrowDown", 1), ("End", 59),
        ("ArrowRight", 59), ("PageUp", 58), ("PageDown", 59), ("Home", 0), ("ArrowLeft", 0),
    )  # fmt: skip
    names = [p.replace("\u202e", r"\u202e") for p in read_figure(maps(), ScatterMap).points.names]
    for key, i in walk:
        page.keyboard.press(key)
        assert name.inner_text() == names[i], key
    page.keyboard.press("End")
    said = page.locator(".map >> nth=0 >> [aria-live]").inner_text()
    assert said == f"product 59, product group 29, class bag, confidence 98.3 %, kind {SCRIPT} kind 2"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert _card(page).is_visible(), "kept"
    page.keyboard.press("Escape")
    assert not _card(page).is_visible()


def test_only_large_maps_are_stops_and_they_say_what_they_are(opened):
    page = opened()
    first = page.locator(".map >> nth=0")
    stops = first.get_by_role("application")
    assert stops.count() == 1 and stops.get_attribute("aria-label") == "lattice"
    help_id = stops.get_attribute("aria-describedby")
    assert "Arrow keys" in page.locator(f"#{help_id}").inner_text()
    stops.focus()
    page.keyboard.press("ArrowRight")
    assert stops.evaluate("f => getComputedStyle(f).outlineStyle") == "solid"


def test_another_layout_can_be_shown_large(opened):
    page = opened()
    first = page.locator(".map >> nth=0")
    first.get_by_role("button", name="Show large: turned").click()
    large = first.locator(".large figure")
    assert large.count() == 1 and large.get_attribute("data-layout") == "1"
    assert first.locator(".small figure").first.get_attribute("data-layout") == "0"
    assert first.get_by_role("application").count() == 1 and large.locator("[role=application]").count() == 1
    x, y = _on_screen(_frame(page, 1), 1, 23)
    page.mouse.move(x, y)
    assert _card(page).locator(".name").inner_text() == "product 23"
    assert large.locator("path[class='c0 s0']").first.get_attribute("d") is not None


def _marks(page, k):
    """Class -> points of a layout."""
    paths = page.locator(f".map >> nth=0 >> figure[data-layout='{k}'] svg path")
    found = {}
    for name, d in paths.evaluate_all("all => all.map(p => [p.getAttribute('class'), p.getAttribute('d')])"):
        found[name] = found.get(name, 0) + d.count("M")
    return found


def test_colouring_changes_points_and_legend(opened):
    page = opened()
    first = page.locator(".map >> nth=0")
    legends = first.locator(".legend")
    select = first.get_by_label("Colour by")
    assert select.locator("option").all_inner_texts() == ["as each map is drawn", "class", "confidence", f"kind {SCRIPT}"]
    assert [legends.nth(k).is_visible() for k in range(3)] == [True, True, False]
    classes = {"c0 s0": 20, "c1 s1": 20, "c2 s2": 20}
    steps = {"r0 s0": 11, "r2 s0": 12, "r3 s0": 12, "r4 s0": 12, "r6 s0": 12, "none s6": 1}
    assert _marks(page, 0) == classes and sum(_marks(page, 2).values()) == 30
    assert first.locator("figcaption .by:visible").all_inner_texts()[-1] == "Coloured by confidence."
    select.select_option("confidence")
    assert first.locator("figcaption .by:visible").count() == 0
    assert _marks(page, 0) == _marks(page, 1) == steps
    assert [legends.nth(k).is_visible() for k in range(3)] == [False, True, False]
    select.select_option("as each map is drawn")
    assert _marks(page, 0) == classes


def _paths(page, k):
    paths = page.locator(f".map >> nth=0 >> figure[data-layout='{k}'] svg path")
    return [
        [
            paths.nth(i).get_attribute("class"),
            float(paths.nth(i).get_attribute("stroke-width") or 0),
            paths.nth(i).get_attribute("d"),
        ]
        for i in range(paths.count())
    ]


def test_the_script_draws_what_the_page_holds_without_it(opened):
    quiet, live = opened(java_script_enabled=False), opened()
    for k in range(3):
        assert _paths(quiet, k) == _paths(live, k) != []
    assert not quiet.locator(".map select").first.is_visible() and quiet.locator(".map .legend").first.is_visible()


def test_a_legend_entry_brings_its_points_out(opened):
    page = opened()
    first = page.locator(".map >> nth=0")
    frame = _frame(page)
    button = first.locator(".legend").first.get_by_role("button", name="dress")
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "true"
    faded = frame.locator("path.faded").evaluate_all("all => [...new Set(all.map(p => p.dataset.entry))]")
    assert len(faded) == 2 and frame.locator("path:not(.faded)").count() > 0
    page.mouse.move(*_on_screen(frame, 0, 34))
    assert not _card(page).is_visible(), "34 is no dress"
    page.mouse.move(*_on_screen(frame, 0, 33))
    assert _card(page).locator(".name").inner_text() == "product 33"
    button.click()
    assert button.get_attribute("aria-pressed") == "false" and frame.locator("path.faded").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 390, 1300])
def test_it_fits_and_can_be_read(opened, width, scheme):
    page = opened(width, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    page.mouse.click(*_on_screen(_frame(page), 0, 59))
    assert _card(page).is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CONTRAST)["bad"] == []
    colours = page.locator(".map >> nth=0 >> .legend li svg path").evaluate_all(
        "all => all.map(p => { const s = getComputedStyle(p); return s.fill === 'none' ? s.stroke : s.fill; })"
    )
    assert len(set(colours)) >= 12


def test_print_shows_maps_and_no_controls(opened):
    page = opened(scheme="dark")
    page.mouse.click(*_on_screen(_frame(page), 0, 59))
    page.emulate_media(media="print", color_scheme="dark")
    for name in (".choose", ".tip", ".ring", ".swap"):
        assert not page.locator(f".map >> nth=0 >> {name}").first.is_visible()
    assert page.locator(".map >> nth=0 >> figure svg").first.is_visible()
    assert page.pdf().startswith(b"%PDF")


def test_two_large_maps_stand_side_by_side_where_there_is_room(chromium, tmp_path):
    content = read_figure(maps(), ScatterMap)
    layouts = [replace(layout, large=k < 2) for k, layout in enumerate(content.layouts)]
    figure = map_figure("m", "M", points=content.points, layouts=layouts, colourings=content.colourings, doc="")
    address = write_report(result(figures=[figure], images=IMAGES), tmp_path).as_uri()
    for width, beside in ((1300, True), (390, False)):
        page = chromium.new_page(viewport={"width": width, "height": 900})
        page.goto(address)
        left, right = (page.locator(".large .frame").nth(k).bounding_box() for k in range(2))
        assert (left["y"] == right["y"]) == beside and left["width"] == pytest.approx(right["width"], abs=1)
        page.close()


def test_pairs_show_two_pictures_beside_each_other(opened):
    for width in (360, 1300):
        page = opened(width)
        boxes = [page.locator(".contact .card >> nth=0 >> img").nth(k).bounding_box() for k in range(2)]
        assert boxes[0]["y"] == pytest.approx(boxes[1]["y"]) and boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]
        assert QUOTES in page.locator(".contact").inner_text() and SCRIPT in page.locator(".contact").inner_text()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_label_without_a_space_does_not_widen_the_page(chromium, tmp_path, width):
    known = maps()
    data = read_figure(known, ScatterMap)
    names = data.colourings[0].categories
    long = replace(data.colourings[0], categories=["a" * 250, *names[1:]])
    made = map_figure(
        "long", "Long", points=data.points, layouts=data.layouts, colourings=[long, *data.colourings[1:]], doc=known.doc
    )
    url = write_report(result(figures=[made], images=IMAGES), tmp_path).as_uri()
    with chromium.new_context(viewport={"width": width, "height": 900}) as context:
        page = context.new_page()
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
        heights = page.locator(".legend:not([hidden]) li").evaluate_all("all => all.map(li => li.offsetHeight)")
        assert max(heights) > 1.5 * min(heights), "only the long one takes several lines"
