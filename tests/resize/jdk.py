"""Digests of the real JDK's pixels; as a script, writes those that stand in for it elsewhere.

python -m tests.resize.jdk          needs java and javac; run twice inside, and both runs must agree
"""

import hashlib
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from robustfashion.resize.oracle.jdk import Jdk, write_raw
from tests.resize.images import CASES, JAVA_METHODS, Case

DIGESTS = Path(__file__).parent / "java" / "digests.json"


def digest(image: np.ndarray) -> str:
    return hashlib.sha256(image.tobytes()).hexdigest()[:16]


def jdk_digests(jdk: Jdk, cases: Sequence[Case]) -> dict[str, dict[str, list[str]]]:
    """For each case and target size, the digests of the JDK's pixels by the methods in their order."""
    jobs = []
    for case in cases:
        raw = write_raw(jdk.folder / f"{case.name}.raw", case.image())
        jobs += [(method, raw, target) for target in case.targets() for method in JAVA_METHODS]
    results = jdk.resize(jobs)
    return {case.name: {f"{h}x{w}": [digest(next(results)) for _ in JAVA_METHODS] for h, w in case.targets()} for case in cases}


def _main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        jdk = Jdk.compile(Path(folder))
        found, again = jdk_digests(jdk, CASES), jdk_digests(jdk, CASES)
        if found != again:
            raise SystemExit("two runs of the JDK differ; nothing written")
        sources = {case.name: digest(case.image()) for case in CASES}
        text = {"jdk": jdk.version, "methods": JAVA_METHODS, "sources": sources, "results": found}
        DIGESTS.write_text(json.dumps(text, indent=0) + "\n")


if __name__ == "__main__":
    _main()
