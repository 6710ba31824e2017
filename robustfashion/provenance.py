"""Where a number comes from: commit, versions of everything that touches pixels, seed, device, data hash."""

import ast
import hashlib
import json
import platform
import shlex
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

# Distributions whose version can change a pixel or a logit.
PIXEL_LIBRARIES = (
    "numpy", "Pillow", "simplejpeg", "opencv-python-headless", "numba", "albumentations", "torch", "torchvision", "timm",
    "pytorch-lightning", "scipy", "scikit-learn", "onnxruntime",
)  # fmt: skip


@dataclass(frozen=True)
class Provenance:
    """Stamp of one result."""

    commit: str
    """Git commit of the source tree, with ``+dirty`` where files differ from it; ``unknown`` outside a checkout."""
    command: str
    """The command line, ready to paste."""
    versions: dict[str, str]
    """Python, robustfashion and every library that can change a pixel or a logit."""
    seed: int
    device: str
    data_hash: str
    """Content hash of the catalogue: identities, labels, splits and bytes of every image."""
    date: str
    """Day of the run, ISO 8601, UTC."""
    extra: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain dict for JSON."""
        return asdict(self)


@cache
def library_versions() -> dict[str, str]:
    """Installed versions of Python, robustfashion and :data:`PIXEL_LIBRARIES`; absent ones are left out."""
    versions = {"python": platform.python_version()}
    for name in ("robustfashion", *PIXEL_LIBRARIES):
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


@cache
def git_commit() -> str:
    """Commit of the checkout that holds this package, ``+dirty`` where it is modified, ``unknown`` elsewhere."""
    root = Path(__file__).resolve().parent
    try:
        run = ["git", "-C", str(root)]
        commit = subprocess.run([*run, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=True)
        status = subprocess.run(
            [*run, "status", "--porcelain", "--untracked-files=no", "--", "."],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return commit.stdout.strip() + ("+dirty" if status.stdout.strip() else "")


def command_line() -> str:
    """The running command as a user would paste it (``python -m robustfashion.bench resize …``)."""
    program = Path(sys.argv[0])
    name = program.name
    if name == "__main__.py":
        parts = program.resolve().parent.parts
        package = ".".join(parts[parts.index("robustfashion", len(parts) - 2) :] if "robustfashion" in parts[-2:] else parts[-1:])
        name = f"python -m {package}"
    return " ".join([name, *map(shlex.quote, sys.argv[1:])])


def provenance(seed: int, device: str, data_hash: str, **extra: str) -> Provenance:
    """Stamp the running process."""
    today = datetime.now(UTC).date().isoformat()
    return Provenance(git_commit(), command_line(), dict(library_versions()), seed, device, data_hash, today, extra)


def content_digest(*parts: object) -> str:
    """SHA-256 (hex) of JSON-like values or bytes, the same in every process; the key of every cache."""
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else json.dumps(part, sort_keys=True, default=str).encode()
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def source_digest(*packages: str) -> str:
    """SHA-256 over the code and data files of sub-packages or modules (``"resize"``, ``"resize/java2d.py"``).

    Part of every cache key, so that edited code never answers from an old cache. Docstrings, comments and layout do not count,
    nor do ``__main__`` files, which only call.

    Raises:
        FileNotFoundError: no such package or module: a key must not lose a part in silence.
    """
    root = Path(__file__).resolve().parent
    files: list[Path] = []
    for package in packages:
        place = root / package
        if not place.exists():
            raise FileNotFoundError(f"{place}: no such package or module")
        files += [place] if place.is_file() else [p for p in place.rglob("*") if p.suffix in {".py", ".yaml"}]
    kept = [file for file in sorted(files) if file.name != "__main__.py"]
    contents = [_code(p.read_bytes()) if p.suffix == ".py" else p.read_bytes() for p in kept]
    return content_digest(*[p.relative_to(root).as_posix() for p in kept], *contents)


def _code(source: bytes) -> bytes:
    """Python code as its syntax tree, without strings that stand alone as statements (docstrings)."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [line for line in body if not _stands_alone(line)]  # type: ignore[attr-defined]  # nodes with a body
    return ast.unparse(tree).encode()  # unlike a dump, the same in every version of Python that we know of


def _stands_alone(line: ast.AST) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) and isinstance(line.value.value, str)
