"""The most exposed pictures as two methods show them."""

from collections.abc import Sequence
from dataclasses import replace

from robustfashion.bench.experiment.division import Part
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.resize.figures import triptychs_of
from robustfashion.bench.sensitivity.forecast.exposure import Exposure
from robustfashion.bench.sensitivity.forecast.lists import FILE
from robustfashion.bench.sensitivity.forecast.numbers import MethodForecast
from robustfashion.bench.sensitivity.forecast.subject import Subject
from robustfashion.bench.sensitivity.forecast.tables import SHOWN
from robustfashion.result import Figure


def exposed_pictures(
    session: Session, sample: Part, subject: Subject, exposure: Exposure, found: Sequence[MethodForecast]
) -> tuple[Figure, dict[str, bytes]]:
    """The first dozen under the training method, and under the serving method that changes most tags.

    Args:
        session: renders them.
        sample: the pictures of the subject, in its order.
        subject: what was asked.
        exposure: with the order.
        found: tells which method changes most.

    Raises:
        InputError: a picture that cannot be decoded any more.
    """
    method = max(found, key=lambda of: of.tags.seen.share).method
    rows = list(exposure.order[:SHOWN])
    wanted = {name: session.settings.preprocessing(name) for name in (subject.reference, method)}
    rendered = session.pixels(sample.take(rows), list(wanted.values()))
    pixels = [{name: rendered[p.name][place] for name, p in wanted.items()} for place in range(len(rows))]
    figure, images = triptychs_of([(subject.classifier, row) for row in rows], pixels, subject.reference, method)
    doc = (
        f"Of the pictures that were asked the first {len(rows)} of {FILE}, as {subject.reference} and {method}, which changes "
        "most tags, show them to the network."
    )
    return replace(figure, id="exposed-pictures", title="The most exposed pictures, two libraries", doc=doc), images
