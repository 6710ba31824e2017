"""Every figure that the paper prints, once: Gutierrez et al., "Deep Learning for Automated Tagging of Fashion Images".

Shares lie in 0..1 and counts are of images, unless said otherwise. A figure is known to the paper's own rounding only; the
constants ``*_ROUNDING`` are half a unit of the last printed digit. Labels stand in :mod:`robustfashion.taxonomy`.
"""

import math
from dataclasses import dataclass

TABLE_1_ROUNDING = 0.00005
"""Tables 1 and 3 print accuracies in hundredths of a percent."""
TABLE_2_ROUNDING = 0.005
"""Table 2 prints accuracies in whole percents."""

DRESSES = 3_971
"""Section 3.1: images of the "dress dataset" behind Table 2. Whether they are its training or its test set is not said."""
WATCHES_WITH_OUTLIERS = 777
"""Section 3.2: images behind Table 4, outliers among them; how many is not said."""
TAGGED = 18_000_000
"""Images by the introduction, attributes by the conclusions. The counts of Table 1 sum to 18,122,897."""


@dataclass(frozen=True)
class Protocol:
    """Section 2: how the attribute classifiers are trained."""

    canvas_px: int = 500
    """Side of the white square that pictures are padded to."""
    input_px: int = 224
    """Side of the network's input."""
    epochs: int = 100
    learning_rate: float = 0.01
    flip_probability: float = 0.5
    train_share: tuple[float, float] = (0.7, 0.8)
    """Smallest and largest share of the images that is trained on; the rest validates, and no test set is named."""


PROTOCOL = Protocol()

MEASURED_SHARE = 1 - max(PROTOCOL.train_share)
"""Smallest share of its images that the paper can have measured an accuracy on; the number itself is not printed."""


def sampling_error(accuracy: float, images: int) -> float:
    """Standard error of an accuracy that was measured on :data:`MEASURED_SHARE` of so many images, 0..1: the paper prints none.

    That of independent images and one network: another draw of products or of the training adds to it.
    """
    return math.sqrt(accuracy * (1 - accuracy) / (MEASURED_SHARE * images))


@dataclass(frozen=True)
class Printed:
    """A figure of the paper as far as it is known."""

    value: float
    """A share or a difference of shares."""
    rounding: float
    """Half a unit of the last printed digit, added up for a difference."""
    error: float
    """Standard error, see :func:`sampling_error`."""


@dataclass(frozen=True)
class ClassifierFigures:
    """One line of Table 1 or 3."""

    images: int
    """Data set size, training and validation together."""
    classes: int
    """Number of classes as stated; heel type and sandal style contradict Table 5 (:mod:`robustfashion.taxonomy`)."""
    accuracy: float
    tags_updated: int | None = None
    """Tags written into the production catalogue; None where Table 1 prints a dash, and in Table 3, which has no such column."""

    @property
    def printed(self) -> Printed:
        """The accuracy with its errors."""
        return Printed(self.accuracy, TABLE_1_ROUNDING, sampling_error(self.accuracy, self.images))

    @property
    def skill(self) -> float:
        """Accuracy above chance as a share of what is possible above it, were the classes equally frequent (not printed)."""
        return (self.accuracy - 1 / self.classes) / (1 - 1 / self.classes)


TABLE_1: dict[str, ClassifierFigures] = {
    "sleeve_type": ClassifierFigures(61_702, 4, 0.9290, 8_070_507),
    "boot_style": ClassifierFigures(19_009, 8, 0.8940, 8_337_490),
    "display_type": ClassifierFigures(22_288, 4, 0.9262, 782_765),
    "heel_type": ClassifierFigures(14_127, 7, 0.8793, 584_711),
    "shell_type": ClassifierFigures(69_535, 2, 0.9377, 347_424),
    "sandal_style": ClassifierFigures(16_128, 7, 0.8689),
    "skirt_length": ClassifierFigures(28_109, 4, 0.9078),
    "neck_style": ClassifierFigures(30_231, 12, 0.9060),
    "number_of_wheels": ClassifierFigures(107_958, 3, 0.9356),
}
"""Attribute classifiers by attribute, in the order of Table 1."""

TABLE_3: dict[str, ClassifierFigures] = {
    "luggage": ClassifierFigures(185_036, 2, 0.9948),
    "watch": ClassifierFigures(45_880, 2, 0.9730),
    "shoe": ClassifierFigures(300_000, 2, 0.9924),
    "dress": ClassifierFigures(189_975, 2, 0.9838),
    "top": ClassifierFigures(119_567, 2, 0.9856),
}
"""Product-type validators by product type, in the order of Table 3."""

TRANSFER_GAINS: dict[str, float] = {"sleeve_type": 0.01, "neck_style": 0.02, "display_type": 0.02}
"""Section 2: accuracy that transfer learning added, by attribute, in whole points. The first two start from in-house GoogLeNets
that are not public, the third from a GoogLeNet pretrained on ImageNet."""


@dataclass(frozen=True)
class LibraryAccuracies:
    """One line of Table 2: accuracy of a dress classifier by the library that resized the pictures."""

    java: float
    python: float
    """The library of the training pictures too. Neither library is named."""

    @property
    def change(self) -> float:
        """Accuracy with Java minus with Python, -1..1."""
        return self.java - self.python

    @property
    def printed_java(self) -> Printed:
        """The accuracy with Java and its errors, were :data:`DRESSES` the whole data set."""
        return _of_dresses(self.java)

    @property
    def printed_python(self) -> Printed:
        """The accuracy with the training library and its errors."""
        return _of_dresses(self.python)

    @property
    def printed_change(self) -> Printed:
        """The change with its errors, as if the two accuracies were of different images: how many changed is not printed."""
        java, python = self.printed_java, self.printed_python
        return Printed(self.change, java.rounding + python.rounding, math.hypot(java.error, python.error))


def _of_dresses(accuracy: float) -> Printed:
    return Printed(accuracy, TABLE_2_ROUNDING, sampling_error(accuracy, DRESSES))


TABLE_2: dict[tuple[str, str, str], LibraryAccuracies] = {
    ("resnet18", "paper", "none"): LibraryAccuracies(java=0.83, python=0.98),
    ("googlenet", "paper", "none"): LibraryAccuracies(java=0.93, python=0.99),
    ("alexnet", "paper", "none"): LibraryAccuracies(java=0.98, python=0.98),
    ("googlenet", "robust", "imagenet"): LibraryAccuracies(java=0.98, python=0.98),
}
"""By architecture, name of the recipe (``robust``: with augmentation) and base model. The text and Fig. 1 speak of a ResNet-50
where the table lists a ResNet-18."""


@dataclass(frozen=True)
class OutlierErrors:
    """One line of Table 4: a watch classifier on :data:`WATCHES_WITH_OUTLIERS` images that answers from its mean confidence on.

    The percentages of errors are of the images that it answers. They are kept as printed, although they look cut off rather than
    rounded (47 of 637 are 7.38 %, printed as 7.3 %), and no number of answers among 777 gives the second line's 5.9 % and 79.3 %.
    """

    architecture: str
    weight_decay: float | None
    """None where the paper names none."""
    validated: bool
    """Whether a product-type validator stands before the classifier."""
    mean_confidence: float
    errors: int
    """Wrong answers, those to outliers included."""
    error_share: float
    outlier_errors: int
    """Answers to outliers, all of them wrong."""
    outlier_error_share: float
    coverage: float
    """Share of the images that are answered."""

    @property
    def answered(self) -> int:
        """Images answered, as far as the coverage tells: to the nearest image."""
        return round(self.coverage * WATCHES_WITH_OUTLIERS)


TABLE_4: dict[str, OutlierErrors] = {
    "resnet50": OutlierErrors("resnet50", None, False, 0.99, 47, 0.073, 22, 0.034, 0.82),
    "resnet18-wd0.3": OutlierErrors("resnet18", 0.3, False, 0.93, 37, 0.059, 19, 0.030, 0.793),
    "resnet18-wd0.5": OutlierErrors("resnet18", 0.5, False, 0.70, 31, 0.055, 9, 0.016, 0.719),
    "resnet18-wd1": OutlierErrors("resnet18", 1.0, False, 0.40, 23, 0.053, 2, 0.004, 0.552),
    "resnet50-validated": OutlierErrors("resnet50", None, True, 0.99, 21, 0.035, 1, 0.001, 0.755),
}
"""By short names, in the order of Table 4."""
