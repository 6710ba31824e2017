"""One suite's result as one HTML file: nothing loaded from anywhere, nothing that the result says taken for markup."""

import base64
import hashlib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from robustfashion import atomic
from robustfashion.errors import InputError
from robustfashion.report import page
from robustfashion.report.claims import claims_view
from robustfashion.report.embed import Care, Embedded, Picture, embed
from robustfashion.report.figures import figure_view
from robustfashion.report.format import glued, pieces, visible
from robustfashion.report.palette import css
from robustfashion.result import SuiteResult

MAX_BYTES = 3_000_000
"""A report is mailed and opened from disk."""
MAX_BYTES_WITH_MAPS = 5_000_000
"""Of a report with maps: 5,000 products with a small picture each."""
LEADING = ("map", "points")
"""Kinds of figures that stand before the tables: what these speak of."""


def _finalize(value: Any) -> Any:  # noqa: ANN401 - whatever a template prints
    """Every text that a template prints shows its invisible characters; autoescape follows."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def environment() -> Environment:
    """Templates of this package; escaping is on for every file."""
    found = Environment(
        loader=PackageLoader("robustfashion.report"), autoescape=True, undefined=StrictUndefined, finalize=_finalize,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    found.filters |= {"plain": page.plain_value, "glued": glued, "pieces": pieces}
    found.globals |= _assets()
    return found


def _assets() -> dict[str, Any]:
    """Style and script, with the hashes by which the page's policy lets them and nothing else in."""
    folder = resources.files("robustfashion.report").joinpath("templates")
    style = f":root{{{css()}}}\n" + folder.joinpath("report.css").read_text(encoding="utf-8")
    script = "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in ("report.js", "map.js"))
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return {"style": Markup(style), "script": Markup(script), "policy": policy}


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def render(result: SuiteResult) -> str:
    """The page of a result; the same result gives the same text.

    Raises:
        InputError: figures, tables or pictures that cannot be shown, or more than fits into
            :data:`MAX_BYTES` (:data:`MAX_BYTES_WITH_MAPS`, where there is a map).
    """
    page.check(result)
    anchors = page.Anchors()
    figures = [figure_view(figure, anchors.take("figure", figure.id)) for figure in result.figures]
    sprites = list(dict.fromkeys(figure.map.sprite for figure in figures if figure.map and figure.map.sprite))
    context = {
        "sprites": sprites,
        "result": result,
        "scale": page.SCALES.get(result.scale, (result.scale, "")),
        "date": page.date_of(result),
        "claims": claims_view(result.claims),
        "tables": [page.table_view(table, anchors.take("table", table.id)) for table in result.tables],
        "leading": [figure for figure in figures if figure.kind in LEADING],
        "figures": [figure for figure in figures if figure.kind not in LEADING],
        "refused": result.refused[: page.REFUSED_SHOWN],
        "provenance": [(k, v) for k, v in result.provenance.items() if k not in ("command", "versions") and v not in ("", {})],
    }
    template = environment().get_template("report.html.j2")
    uses = [use for figure in figures for use in figure.uses()]
    uses += [(name, Care.SHOWN) for name in sprites]  # once, whatever the number of maps
    blank = Embedded({name: Picture("", 0, 0) for name, _ in uses}, note=300 * "-")
    most = MAX_BYTES_WITH_MAPS if any(figure.map for figure in figures) else MAX_BYTES
    room = most - len(template.render(context, images=blank).encode()) - 20 * len(uses)
    if room < 0:
        raise InputError(f"the report of {result.suite} is {-room:,} bytes too large before its pictures; show fewer rows")
    return template.render(context, images=embed(result.images, uses, room))


def write_report(result: SuiteResult, folder: Path) -> Path:
    """Write ``folder/index.html``, whole or not at all; returns its path.

    Raises:
        InputError: as :func:`render`.
    """
    path = folder / "index.html"
    atomic.write_text(path, render(result))
    return path
