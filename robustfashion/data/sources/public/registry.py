"""The public sets by name."""

import difflib

from robustfashion.data.sources.public import (
    abo,
    amazon_reviews,
    clothing_dataset,
    deepfashion,
    fashion_mnist,
    fashionai,
    fashionpedia,
    hm,
    huggingface,
    imaterialist,
    kaggle_fashion,
    ut_zappos,
)
from robustfashion.data.sources.public.adapter import Adapter
from robustfashion.errors import InputError

ADAPTERS: dict[str, Adapter] = {
    adapter.name: adapter
    for adapter in (
        Adapter("abo", abo.read, abo.LAYOUT),
        Adapter("amazon-reviews-2023", amazon_reviews.read, amazon_reviews.LAYOUT),
        Adapter("clothing-dataset", clothing_dataset.read_full, clothing_dataset.FULL_LAYOUT),
        Adapter("clothing-dataset-small", clothing_dataset.read_small, clothing_dataset.SMALL_LAYOUT),
        Adapter("deepfashion-attributes", deepfashion.read, deepfashion.LAYOUT),
        Adapter("fashion-mnist", fashion_mnist.read, fashion_mnist.LAYOUT),
        Adapter("fashionai", fashionai.read, fashionai.LAYOUT),
        Adapter("fashionpedia", fashionpedia.read, fashionpedia.LAYOUT),
        Adapter("hm", hm.read, hm.LAYOUT),
        Adapter("huggingface", huggingface.read, huggingface.LAYOUT, remote=True),
        Adapter("imaterialist-2017", imaterialist.read_2017, imaterialist.LAYOUT_2017),
        Adapter("imaterialist-2018", imaterialist.read_2018, imaterialist.LAYOUT_2018),
        Adapter("kaggle-fashion-product-images", kaggle_fashion.read, kaggle_fashion.LAYOUT),
        Adapter("ut-zappos50k", ut_zappos.read, ut_zappos.LAYOUT),
    )
}


def find_adapter(name: str) -> Adapter:
    """The adapter of this name.

    Raises:
        InputError: there is none; the message names near ones.
    """
    if name in ADAPTERS:
        return ADAPTERS[name]
    near = difflib.get_close_matches(name.lower().replace("_", "-"), ADAPTERS, n=3, cutoff=0.5)
    guess = f"did you mean {' or '.join(near)}? " if near else ""
    raise InputError(f"{name!r} is no public set known here; {guess}Known are {', '.join(sorted(ADAPTERS))}")
