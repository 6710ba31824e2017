"""Digests of the real JDK's pixels; as a script, writes those that stand in for it elsewhere.

python -m tests.resize.jdk          needs java, javac and the libraries; run twice inside, and both runs must agree
"""

import hashlib
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from robustfashion.errors import InputError
from robustfashion.resize import resize
from robustfashion.resize.oracle.jdk import LIBRARIES, Jdk, write_raw
from tests.resize.images import CASES, JAVA_METHODS, Case

DIGESTS = Path(__file__).parent / "java" / "digests.json"
OTHER_DIGESTS = Path(__file__).parent / "java" / "gray_and_alpha.json"


REFUSED = "refused"


def digest(image: np.ndarray) -> str:
    return hashlib.sha256(image.tobytes()).hexdigest()[:10]


def own_digest(image: np.ndarray, size: tuple[int, int], method: str) -> str:
    try:
        return digest(resize(image, size, method))
    except InputError:
        return REFUSED


def methods_of(jdk: Jdk, case: Case) -> list[str]:
    """The case's methods, but for those of libraries whose jars are missing."""
    return [method for method in case.methods if method.split(".")[0] in jdk.families]


def jdk_digests(jdk: Jdk, cases: Sequence[Case]) -> dict[str, dict[str, str]]:
    """For each case and target size, the digests of Java's pixels by the case's methods in their order.

    Where Java itself gives another size than asked for, the digest is ``refused``.
    """
    jobs = []
    for case in cases:
        raw = write_raw(jdk.folder / f"{case.name}.raw", case.image())
        jobs += [(method, raw, target) for target in case.targets() for method in methods_of(jdk, case)]
    results = (
        digest(pixels) if pixels.shape[:2] == target else REFUSED
        for (_, _, target), pixels in zip(jobs, jdk.resize(jobs), strict=True)
    )
    return {
        case.name: {f"{h}x{w}": " ".join(next(results) for _ in methods_of(jdk, case)) for h, w in case.targets()}
        for case in cases
    }


def other_pictures() -> dict[str, np.ndarray]:
    """Gray pictures and pictures with alpha, by file name; alpha is noise, cut out, or soft-edged."""
    found = {}
    for number, (h, w) in enumerate([(40, 61), (1, 1), (97, 30), (5, 200), (64, 64), (150, 133), (2, 7), (70, 3)]):
        rng = np.random.default_rng([7, number])
        found[f"{number}.gray"] = rng.integers(0, 256, (h, w), dtype=np.uint8)
        found[f"{number}.rgba"] = rng.integers(0, 256, (h, w, 4), dtype=np.uint8)
        if number % 3 == 1:
            found[f"{number}.rgba"][:, :, 3] = rng.integers(0, 2, (h, w)) * 255
        elif number % 3 == 2:
            found[f"{number}.rgba"][:, :, 3] = np.clip(np.add.outer(np.arange(h), np.arange(w)) * 3 - 60, 0, 255)
    return found


def other_targets(picture: np.ndarray) -> list[tuple[int, int]]:
    h, w = picture.shape[:2]
    sizes = [(h, w), (max(1, h // 2), max(1, w // 2)), (23, 19), (2 * h + 1, w + 3), (max(1, h // 4), w + 2)]
    return list(dict.fromkeys(sizes))


def other_digests(jdk: Jdk) -> dict[str, dict[str, str]]:
    """As :func:`jdk_digests`, of :func:`other_pictures` and all methods."""
    jobs = []
    for name, picture in other_pictures().items():
        file = write_raw(jdk.folder / name, picture)
        jobs += [(method, file, target) for target in other_targets(picture) for method in JAVA_METHODS]
    found = {}
    for (_, file, target), pixels in zip(jobs, jdk.resize(jobs), strict=True):
        samples = pixels[:, :, 0] if file.suffix == ".gray" else pixels
        by_target = found.setdefault(file.name, {})
        by_target.setdefault(f"{target[0]}x{target[1]}", []).append(digest(samples) if samples.shape[:2] == target else REFUSED)
    return {name: {target: " ".join(digests) for target, digests in targets.items()} for name, targets in found.items()}


def _main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        jdk = Jdk.compile(Path(folder))
        missing = set(LIBRARIES) - set(jdk.families)
        if missing:
            raise SystemExit(f"no jars of {', '.join(sorted(missing))}")
        found, again = jdk_digests(jdk, CASES), jdk_digests(jdk, CASES)
        if found != again:
            raise SystemExit("two runs of the JDK differ; nothing written")
        sources = {case.name: digest(case.image()) for case in CASES}
        versions = {"jdk": jdk.version, "jars": jdk.jar_versions}
        OTHER_DIGESTS.write_text(json.dumps(versions | {"methods": JAVA_METHODS, "results": other_digests(jdk)}, indent=0) + "\n")
        text = versions | {"methods": JAVA_METHODS, "sources": sources, "results": found}
        DIGESTS.write_text(json.dumps(text, indent=0) + "\n")


if __name__ == "__main__":
    _main()
