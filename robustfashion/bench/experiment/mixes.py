"""Ready-made mixes of preprocessings for ``train_methods``, by name."""

from collections.abc import Sequence

from robustfashion.errors import InputError

MIXES: dict[str, tuple[str, ...]] = {
    "mix.libraries": ("pillow.bilinear", "opencv.linear", "java2d.bilinear"),
    "mix.filters": ("pillow.bilinear", "pillow.box", "pillow.hamming", "pillow.bicubic", "pillow.lanczos"),
    "mix.jpeg": ("", "+jpeg95", "+jpeg85", "+jpeg75", "+jpeg60"),
}
"""What each stands for; what begins with + is added to the training method, and nothing is that itself.

``libraries``: the bilinear filter of three, one of them antialiased; ``filters``: all of Pillow's but nearest; ``jpeg``: the
training pictures as they are and after Pillow's JPEG of four qualities.
"""


def expanded(methods: Sequence[str], train_method: str) -> tuple[str, ...]:
    """Methods with each mix replaced by what it stands for, each method once, in order.

    Args:
        methods: preprocessings and names of mixes.
        train_method: the training method that some mixes add to.

    Raises:
        InputError: an unknown mix.
    """
    found: list[str] = []
    for text in methods:
        if not text.startswith("mix."):
            found.append(text)
        elif text in MIXES:
            found += [train_method + part if part[:1] in ("", "+") else part for part in MIXES[text]]
        else:
            raise InputError(f"train_methods names {text!r}, which is no mix; use one of {', '.join(MIXES)}, or methods")
    return tuple(dict.fromkeys(found))
