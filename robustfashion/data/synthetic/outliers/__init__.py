"""Pictures that are no product of the type they are filed under: one function per kind of ``ranges/outliers.yaml``.

Things are built of parts like products, and get the same backgrounds, light and framing; pictures are drawn as a whole.
"""

from collections.abc import Callable

from PIL import Image

from robustfashion.data.synthetic.outliers.accessories import backpack, bangle, handbag, wall_clock
from robustfashion.data.synthetic.outliers.clothes import jumpsuit, roller_skate, scarf, skirt, sock, trousers
from robustfashion.data.synthetic.outliers.far import fooling, gradient, gratings, noise
from robustfashion.data.synthetic.outliers.graphics import collage, logo, placeholder, size_chart
from robustfashion.data.synthetic.outliers.objects import barcode, detail_macro, packaging, swatch
from robustfashion.data.synthetic.scene import Product
from robustfashion.data.synthetic.spec import ProductSpec

Draw = Callable[[ProductSpec], Image.Image]
"""Draws any specification; a collage needs it."""

THINGS: dict[str, Callable[[ProductSpec], Product]] = {
    "near/bangle": bangle, "near/wall clock": wall_clock, "near/handbag": handbag, "near/backpack": backpack, "near/sock": sock,
    "near/roller skate": roller_skate, "near/skirt": skirt, "near/jumpsuit": jumpsuit, "near/trousers": trousers,
    "near/scarf": scarf, "junk/swatch": swatch, "junk/packaging": packaging, "junk/detail macro": detail_macro,
    "junk/barcode": barcode,
}  # fmt: skip
"""Outliers built of parts."""

PICTURES: dict[str, Callable[[ProductSpec, Draw], Image.Image]] = {
    "junk/size chart": size_chart, "junk/placeholder": placeholder, "junk/logo": logo, "junk/collage": collage,
    "far/noise": noise, "far/gradient": gradient, "far/gratings": gratings, "far/fooling": fooling,
}  # fmt: skip
"""Outliers drawn as a whole, in RGB at the specification's size."""
