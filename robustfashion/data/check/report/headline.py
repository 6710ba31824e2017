"""The answer in a few sentences, each with its numbers."""

from robustfashion.data.check.findings import Findings
from robustfashion.data.check.probes import Probe
from robustfashion.data.check.sizes import side_clusters
from robustfashion.data.check.views import VIEWS
from robustfashion.data.layout import questions, split_conflicts


def headline(found: Findings) -> list[str]:
    """Files, independence, shortcuts, copies, and the layout of folders where it raises questions."""
    return [_files(found), _independence(found), _shortcuts(found), _copies(found), *_layout(found)]


def _layout(found: Findings) -> list[str]:
    usable = found.catalogue.usable()
    paths = [str(path) for path in usable.column("path")]
    kept = " ".join(filter(None, [split_conflicts(paths, usable.column("split")), questions(paths)]))
    return [f"Layout: {kept}"] if kept else []


def _files(found: Findings) -> str:
    total, refused = len(found.catalogue), len(found.refused)
    text = f"Files: {len(found.store):,} of {total:,} images were measured, {refused:,} are refused"
    sides = side_clusters(found.store)
    if not sides:
        return f"{text}; no common side length says that a library resized them before."
    side = sides[0]
    return (
        f"{text}; {100 * side.share:.0f} % have a {side.side} of {side.px} px, mostly written by {side.written_by} "
        f"({100 * side.written_share:.0f} % of these), so a library has resized them before."
    )


def _independence(found: Findings) -> str:
    tested = [pair for pair in found.pairs if pair.p_holm is not None]
    if not tested:
        return "Independence: no two factors could be tested against each other."
    dependent = sorted((p for p in tested if p.finding == "dependent"), key=lambda p: -(p.v or 0.0))
    expected = [f"{p.first} with {p.second}" for p in found.pairs if p.finding == "expected"]
    beside = f" (beside {', '.join(expected)}, which {_are(len(expected))} expected to be)" if expected else ""
    if not dependent:
        return f"Independence holds: none of {len(tested)} tested pairs of labels and other factors is dependent{beside}."
    strongest = "; ".join(f"{p.first} with {p.second} (V = {p.v:.2f}, n = {p.n:,} products)" for p in dependent[:3])
    return (
        f"Independence does not hold: {len(dependent)} of {len(tested)} tested pairs of labels and other factors "
        f"{_are(len(dependent))} dependent: {strongest}{' and others' if len(dependent) > 3 else ''}{beside}."
    )


def _shortcuts(found: Findings) -> str:
    blind = {view.name for view in VIEWS.values() if not view.shape}
    asked = [p for p in found.probes if p.view in blind]
    if not asked:
        return "Shortcuts: no label has two classes of ten products, so none was probed."
    counts = {
        "near chance": sum(p.finding == "near chance" for p in asked),
        "weakly above it": sum(p.finding == "weak" for p in asked),
        "clearly above it": sum(p.finding in ("strong", "above chance") for p in asked),
        "not settled": sum(p.finding == "not settled" for p in asked),
    }
    shares = [f"{n} {_are(n)} {what}" for what, n in counts.items() if n or what == "clearly above it"]
    best = max(asked, key=lambda p: p.skill)
    return (
        f"Shortcuts: of {len(asked)} probes that see colours, background or file but no shape, {', '.join(shares)}; "
        f"the strongest, {best.view.lower()}, tells {best.column} with a balanced accuracy of {_percent(best)}, "
        f"where chance is {100 * best.chance:.1f} %."
    )


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _some(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _percent(probe: Probe) -> str:
    a = probe.accuracy
    return f"{100 * a.value:.1f} % [{100 * a.low:.1f}, {100 * a.high:.1f}]"


def _copies(found: Findings) -> str:
    exact, near, product = found.sets
    more = near.surplus - exact.surplus
    text = (
        f"Copies: {_some(exact.surplus, 'file repeats', 'files repeat')} the bytes of another, "
        f"{_some(more, 'more shows', 'more show')} the same picture; "
        f"{_some(near.other_label, 'set of copies has', 'sets of copies have')} several labels"
    )
    if len(found.split.values) < 2:
        others = _some(near.other_product, "set belongs", "sets belong")
        return f"{text}, and {others} to several products, which a split by product would tear apart."
    torn = _some(near.several_splits, "set of copies", "sets of copies")
    products = _some(product.several_splits, "product stands", "products stand")
    return f"{text}; {torn} and {products} in more than one split."
