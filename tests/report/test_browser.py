"""The page in a headless Chromium: quiet, closed to the network, sortable by hand and keyboard, readable in every form."""

import pytest

from robustfashion.report.__main__ import main
from robustfashion.report.render import write_report
from tests.report.samples import SCRIPT, charts, result

pytestmark = pytest.mark.browser
WIDTHS = (360, 390, 768, 1280, 1920)
SCHEMES = ("light", "dark")

# Contrast of every piece of text with what lies behind it; of text in a drawing, with the shape under its middle.
CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([r, g, b]) => {
    const linear = [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const ratio = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = rgba(getComputedStyle(e).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const bad = []; let count = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest("script, style") || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const drawn = element.closest("svg");
    let ground = behind(element);
    if (drawn) {
      element.scrollIntoView({ block: "center", inline: "center" });
      const box = element.getBoundingClientRect();
      const shapes = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      const filled = shapes.find((s) => s.tagName === "path" && getComputedStyle(s).fill !== "none");
      if (filled) ground = rgba(getComputedStyle(filled).fill);
    }
    count += 1;
    const found = ratio(rgba(drawn ? style.fill : style.color), ground);
    if (found < 4.5) bad.push([node.data.trim().slice(0, 40), found.toFixed(2)]);
  }
  return { bad, count };
}"""
ROWS = "t => [...t.tBodies[0].rows].map(r => r.cells[%d].innerText.split('\\n')[0])"


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    return write_report(result(), tmp_path_factory.mktemp("report")).as_uri()


@pytest.fixture
def opened(chromium, url):
    """Opens the page; at the end of the test nothing may have been said, asked for, or popped up."""
    told, asked, contexts = [], [], []

    def open_page(width=1280, scheme="light", address=url, **options):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("dialog", lambda dialog: (told.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert told == []
    assert {address for address in asked if not address.startswith("data:")} == {url}


def test_quiet_and_closed(opened):
    page = opened()
    page.wait_for_load_state("networkidle")
    assert all(page.evaluate("[...document.images].map(i => i.complete && i.naturalWidth > 0)"))


def test_script_stays_text(opened):
    page = opened()
    assert SCRIPT in page.locator("h1").inner_text()
    assert page.locator("table.data").first.locator("tbody td").first.inner_text() == SCRIPT
    assert page.locator("script").count() == 1
    assert SCRIPT in page.locator("svg[role=img] text").all_text_contents()


def test_policy_lets_no_other_script_in(chromium, url):
    page = chromium.new_page()
    page.goto(url)
    page.evaluate("const s = document.createElement('script'); s.textContent = 'window.hacked = 1'; document.body.append(s)")
    page.evaluate("const i = document.createElement('b'); i.setAttribute('onclick', 'window.hacked = 1'); document.body.append(i); i.click()")  # fmt: skip # noqa: E501
    assert page.evaluate("window.hacked") is None
    page.close()


def test_sorting_by_mouse_and_keyboard(opened):
    page = opened()
    table = page.locator("table.sortable").first
    accuracy = table.locator("thead th").nth(2)
    before = table.evaluate(ROWS % 0)
    accuracy.locator("button").click()
    assert accuracy.get_attribute("aria-sort") == "ascending"
    assert table.evaluate(ROWS % 2) == ["40.0 %", "83.0 %", "98.0 %", "n/a"]
    accuracy.locator("button").press("Enter")
    assert accuracy.get_attribute("aria-sort") == "descending"
    assert table.evaluate(ROWS % 2) == ["98.0 %", "83.0 %", "40.0 %", "n/a"]
    accuracy.locator("button").press("Space")
    assert accuracy.get_attribute("aria-sort") is None
    assert table.evaluate(ROWS % 0) == before == ["resnet18", "alexnet", "googlenet", "resnet50"]


def test_sorting_is_numeric_and_stable_and_one_column_at_a_time(opened):
    page = opened()
    table = page.locator("table.sortable").first
    buttons = table.locator("thead button")
    expected = {
        0: ["alexnet", "googlenet", "resnet18", "resnet50"],
        3: ["−12.0 pp", "0.0 pp", "+20.0 pp", "n/a"],
        4: ["< 0.001", "0.030", "0.800", "1"],
        5: ["9.5 dB", "41.2 dB", "n/a", "n/a"],
        6: ["7", "12", "40", "3,409"],
    }
    for column, values in expected.items():
        buttons.nth(column).click()
        assert table.evaluate(ROWS % column) == values
        assert table.locator("[aria-sort]").count() == 1
    buttons.nth(5).click()
    assert table.evaluate(ROWS % 0)[2:] == ["resnet18", "resnet50"]  # both n/a: as they stood
    buttons.nth(5).click()
    assert table.evaluate(ROWS % 5) == ["41.2 dB", "9.5 dB", "n/a", "n/a"]
    assert table.evaluate(ROWS % 0)[2:] == ["resnet18", "resnet50"]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_never_scrolls_sideways(opened, width):
    page = opened(width)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide = page.evaluate("""[...document.querySelectorAll('main *')].filter(e => !e.closest('.scroll, .hidden, svg, thead')
        && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))""")
    assert wide == []
    regions = page.locator(".scroll")
    assert all(regions.nth(k).get_attribute("tabindex") == "0" for k in range(regions.count()))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [360, 1920])
def test_contrast(opened, scheme, width):
    page = opened(width, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    found = page.evaluate(CONTRAST)
    assert found["count"] > 200
    assert found["bad"] == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [360, 1280])
def test_charts_fit_and_can_be_read(chromium, tmp_path, width, scheme):
    page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
    page.goto(write_report(result(figures=charts()), tmp_path).as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shown = page.locator(".drawing svg[role=img]:visible")
    assert shown.count() == 3
    assert all(shown.nth(k).bounding_box()["width"] <= width for k in range(3))
    sizes = shown.evaluate_all("all => all.map(s => s.getBoundingClientRect().width / s.viewBox.baseVal.width)")
    assert min(sizes) > 1.2  # of 4/3 px for a point: text keeps its size on a narrow screen
    assert page.evaluate(CONTRAST)["bad"] == []
    page.close()


def test_dark_and_light_by_system_and_by_button(opened):
    def ground(page):
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    light, dark = (ground(opened(scheme=scheme)) for scheme in SCHEMES)
    assert (light, dark) == ("rgb(253, 253, 251)", "rgb(21, 23, 26)")
    page = opened(scheme="dark")
    button = page.get_by_role("button", name="Theme: automatic")
    button.focus()
    page.keyboard.press("Enter")
    assert ground(page) == light
    page.keyboard.press("Enter")
    assert ground(page) == dark and page.get_by_role("button", name="Theme: dark").is_visible()
    page.keyboard.press("Enter")
    assert page.evaluate("document.documentElement.dataset.theme") is None


def test_everything_has_a_name_and_its_place(opened):
    page = opened()
    unnamed = page.evaluate("""[...document.querySelectorAll('button, a, img, svg[role=img], [role=region], summary, nav')]
        .filter(e => !(e.getAttribute('aria-label') || e.getAttribute('alt') || e.textContent.trim()))
        .map(e => e.outerHTML.slice(0, 80))""")
    assert unnamed == []
    for role, count in (("banner", 1), ("main", 1), ("navigation", 1)):
        assert page.get_by_role(role).count() == count
    assert page.get_by_role("table", name="Table 2: accuracy").get_by_role("rowheader", name="alexnet").is_visible()


def test_claims_keep_their_table_on_narrow_screens(opened):
    page = opened(360)
    claims = page.get_by_role("table", name="Each claim of the paper")
    assert claims.get_by_role("row").count() == 5 and claims.get_by_role("columnheader").count() == 7
    row = claims.get_by_role("row").nth(2)
    assert row.get_by_role("cell", name="contradicted").is_visible()
    assert "−2.00 pp [−5.00, −0.04]" in row.inner_text().replace("\n", " ")


def test_keyboard_reaches_the_content_first_and_sees_where_it_is(opened):
    page = opened()
    page.keyboard.press("Tab")
    skip = page.locator("a.skip")
    assert skip.evaluate("e => e === document.activeElement") and skip.bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    page.locator(".scroll").first.focus()
    page.keyboard.press("Tab")
    style = page.evaluate(
        "(({outlineStyle, outlineWidth}) => [outlineStyle, outlineWidth])(getComputedStyle(document.activeElement))"
    )
    assert style == ["solid", "2px"] and page.evaluate("document.activeElement.tagName") == "BUTTON"
    summary = page.locator("summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details").first.get_attribute("open") is not None


def test_copy(opened):
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "python -m robustfashion.bench resize --data 'a b'"


def test_copy_without_a_clipboard_selects(opened):
    page = opened()
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Selected").wait_for()
    assert page.evaluate("getSelection().toString()") == "python -m robustfashion.bench resize --data 'a b'"


def test_print_is_light_and_shows_what_is_folded(opened, tmp_path):
    page = opened(scheme="dark")
    closed = page.locator("details:not([open])").count()
    assert closed >= 3
    page.evaluate(
        "addEventListener('beforeprint', () => { window.closedThen = document.querySelectorAll('details:not([open])').length; })"
    )
    assert page.pdf(path=str(tmp_path / "report.pdf"), prefer_css_page_size=True).startswith(b"%PDF")
    assert page.evaluate("window.closedThen") == 0
    assert page.locator("details:not([open])").count() == closed
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("nav").is_visible() and not page.locator("#theme").is_visible()
    assert page.evaluate(CONTRAST)["bad"] == []


def test_page_without_script_shows_everything(opened):
    page = opened(java_script_enabled=False)
    assert page.locator("table.data").first.is_visible() and page.locator("svg[role=img]").first.is_visible()
    assert not page.locator("#theme").is_visible()


def test_index(chromium, tmp_path):
    result().save(tmp_path / "resize")
    main([str(tmp_path)])
    page = chromium.new_page(viewport={"width": 360, "height": 800}, color_scheme="dark")
    page.goto((tmp_path / "index.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate(CONTRAST)["bad"] == []
    page.get_by_role("link", name="The resize study").click()
    assert page.get_by_role("heading", name="The answer").is_visible()
    page.close()
