"""The shape of the package: the order of its stages, its public names, and the words it shows."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import amur
from amur.text import LANGUAGES, entries, placeholders

PACKAGE = Path(amur.__file__).parent

# Data flows down this list: a module imports from its own line or from lines above it.
STAGES = (
    ("errors", "progress"),
    ("output",),
    ("codes", "periods", "intervals"),
    ("figures", "origins"),
    ("arithmetic",),
    ("text",),
    ("sources", "store", "flows", "facts", "coverage", "baskets"),
    ("indicators", "changes", "gravity"),
    ("economy", "models"),
    ("cutoff",),
    ("measuring",),
    ("scenario",),
    ("solver",),
    ("quotas",),
    ("outcome",),
    ("simulate",),
    ("adjoint", "ensemble", "design", "leverage"),
    ("claims",),
    ("charts", "kit"),
    ("pages", "brief"),
    ("app", "cli", "validate"),
)
RANK = {module: rank for rank, line in enumerate(STAGES) for module in line}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts != ("__init__",) and parts[0] != "data":
            yield parts[0], path


def imported(path: Path) -> Iterator[str]:
    """The modules of the package that a file imports, inside functions as well."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module == "amur":
            names = [f"amur.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "amur" and len(parts) > 1 and parts[1] in RANK:
                yield parts[1]


def test_every_module_has_a_stage() -> None:
    assert {module for module, _ in modules()} <= RANK.keys()


def test_a_module_imports_only_from_earlier_stages() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {other}"
        for module, path in modules()
        for other in imported(path)
        if RANK[other] > RANK[module]
    ]
    assert wrong == []


def test_exported_names_are_listed_once_and_can_be_had() -> None:
    assert amur.__all__ == sorted(amur._EXPORTS)
    for name in amur.__all__:
        assert getattr(amur, name) is not None
    assert dir(amur) == amur.__all__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = amur.nothing


def test_importing_amur_loads_nothing_heavy() -> None:
    heavy = ("numpy", "duckdb", "polars", "altair", "pydantic", "babel")
    code = f"import sys, amur; print([m for m in {heavy} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_every_module_says_what_it_is() -> None:
    silent = [str(path) for _, path in modules() if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert silent == []


def test_functions_and_modules_keep_their_size() -> None:
    long = [item for _, path in modules() for item in _too_long(path)]
    assert long == []


def _too_long(path: Path) -> Iterator[str]:
    source = path.read_text(encoding="utf-8")
    if source.count("\n") > 600:
        yield f"{path.name}: {source.count(chr(10))} lines"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno > 99:
            yield f"{path.name}:{node.lineno} {node.name}"


def test_the_catalogues_hold_the_same_sentences_with_the_same_places() -> None:
    english = entries("en")
    for language in LANGUAGES:
        other = entries(language)
        assert other.keys() == english.keys()
        for key, sentence in english.items():
            assert _places(other[key]) == _places(sentence), key


def _places(sentence: object) -> set[str]:
    forms = [sentence] if isinstance(sentence, str) else list(sentence.values())  # type: ignore[attr-defined]
    return {name for form in forms for name in placeholders(form)}


def test_every_module_can_be_imported_alone() -> None:
    for _, path in modules():
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        importlib.import_module(".".join(("amur", *parts[:-1], *([] if parts[-1] == "__init__" else [parts[-1]]))))
