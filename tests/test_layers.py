"""Imports go one way, lowest floor first: errors, stats, predictions, result, report, resize, pictures, data, models, bench."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "robustfashion"
# A module may import from its own layer and from lower ones.
LAYERS: dict[str, int] = {
    "errors": 0, "atomic": 0, "provenance": 0, "progress": 0, "commandline": 0, "": 0, "taxonomy": 1, "stats": 1,
    "predictions": 1, "result": 2, "decisions": 2, "consistency": 2, "calibration": 2, "pixel_distance": 2, "rejection": 2,
    "separability": 2, "report": 3, "resize": 3, "pictures": 4, "data": 5, "models": 6, "bench": 7, "tagging": 7, "__main__": 8,
}  # fmt: skip
MOVING = {"data", "resize"}
"""Packages whose command line still reaches upward."""


def _layer(module: str) -> int:
    parts = module.split(".")[1:]
    return LAYERS[parts[0] if parts else ""]


def _imports(path: Path) -> list[str]:
    tree = ast.parse(path.read_text())
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            found.append(node.module)
            if node.module == "robustfashion":
                found += [f"robustfashion.{alias.name}" for alias in node.names if (PACKAGE / alias.name).exists()]
    return [name for name in found if name.split(".")[0] == "robustfashion"]


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_one_way(path):
    if path.name == "__main__.py" and path.parent.name in MOVING:
        return
    module = ".".join(("robustfashion", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
    own = _layer(module)
    upward = [name for name in _imports(path) if _layer(name) > own]
    assert not upward, f"{module} (layer {own}) imports upward: {upward}"


def _modules() -> dict[str, Path]:
    return {
        ".".join(("robustfashion", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
        for path in PACKAGE.rglob("*.py")
    }


def _arrows(tree: ast.AST, modules: dict[str, Path]) -> set[str]:
    """Modules that are imported, at top level or inside functions; imports for type checkers alone do not count."""
    if isinstance(tree, ast.If) and isinstance(tree.test, ast.Name) and tree.test.id == "TYPE_CHECKING":
        return set()
    if isinstance(tree, ast.ImportFrom) and tree.module:
        names = [f"{tree.module}.{alias.name}" for alias in tree.names]
        return {name if name in modules else tree.module for name in names} & set(modules)
    if isinstance(tree, ast.Import):
        return {alias.name for alias in tree.names} & set(modules)
    return set().union(*(_arrows(child, modules) for child in ast.iter_child_nodes(tree)))


def test_no_circle_of_files():
    modules = _modules()
    left = {name: _arrows(ast.parse(path.read_text()), modules) - {name} for name, path in modules.items()}
    left["robustfashion.resize"] -= {"robustfashion.resize.batch"}  # the package's front door, which loads torch when it is used
    while free := [name for name, arrows in left.items() if not arrows & set(left)]:
        for name in free:
            del left[name]
    assert not left, f"in circles, or importing from one: {sorted(left)}"


@pytest.mark.parametrize(
    "module", ["robustfashion.resize", "robustfashion.report", "robustfashion.stats", "robustfashion.predictions"]
)
def test_no_torch(module):
    code = f"import sys, {module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0, f"{module} loads torch"


def test_module_size():
    long = [f"{p.relative_to(PACKAGE)}: {n}" for p in PACKAGE.rglob("*.py") if (n := len(p.read_text().splitlines())) > 300]
    assert not long, long
