"""Imports go one way, lowest floor first: errors, stats, predictions, result, report, resize, pictures, data, models, bench."""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "robustfashion"
# A module, __main__ included, may import from its own layer and from lower ones.
LAYERS: dict[str, int] = {
    "errors": 0, "system_errors": 0, "interruption": 0, "atomic": 0, "provenance": 0, "progress": 0, "progress_bar": 0,
    "settings_parser": 0, "commandline": 0, "machine": 0, "machine_code": 0, "threads": 0, "delimited": 0, "": 0, "paper": 0,
    "taxonomy": 1, "stats": 1, "predictions": 1,
    "result": 2, "decisions": 2, "consistency": 2, "calibration": 2, "pixel_distance": 2, "rejection": 2, "separability": 2,
    "spectrum": 2, "report": 3, "resize": 3, "pictures": 4, "data": 5, "models": 6, "bench": 7, "tagging": 7, "__main__": 8,
}  # fmt: skip


def _name(path: Path) -> str:
    return ".".join(("robustfashion", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")


FILES = {_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def _layer(module: str) -> int:
    parts = module.split(".")[1:]
    return LAYERS[parts[0] if parts else ""]


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Every node that runs: all but what stands under ``if TYPE_CHECKING``."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for other in child.orelse:
                yield from _statements(other)
        else:
            yield from _statements(child)


def _imports(path: Path, nodes: Callable[[ast.AST], Iterable[ast.AST]]) -> set[str]:
    """Modules of the package that a file imports, in functions too; of ``from package import module`` the module."""
    found = set()
    for node in nodes(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, f"{path}: relative import"
            inside = {alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            found |= {inside[name] if inside[name] in FILES else node.module for name in inside}
    return {name for name in found if name.split(".")[0] == "robustfashion"}


@pytest.mark.parametrize("module", sorted(FILES))
def test_imports_go_one_way(module):
    own = _layer(module)
    upward = [name for name in _imports(FILES[module], ast.walk) if _layer(name) > own]
    assert not upward, f"{module} (layer {own}) imports upward: {upward}"


def test_no_circle_of_files():
    graph = {module: _imports(path, _statements) - {module} for module, path in FILES.items()}
    assert sum(map(len, graph.values())) > len(FILES), "imports are found"
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"files import each other in a circle: {' <- '.join(error.args[1])}")


@pytest.mark.parametrize(
    "module",
    [
        f"robustfashion.{name}"
        for name in ("resize", "result", "report", "stats", "predictions", "rejection", "separability.embeddings")
    ],
)
def test_no_torch(module):
    code = f"import sys, {module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0, f"{module} loads torch"


def test_module_size():
    long = [f"{p.relative_to(PACKAGE)}: {n}" for p in PACKAGE.rglob("*.py") if (n := len(p.read_text().splitlines())) > 300]
    assert not long, long
