"""Catalogues from the command line: ``python -m robustfashion.data {render,import,check,sheet} …``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from robustfashion import commandline
from robustfashion.commandline import Command, dispatch
from robustfashion.errors import InputError
from robustfashion.progress_bar import ProgressBar
from robustfashion.system_errors import check_place


def _render_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("out", type=commandline.path, metavar="OUT", help="folder for the images and catalogue.parquet")
    parser.add_argument("--count", type=int, default=1000, help="number of images (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="another seed gives other products (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=1, help="processes (default: %(default)s)")
    parser.add_argument("--size", type=int, metavar="PX", help="long side of every image (default: 500 to 2000, varied)")
    parser.add_argument(
        "--mix",
        nargs="+",
        metavar="TYPE=SHARE",
        default=[],
        help="shares of the product types, as dress=0.5 top=0.5 (default: equal)",
    )
    parser.add_argument("--coupled", metavar="NAME", help="what --texture-coupling ties to the cloth (default: product_type)")
    parser.add_argument(
        "--fixed",
        nargs="+",
        metavar="NAME=VALUE",
        default=[],
        help="parameters of scene or cloth with one value in every picture, as noise=2 sharpen=no file=png",
    )
    for name, text in _DIALS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=float, metavar="X", help=text)
    parser.add_argument(
        "--outlier-kinds",
        nargs="+",
        metavar="KIND=WEIGHT",
        default=[],
        help="weights of near, junk, far or single kinds, as near=2 'junk/size chart=1' (default: tiers alike)",
    )


_DIALS = {
    "fine_pattern_share": "share of products whose cloth repeats every 3 to 6 px once scaled to 500 px",
    "ambiguity": "share of ambiguous cues, per attribute",
    "label_noise": "share of wrong attribute labels in train; writes the split column",
    "nuisance": "strength of pose, light, background and noise, 0 to 2",
    "bias": "share of training pictures whose background follows from the product type; writes the split column",
    "texture_coupling": "share of products whose cloth's period follows from the label, in every split",
    "outlier_share": "share of pictures that show no product of their label",
    "mis_filed": "share of products filed under another type",
}
"""Settings of the same name, for the command line."""


def _render(arguments: argparse.Namespace) -> int:
    from robustfashion.data.synthetic import SyntheticSettings, render_catalogue

    options: dict[str, object] = {"count": arguments.count, "seed": arguments.seed}
    if arguments.size is not None:
        options["long_side_px"] = (arguments.size, arguments.size)
    options |= {name: getattr(arguments, name) for name in _DIALS if getattr(arguments, name) is not None}
    if arguments.mix:
        options["mix"] = dict(_share("--mix", text) for text in arguments.mix)
    if arguments.outlier_kinds:
        options["outlier_kinds"] = dict(_share("--outlier-kinds", text) for text in arguments.outlier_kinds)
    if arguments.coupled is not None:
        options["coupled"] = arguments.coupled
    if arguments.fixed:
        options["fixed"] = dict(_value(text) for text in arguments.fixed)
    settings = SyntheticSettings(**options)  # type: ignore[arg-type]
    check_place(arguments.out)
    with ProgressBar() as bar:
        catalogue = render_catalogue(arguments.out, settings, workers=arguments.workers, progress=bar)
    return _say(f"{len(catalogue)} images: {arguments.out / 'catalogue.parquet'}")


def _share(option: str, text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name, float(value)
    except ValueError:
        raise InputError(f"{option} {text!r}: write NAME=SHARE, as dress=0.5") from None


def _value(text: str) -> tuple[str, float | str]:
    name, _, value = text.partition("=")
    try:
        return name, float(value)
    except ValueError:
        return name, value


def _import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="public set, as clothing-dataset-small or abo; an unknown name lists all")
    parser.add_argument("source", metavar="SRC", help="folder of the set as it was published")
    parser.add_argument("out", type=commandline.path, metavar="OUT", help="folder for catalogue.parquet and import.json")
    parser.add_argument("--map", type=commandline.path, metavar="FILE", help="label map to use in place of the set's own")
    parser.add_argument("--workers", type=int, default=2, help="threads that read pictures (default: %(default)s)")
    parser.add_argument("--download", action="store_true", help="fetch the set into SRC first, where that needs no login")
    parser.add_argument("--fetch", action="store_true", help="fetch pictures that lie behind URLs into OUT/images")


def _import(arguments: argparse.Namespace) -> int:
    from robustfashion.data.sources.public import ImportSettings, import_public
    from robustfashion.data.sources.public.summary import in_words

    check_place(arguments.out)
    settings = ImportSettings(arguments.map, arguments.workers, arguments.download, arguments.fetch)
    with ProgressBar() as bar:
        imported = import_public(arguments.name, arguments.source, arguments.out, settings, bar)
    return _say(f"{in_words(imported.report)}\n{arguments.out / 'catalogue.parquet'}, {arguments.out / 'import.json'}")


def _sheet_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "catalogue", metavar="CATALOGUE", help="catalogue.parquet or its folder, a folder of classes, or a manifest"
    )
    parser.add_argument("--out", type=commandline.path, required=True, help="folder for index.html and the sheets")
    parser.add_argument("--per-sheet", type=int, default=32, help="pictures per label (default: %(default)s)")
    parser.add_argument("--format", choices=("png", "jpg"), default="png", help="of the sheets (default: %(default)s)")
    parser.add_argument("--thumbnail", type=int, default=128, metavar="PX", help="side of a thumbnail (default: %(default)s)")


def _sheet(arguments: argparse.Namespace) -> int:
    _check_data(arguments.catalogue, arguments.out)
    check_place(arguments.out)
    from robustfashion.data.cache import usable_cache
    from robustfashion.data.scan import is_unscanned_and_local, scan
    from robustfashion.data.sheet import write_sheets
    from robustfashion.data.sources import open_with_note
    from robustfashion.pictures.files import resolve

    opened, note = open_with_note(arguments.catalogue)
    with ProgressBar() as bar:
        catalogue = opened
        if is_unscanned_and_local(opened):
            catalogue = scan(opened, progress=bar, cache=usable_cache(None), given=arguments.catalogue)
        before = {name for name, _ in opened.refused()}
        unreadable = {resolve(catalogue.root, name): f"{name}: {why}" for name, why in catalogue.refused() if name not in before}
        known = len(unreadable)
        page = write_sheets(
            catalogue,
            arguments.out,
            per_sheet=arguments.per_sheet,
            thumbnail_px=arguments.thumbnail,
            file_format=arguments.format,
            progress=bar,
            unreadable=unreadable,
        )
    _say_refused([*catalogue.refused(), *list(unreadable.items())[known:]])
    return _say("\n".join(filter(None, [note, f"contact sheets: {page}"])))


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "catalogue",
        metavar="CATALOGUE",
        help="catalogue.parquet or its folder, a folder of classes, a manifest, or 'synthetic'",
    )
    parser.add_argument(
        "--out", type=commandline.path, default=Path("reports/check"), help="folder for index.html, result.json, items.parquet"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the probes and of random tables (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="threads that read images (default: %(default)s)")
    parser.add_argument(
        "--probe-images", type=int, default=4000, metavar="N", help="most images a probe sees of a label (default: %(default)s)"
    )
    parser.add_argument(
        "--permutations", type=int, default=200, metavar="N", help="repetitions with exchanged labels (default: %(default)s)"
    )
    parser.add_argument(
        "--expect", nargs="+", metavar="A=B", default=[], help="factors that are meant to go together, as label=shape"
    )
    parser.add_argument("--no-pictures", action="store_true", help="a report without any picture of the catalogue")


def _check_data(data: str, out: Path) -> None:
    """What is not there, or would be written among the data, is said before anything heavy is loaded."""
    from robustfashion.data.sources.opening import check_is_there, check_out

    check_is_there(data)
    check_out(out, data)


def _check(arguments: argparse.Namespace) -> int:
    if arguments.catalogue != "synthetic":
        _check_data(arguments.catalogue, arguments.out)
    check_place(arguments.out)
    import pyarrow.parquet as pq

    from robustfashion.atomic import atomic_path
    from robustfashion.data.check.findings import items_table
    from robustfashion.data.check.run import check
    from robustfashion.data.check.settings import CheckSettings
    from robustfashion.report.render import write_report

    settings = CheckSettings(
        arguments.catalogue, arguments.seed, arguments.workers, arguments.probe_images, arguments.permutations,
        pictures=not arguments.no_pictures, expected=tuple(arguments.expect),
    )  # fmt: skip
    with ProgressBar() as bar:
        checked = check(settings, bar)
    with atomic_path(arguments.out / "items.parquet") as temporary:
        pq.write_table(items_table(checked.findings), temporary)
    checked.result.save(arguments.out)
    page = write_report(checked.result, arguments.out)
    _say_refused(checked.findings.refused)
    note = str(checked.result.settings.get("note", ""))
    return _say("\n".join([*filter(None, [*checked.result.headline, note and f"Data: {note}"]), f"report: {page}"]))


def _say_refused(refused: Sequence[tuple[str, str]]) -> None:
    from robustfashion.data.refusals import reasons_in_lines

    for line in reasons_in_lines(refused):
        sys.stderr.write(line + "\n")


def _say(text: str) -> int:
    """What was written; the exit status."""
    sys.stdout.write(text + "\n")
    return 0


COMMANDS: dict[str, Command] = {
    "render": Command("draw a synthetic catalogue", _render_arguments, _render),
    "import": Command("make a catalogue of a public set", _import_arguments, _import),
    "sheet": Command("show the pictures of a catalogue, label by label", _sheet_arguments, _sheet),
    "check": Command("see how far a catalogue can be believed", _check_arguments, _check),
}


def main(argv: list[str] | None = None) -> None:
    """Entry point of ``python -m robustfashion.data``."""
    dispatch("python -m robustfashion.data", "Make and look at catalogues.", COMMANDS, argv)


if __name__ == "__main__":
    main()
