"""One run of a suite: it opens the data, trains or loads networks and asks them; what was done before comes from the cache."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from robustfashion.bench.experiment import asking, overlap, recalibration, training, trunks
from robustfashion.bench.experiment.division import Division, Part, Settled, divide, divide_for_network
from robustfashion.bench.experiment.network import Network
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.settings import ON_THE_COMMAND_LINE, ExperimentSettings
from robustfashion.bench.experiment.tasks import TaskSpec, task_spec
from robustfashion.bench.experiment.workspace import Pixels, Workspace
from robustfashion.data.cache import cache_root
from robustfashion.data.catalogue import Catalogue
from robustfashion.data.network_task import check_drawn
from robustfashion.data.outliers import mark_outlier_classes, with_outlier_folder
from robustfashion.data.preprocess import Preprocessing
from robustfashion.data.sources import scanned_catalogue
from robustfashion.data.splits import LABELS, Target, settle_splits
from robustfashion.decisions import Thresholds, mean_confidence_thresholds
from robustfashion.errors import InputError
from robustfashion.predictions import PredictionTable
from robustfashion.progress import Progress, silent
from robustfashion.provenance import provenance
from robustfashion.result import Documentation, Refused, SuiteResult

LeftOut = Sequence[tuple[str, str]]
"""Items that could not be used, with reasons."""

Divisions = Mapping[TaskSpec, Division]
"""The data, divided for each task."""


class Session:
    """What a suite works with.

    Args:
        settings: of the suite.
        progress: told how far the work is.
    """

    def __init__(self, settings: ExperimentSettings, progress: Progress = silent) -> None:
        self.settings = settings
        self.workspace = Workspace(settings, settings.cache if settings.cache is not None else cache_root(), progress)

    def at(self, **changed: Any) -> "Session":  # noqa: ANN401 - values of any settings
        """The same session with other settings of pixels or training (``size``, ``max_steps``); the data stays as it is open."""
        other = Session(replace(self.settings, **changed), self.workspace.progress)
        other._opened = self._opened
        return other

    @cached_property
    def _opened(self) -> tuple[Catalogue, str]:
        settings = self.settings
        catalogue, note = self._scanned(settings.data)
        catalogue = mark_outlier_classes(catalogue, settings.outlier_classes)
        catalogue = mark_outlier_classes(catalogue, settings.hold_out, how="held out")
        if settings.ignore_labels:
            catalogue = catalogue.replace(**{name: [None] * len(catalogue) for name in LABELS})
        if settings.outliers is None:
            return catalogue, note
        others, more = self._scanned(settings.outliers)
        return with_outlier_folder(catalogue, others), " ".join(filter(None, [note, more]))

    def _scanned(self, data: str) -> tuple[Catalogue, str]:
        settings = self.settings
        return scanned_catalogue(
            data,
            synthetic=settings.synthetic,
            cache=self.workspace.cache,
            workers=settings.workers,
            progress=self.workspace.progress,
        )

    @property
    def catalogue(self) -> Catalogue:
        """The data, scanned, refused rows and outliers included; opened (or drawn) at the first use.

        Raises:
            InputError: nothing usable there.
        """
        return self._opened[0]

    @property
    def note(self) -> str:
        """What was left out or joined when the data was opened, in words."""
        return self._opened[1]

    @cached_property
    def _settled(self) -> Settled:
        """The splits of the ordinary rows, the same for every task."""
        return settle_splits(self.catalogue.ordinary(), self.settings.split_seed)

    def divide(self, target: Target, max_images: int | None = None) -> Division:
        """The data divided for one task; see :func:`~robustfashion.bench.experiment.division.divide`."""
        return divide(self.catalogue, target, self.settings.split_seed, max_images, self._settled)

    def divisions(
        self, named: Sequence[str] | None, usual: Sequence[str], max_images: int | None = None, balanced: bool = False
    ) -> tuple[Divisions, list[tuple[str, str]]]:
        """The data divided for several tasks; those that nobody named and that it cannot teach are left out, with a reason.

        Args:
            named: tasks that the user asked for; None: the usual ones.
            usual: tasks of the suite on this data.
            max_images: ordinary images of a task, at most.
            balanced: of one label against the rest as many images of the rest as of the label, or the other way round.

        Raises:
            InputError: a named task is unknown or cannot be taught, or no task is left.
        """
        found: dict[TaskSpec, Division] = {}
        left_out: list[tuple[str, str]] = []
        for name in usual if named is None else named:
            try:
                spec = task_spec(name, self.catalogue)
                found[spec] = self.divide(spec.target, self._even(spec.target, max_images) if balanced else max_images)
            except InputError as error:
                if named is not None:
                    raise
                left_out.append((f"task {name}", str(error)))
        if not found:
            raise InputError(left_out[0][1])
        return found, left_out

    def _even(self, target: Target, max_images: int | None) -> int | None:
        """The limit on a task's images at which both of its classes have equally many, where it tells one label from the rest."""
        if target.positive is None:
            return max_images
        truth = self.catalogue.ordinary().usable().truth(target.column, target.positive).drop_null().to_pylist()
        positive = int(truth.count(target.positive))
        even = 2 * min(positive, len(truth) - positive)
        return even if max_images is None else min(even, max_images)

    def divide_for(self, network: Network, max_images: int | None = None) -> Division:
        """The data divided for a given network, which is not asked about its own training pictures.

        See :func:`~robustfashion.bench.experiment.division.divide_for_network` and
        :func:`~robustfashion.bench.experiment.overlap.heed_checkpoint`.

        Raises:
            InputError: nothing to evaluate, or a test split with pictures that it was trained on.
        """
        settings = self.settings
        if settings.drawn and not settings.ignore_labels:
            check_drawn(network.classes)
        division = divide_for_network(
            self.catalogue, network.classes, settings.positive, settings.split_seed, settings.drawn, max_images
        )
        given = settings.drawn or "test" in self.catalogue.ordinary().usable().column("split")
        return overlap.heed_checkpoint(division, network, given, settings.allow_overlap)

    def check_bases(self, rows: Sequence[Row], division: Division) -> Division:
        """The division with a note on bases that were trained on its test pictures, which are refused unless that is allowed.

        Raises:
            InputError: see :func:`~robustfashion.bench.experiment.overlap.check_bases`.
        """
        return overlap.check_bases(rows, division, self.settings.allow_overlap)

    def check_rows(self, rows: Sequence[Row]) -> None:
        """Refuse rows that cannot be trained, before the first one is.

        Raises:
            InputError: unknown architectures, methods, recipes or fields, unusable settings, a base that cannot be read.
        """
        for row in rows:
            for text in row.methods(self.settings.train_method):
                self.settings.preprocessing(text)
            training.base_digest(row.base)
            training.check_architecture(row)
            if row.on_trunk:
                row.head_settings()
            else:
                row.training(self.settings, ("other", "one"), seed=0)

    def train(self, row: Row, seed: int, division: Division, method: str | None = None, name: str = "") -> Network:
        """Train a network, or find it in the cache.

        Args:
            row: how it is made.
            seed: of its training.
            division: what it learns from, and is watched on.
            method: preprocessing of the training pictures where the row names none; None: ``train_method``.
            name: stands before what the progress says.

        Raises:
            InputError: a base that was trained on test pictures of the division.
        """
        self.check_bases([row], division)
        preprocessings = [self.settings.preprocessing(text) for text in row.methods(method or self.settings.train_method)]
        if row.on_trunk:
            return trunks.fit(self.workspace, row, seed, division, preprocessings)
        return training.train(self.workspace, row, seed, division, preprocessings, name)

    def recalibrate(self, network: Network, part: Part, preprocessing: Preprocessing, prior: float = 0.0) -> Network:
        """The network with batch normalisation's statistics of a part's pictures under a preprocessing, or from the cache.

        Labels are not looked at. Its row is named after both; the preprocessing becomes the network's own.

        Args:
            network: trained or given.
            part: pictures whose statistics it gets, at least 2.
            preprocessing: of those pictures.
            prior: pictures that the trained statistics count as (Schneider et al. 2020); 0: they are left behind.

        Raises:
            InputError: a network without batch normalisation, or too few pictures.
        """
        return recalibration.recalibrate(self.workspace, network, part, preprocessing, prior)

    def pixels(self, part: Part, preprocessings: Sequence[Preprocessing]) -> dict[str, Pixels]:
        """Pictures of a part by the preprocessings' names: uint8 [n, size, size, 3], memory-mapped, from cache where there."""
        return self.workspace.pixels(part, preprocessings)

    def predictions(self, network: Network, part: Part, preprocessing: Preprocessing) -> PredictionTable:
        """What a network says of a part under one preprocessing; pixels are rendered only where the cache does not know."""
        return asking.ask(self.workspace, network, part, {"": preprocessing})[""]

    def ask(
        self, network: Network, part: Part, preprocessings: Mapping[str, Preprocessing], what: str = ""
    ) -> dict[str, PredictionTable]:
        """The same under several preprocessings, by name; what has to be rendered is rendered together.

        Args:
            network: who is asked.
            part: about which pictures.
            preprocessings: by any name.
            what: told to the progress; empty: nothing.
        """
        return asking.ask(self.workspace, network, part, preprocessings, what)

    def given_thresholds(self, network: Network) -> Thresholds | None:
        """Those of the settings, else those that a network's checkpoint carries; None where there are none."""
        if self.settings.threshold is not None:
            return Thresholds(self.settings.threshold, rule=ON_THE_COMMAND_LINE)
        return network.thresholds

    def thresholds(self, network: Network, division: Division, preprocessing: Preprocessing) -> Thresholds:
        """The deployed thresholds: given ones, else the checkpoint's, else by the paper's rule on validation pictures."""
        given = self.given_thresholds(network)
        if given is not None:
            return given
        validation = division["validation"]
        if not len(validation):
            table = self.predictions(network, division["test"], preprocessing)
            rule = "mean confidence on the evaluated images, as there are no validation images"
            return mean_confidence_thresholds(table.probabilities, rule)
        return mean_confidence_thresholds(self.predictions(network, validation, preprocessing).probabilities)

    def result(self, suite: str, words: Documentation, data_hash: str, left_out: LeftOut = (), **content: Any) -> SuiteResult:  # noqa: ANN401
        """A suite's result, stamped with settings, provenance and the list of what was refused.

        Args:
            suite: its name.
            words: title, question and glossary.
            data_hash: content hash of the data.
            left_out: more items than the data's own refused ones.
            content: the other fields of :class:`~robustfashion.result.SuiteResult`.
        """
        given = bool(self.settings.predictions)
        refused = [] if given else self.catalogue.refused()
        device = "none: predictions were given" if given else self.workspace.device_name
        return SuiteResult(
            suite=suite,
            title=words.title,
            question=words.question,
            glossary=list(words.glossary),
            scale=self.settings.scale or "smoke",
            provenance=provenance(self.settings.seeds[0], device, data_hash).to_dict(),
            settings=self.settings.plain(),
            refused=[Refused(item, reason) for item, reason in (*refused, *left_out)],
            **content,
        )
