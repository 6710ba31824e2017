"""Compiles the Java programs of this folder and asks them: pixels of the real JDK and libraries."""

import os
import shutil
import struct
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from robustfashion.errors import InputError
from robustfashion.resize.method import Pixels, Size

_SOURCES = Path(__file__).parent
JARS_VARIABLE = "ROBUSTFASHION_JARS"
"""Environment variable: folders with the libraries' jars, separated as in PATH."""
_JAR_FOLDERS = ("/usr/share/java",)

Job = tuple[str, Path, Size]
"""Method, picture file, (height, width)."""


@dataclass(frozen=True)
class Library:
    """An image library for Java, as far as its methods are asked for."""

    program: str
    """Class in this folder that calls it."""
    jars: tuple[str, ...]
    """Names without version and suffix."""
    package: str
    """Debian package."""


LIBRARIES = {
    "thumbnailator": Library("ThumbnailatorMethods", ("thumbnailator",), "libthumbnailator-java"),
    "imgscalr": Library("ImgscalrMethods", ("imgscalr-lib",), "libimgscalr-java"),
    "twelvemonkeys": Library("TwelveMonkeysMethods", ("common-image", "common-lang"), "libtwelvemonkeys-java"),
}
"""By the first part of the methods' names."""

JDK_FAMILIES = ("java2d", "java_image", "affine_op", "halving")


def write_raw(path: Path, image: Pixels) -> Path:
    """Write uint8 [H, W], [H, W, 3] or [H, W, 4] in the program's own format; the suffix tells Java's image type.

    ``.raw`` and ``.rgb`` are RGB (TYPE_3BYTE_BGR, TYPE_INT_RGB), ``.rgba`` is TYPE_INT_ARGB, ``.gray`` TYPE_BYTE_GRAY.
    """
    path.write_bytes(struct.pack(">ii", *image.shape[:2]) + image.tobytes())
    return path


def missing_tools() -> list[str]:
    """Those of ``java`` and ``javac`` that are not on the PATH."""
    return [tool for tool in ("java", "javac") if not shutil.which(tool)]


def find_jars(library: Library) -> list[Path] | None:
    """The library's jars, or None where one is missing."""
    folders = os.environ.get(JARS_VARIABLE, "").split(os.pathsep)
    found = [_find_jar(name, [Path(folder) for folder in (*folders, *_JAR_FOLDERS) if folder]) for name in library.jars]
    return None if None in found else [jar for jar in found if jar is not None]


def _find_jar(name: str, folders: Sequence[Path]) -> Path | None:
    for folder in folders:
        versions = sorted(folder.glob(f"{name}-[0-9]*.jar"))
        exact = folder / f"{name}.jar"
        if exact.is_file() or versions:
            return versions[-1] if versions else exact
    return None


@dataclass(frozen=True)
class Jdk:
    """The compiled programs, in a folder for their files."""

    folder: Path
    jars: tuple[Path, ...]
    families: tuple[str, ...]
    """First parts of the names of the methods that it knows."""

    @classmethod
    def compile(cls, folder: Path) -> "Jdk":
        """Compile what there are jars for.

        Raises:
            InputError: there is no JDK, or a jar is not the library it should be.
        """
        missing = missing_tools()
        if missing:
            raise InputError(f"no {' and no '.join(missing)} on the PATH; install a JDK (Debian: default-jdk-headless)")
        found = {family: find_jars(library) for family, library in LIBRARIES.items()}
        families = [family for family, jars in found.items() if jars is not None]
        jars = [jar for family_jars in found.values() for jar in family_jars or ()]
        programs = ["ResizeOracle", *(LIBRARIES[family].program for family in families)]
        sources = [str(_SOURCES / f"{program}.java") for program in programs]
        run = subprocess.run(
            ["javac", "-d", str(folder), "-cp", _path(jars), *sources], check=False, capture_output=True, text=True
        )
        if run.returncode:
            raise InputError(f"the Java programs in {_SOURCES} do not compile: {run.stderr.strip().splitlines()[0]}")
        return cls(folder, tuple(jars), (*JDK_FAMILIES, *families))

    @property
    def version(self) -> str:
        """As ``java -version`` tells it."""
        told = subprocess.run(["java", "-version"], check=True, capture_output=True, text=True).stderr
        return told.splitlines()[1]

    @property
    def jar_versions(self) -> list[str]:
        """File names of the jars; most tell a version."""
        return [jar.stem for jar in self.jars]

    def resize(self, jobs: Iterable[Job]) -> Iterator[Pixels]:
        """Results of (method, picture file, (height, width)), in order: uint8 [h, w, 3], or [h, w, 4] for ``.rgba`` files."""
        return self._pictures("resize", [f"{m}\t{path}\t{h}\t{w}" for m, path, (h, w) in jobs])

    def decode(self, paths: Sequence[Path]) -> Iterator[Pixels]:
        """Pictures as ImageIO.read decodes them, samples as stored."""
        return self._pictures("decode", [str(path) for path in paths])

    def paint(self, paths: Sequence[Path]) -> Iterator[Pixels]:
        """Pictures as ImageIO.read decodes them, drawn on TYPE_INT_RGB."""
        return self._pictures("paint", [str(path) for path in paths])

    def encode(self, jobs: Iterable[tuple[Path, str, Path]]) -> None:
        """Write JPEGs: (picture file, quality or ``default``, target)."""
        self._run("encode", self._jobs([f"{source}\t{quality}\t{target}" for source, quality, target in jobs]))

    def bench(self, rounds: int, jobs: Iterable[Job]) -> list[float]:
        """Median milliseconds of each job after warming up."""
        told = self._run("bench", rounds, self._jobs([f"{m}\t{path}\t{h}\t{w}" for m, path, (h, w) in jobs]))
        return [float(line.split("\t")[1]) for line in told.splitlines()]

    def _command(self, *arguments: object) -> list[str]:
        options = ["-Djava.awt.headless=true", "-XX:+UseSerialGC", "-Xmx1500m", "-cp", _path([self.folder, *self.jars])]
        return ["java", *options, "ResizeOracle", *map(str, arguments)]

    def _run(self, *arguments: object) -> str:
        return subprocess.run(self._command(*arguments), check=True, stdout=subprocess.PIPE, text=True).stdout

    def _jobs(self, lines: list[str]) -> Path:
        path = self.folder / "jobs.tsv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def _pictures(self, command: str, lines: list[str]) -> Iterator[Pixels]:
        with subprocess.Popen(self._command(command, self._jobs(lines)), stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            for line in lines:
                head = process.stdout.read(12)
                if len(head) < 12:
                    raise InputError(f"Java failed at the job {line!r}; its message is above")
                height, width, bands = struct.unpack(">iii", head)
                pixels = process.stdout.read(height * width * bands)
                yield np.frombuffer(pixels, np.uint8).reshape(height, width, bands)


def _path(parts: Sequence[Path]) -> str:
    return os.pathsep.join(map(str, parts))
