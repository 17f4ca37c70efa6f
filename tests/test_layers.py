"""The layers of the program: who may import whom, who asks for the time, and who prints."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "posture"
MODULES = sorted(PACKAGE.rglob("*.py"))

LAYERS = {
    "errors": 0,
    "clock": 0,
    "cycles": 0,
    "settings": 0,
    "domain": 1,
    "store": 2,
    "ledger": 3,
    "reports": 3,
    "imports": 4,
    "exports": 4,
    "cli": 5,
    "__main__": 6,
}
"""A module imports from its own package and from lower layers; packages of one layer do not import each other."""

NAMES_OF_NOW = {"now", "utcnow", "today", "time", "time_ns", "monotonic"}
PRINTERS = ("cli", "__main__")


def _layer(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def _name(path: Path) -> str:
    return ".".join(("posture", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")


def _imported(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, "imports are written in full"
            found |= (
                {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
                if node.module == "posture"
                else {node.module}
            )
    return {module for module in found if module.startswith("posture.")}


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_no_module_imports_from_a_layer_above_or_beside_its_own(path: Path) -> None:
    own = _layer(_name(path))
    if not own:
        return
    for module in _imported(_tree(path)):
        other = _layer(module)
        if other in {"__version__", own}:
            continue
        assert LAYERS[other] < LAYERS[own] or LAYERS[own] == LAYERS[other] == 0, f"{_name(path)} imports {module}"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_only_the_clock_knows_what_time_it_is(path: Path) -> None:
    if _name(path) == "posture.clock":
        return
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Attribute) and node.attr in NAMES_OF_NOW and isinstance(node.value, ast.Name):
            assert node.value.id not in {"datetime", "date", "time"}, (
                f"{_name(path)} line {node.lineno} asks for the time"
            )


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_only_the_command_line_prints_and_exits(path: Path) -> None:
    if _layer(_name(path)) in PRINTERS:
        return
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"print", "input", "exit", "quit", "SystemExit"}, (
                f"{_name(path)} line {node.lineno}"
            )
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sys":
            assert node.attr not in {"stdout", "stderr", "stdin", "exit", "argv"}, (
                f"{_name(path)} line {node.lineno} uses sys.{node.attr}"
            )


def test_every_module_is_in_a_known_layer() -> None:
    assert {_layer(_name(path)) for path in MODULES} - {""} <= set(LAYERS)


def test_every_module_says_what_it_is() -> None:
    silent = [_name(path) for path in MODULES if not ast.get_docstring(_tree(path))]
    assert not silent
