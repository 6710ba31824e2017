"""Runs the real JDK (java/ResizeOracle.java); as a script, writes the digests that stand in for it elsewhere.

python -m tests.resize.jdk          needs java and javac; run twice inside, and both runs must agree
"""

import hashlib
import json
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.resize.images import CASES, JAVA_METHODS, Case

SOURCE = Path(__file__).parent / "java" / "ResizeOracle.java"
DIGESTS = Path(__file__).parent / "java" / "digests.json"


def write_raw(path: Path, image: np.ndarray) -> Path:
    """Write uint8 RGB [H, W, 3] in the oracle's own format."""
    path.write_bytes(struct.pack(">ii", *image.shape[:2]) + image.tobytes())
    return path


@dataclass(frozen=True)
class Jdk:
    """A compiled oracle in a folder for its files."""

    folder: Path

    @classmethod
    def compile(cls, folder: Path) -> "Jdk | None":
        """None where there is no JDK."""
        if not shutil.which("java") or not shutil.which("javac"):
            return None
        subprocess.run(["javac", "-d", str(folder), str(SOURCE)], check=True)
        return cls(folder)

    @property
    def version(self) -> str:
        told = subprocess.run(["java", "-version"], check=True, capture_output=True, text=True).stderr
        return told.splitlines()[1]

    def run(self, *arguments: object) -> str:
        java = ["java", "-Djava.awt.headless=true", "-XX:+UseSerialGC", "-Xmx1500m", "-cp", str(self.folder), "ResizeOracle"]
        return subprocess.run([*java, *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True).stdout

    def resize(self, jobs: Iterable[tuple[str, Path, tuple[int, int]]]) -> Iterator[np.ndarray]:
        """Results of (method, picture file, (height, width)), in order."""
        return self._pictures("resize", [f"{m}\t{path}\t{h}\t{w}" for m, path, (h, w) in jobs])

    def decode(self, paths: Sequence[Path]) -> Iterator[np.ndarray]:
        """Pictures as ImageIO.read decodes them."""
        return self._pictures("decode", [str(path) for path in paths])

    def encode(self, jobs: Iterable[tuple[Path, str, Path]]) -> None:
        """Write JPEGs: (picture file, quality or ``default``, target)."""
        self.run("encode", self._jobs([f"{source}\t{quality}\t{target}" for source, quality, target in jobs]))

    def bench(self, rounds: int, jobs: Iterable[tuple[str, Path, tuple[int, int]]]) -> list[float]:
        """Median milliseconds of each job after warming up."""
        told = self.run("bench", rounds, self._jobs([f"{m}\t{path}\t{h}\t{w}" for m, path, (h, w) in jobs]))
        return [float(line.split("\t")[1]) for line in told.splitlines()]

    def _jobs(self, lines: list[str]) -> Path:
        path = self.folder / "jobs.tsv"
        path.write_text("\n".join(lines) + "\n")
        return path

    def _pictures(self, command: str, lines: list[str]) -> Iterator[np.ndarray]:
        out = self.folder / "out.bin"
        self.run(command, self._jobs(lines), out)
        with out.open("rb") as file:
            while head := file.read(8):
                height, width = struct.unpack(">ii", head)
                yield np.frombuffer(file.read(height * width * 3), np.uint8).reshape(height, width, 3)


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
        if jdk is None:
            raise SystemExit("needs java and javac")
        found, again = jdk_digests(jdk, CASES), jdk_digests(jdk, CASES)
        if found != again:
            raise SystemExit("two runs of the JDK differ; nothing written")
        sources = {case.name: digest(case.image()) for case in CASES}
        text = {"jdk": jdk.version, "methods": JAVA_METHODS, "sources": sources, "results": found}
        DIGESTS.write_text(json.dumps(text, indent=0) + "\n")


if __name__ == "__main__":
    _main()
