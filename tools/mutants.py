"""Break the code in one place at a time and count how many of the breaks the tests catch.

    ./dev mutants [MODULE …] [--most N] [--seed N] [--jobs N] [--show]

`tools/mutants.toml` names the tests that guard each module. A mutant changes one sign, operator,
comparison, bound, number or direction; docstrings, annotations and error messages are left alone, and so are lines
that end in "# same either way", where a break may change the speed and nothing else.
Exit 1 where fewer than nine in ten are caught.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import importlib.abc
import importlib.util
import json
import os
import random
import signal
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parent.parent
WANTED = 0.90
SECONDS = 90
SAME = "# same either way"
MOST_NEAR = 12
"""Tests of one line that are tried first."""
_QUIET = ("-p", "no:cacheprovider", "-p", "no:xdist", "-W", "ignore::pytest.PytestAssertRewriteWarning")

_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_PAIRS = (
    ("low", "high"),
    ("start", "end"),
    ("min", "max"),
    ("any", "all"),
    ("exporter", "importer"),
    ("exports", "imports"),
    ("subject", "object"),
    ("reporter", "partner"),
)
_TWINS = {a: b for one, other in _PAIRS for a, b in ((one, other), (other, one))}
_SKIPPED = (ast.Raise, ast.Import, ast.ImportFrom, ast.JoinedStr)
_WARM = ("pytest", "hypothesis", "numpy", "polars", "duckdb", "narwhals", "pydantic", "babel", "yaml", "scipy.optimize")


@dataclass(frozen=True)
class Mutant:
    """One break: where it is, what it changes, and the whole source with it."""

    path: Path
    line: int
    what: str
    source: str


def mutants(path: Path) -> list[Mutant]:
    """All breaks of a module, in the order of its lines."""
    source = path.read_text(encoding="utf-8")
    tree, lines = ast.parse(source), source.splitlines()
    places = list(_places(tree))
    found = []
    for index, node in enumerate(places):
        if lines[getattr(node, "lineno", 1) - 1].endswith(SAME):
            continue
        for variant, what in _variants(node):
            changed = copy.deepcopy(tree)
            target = list(_places(changed))[index]
            for name, value in variant.items():
                setattr(target, name, value)
            broken = ast.unparse(ast.fix_missing_locations(changed))
            found.append(Mutant(path, getattr(node, "lineno", 0), what, broken))
    return found


def _places(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node that may be broken: none in docstrings, annotations, raised messages or imports."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, _SKIPPED):
                continue
            if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                continue
            yield child
            yield from _places(child)


def _variants(node: ast.AST) -> Iterator[tuple[dict[str, object], str]]:
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS and not _is_text(node):
        other = _OPERATORS[type(node.op)]
        yield {"op": other()}, f"{type(node.op).__name__} → {other.__name__}"
    elif isinstance(node, ast.Compare) and len(node.ops) >= 1:
        for position, operator in enumerate(node.ops):
            for other in _COMPARISONS.get(type(operator), ()):
                changed = [*node.ops[:position], other(), *node.ops[position + 1 :]]
                yield {"ops": changed}, f"{type(operator).__name__} → {other.__name__}"
    elif isinstance(node, ast.BoolOp):
        other_bool = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield {"op": other_bool()}, f"{type(node.op).__name__} → {other_bool.__name__}"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield {"op": ast.UAdd()}, "−x → x"
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        yield {"value": node.value + 1}, f"{node.value} → {node.value + 1}"
    elif isinstance(node, ast.Constant) and node.value in _TWINS:
        yield {"value": _TWINS[str(node.value)]}, f"'{node.value}' → '{_TWINS[str(node.value)]}'"
    elif isinstance(node, ast.Attribute) and node.attr in _TWINS:
        yield {"attr": _TWINS[node.attr]}, f".{node.attr} → .{_TWINS[node.attr]}"
    elif isinstance(node, ast.Name) and node.id in ("min", "max", "any", "all"):
        yield {"id": _TWINS[node.id]}, f"{node.id} → {_TWINS[node.id]}"


def _is_text(node: ast.BinOp) -> bool:
    sides = (node.left, node.right)
    return any(isinstance(side, ast.JoinedStr) or isinstance(getattr(side, "value", None), str) for side in sides)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Serves one module from mutated source and leaves all others alone."""

    def __init__(self, name: str, mutant: Mutant) -> None:
        self.name, self.mutant = name, mutant

    def find_spec(self, fullname: str, path: object = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname != self.name:
            return None
        package = [str(self.mutant.path.parent)] if self.mutant.path.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(
            fullname, self.mutant.path, loader=self, submodule_search_locations=package
        )

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.mutant.source, str(self.mutant.path), "exec"), module.__dict__)  # noqa: S102 the point of it


def module_name(path: Path) -> str:
    """The dotted name of a file of the package."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@dataclass(frozen=True)
class Watch:
    """Which tests run which lines of a module: seconds by test, and tests by line, the quickest first."""

    seconds: dict[str, float]
    tests: dict[int, list[str]]


def watch(path: Path, tests: list[str]) -> Watch:
    """Run the tests on the code as it stands, in a child process, and see which lines of the module each runs.

    Ends the program where a test fails.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _watch_child(path, tests, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read()
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
        raise SystemExit(f"{path.relative_to(ROOT)}: its tests {tests} fail on the code as it stands. Mend that first.")
    record = json.loads(told)
    by_line: dict[int, list[str]] = {}
    for test, lines in sorted(record["lines"].items(), key=lambda item: record["seconds"].get(item[0], 0.0)):
        for line in lines:
            by_line.setdefault(line, []).append(test)
    return Watch(record["seconds"], by_line)


class _Recorder:
    """A plugin of pytest that notes the lines of one file that each test runs, and how long it takes."""

    def __init__(self, file: str) -> None:
        self.file, self.lines, self.seconds = file, {}, {}
        self.now: set[int] = set()

    def _frame(self, frame, event, argument):
        return self._line if frame.f_code.co_filename == self.file else None

    def _line(self, frame, event, argument):
        self.now.add(frame.f_lineno)
        return self._line

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.now = set()
        sys.settrace(self._frame)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        sys.settrace(None)
        self.lines[nodeid] = sorted(self.now)

    def pytest_runtest_logreport(self, report) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration


def _watch_child(path: Path, tests: list[str], writer: int) -> None:
    code = 1
    try:
        _silence()
        import pytest

        recorder = _Recorder(str(path))
        code = int(pytest.main(["-x", "-q", *_QUIET, *tests], plugins=[recorder]))
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(json.dumps({"lines": recorder.lines, "seconds": recorder.seconds}).encode())
    finally:
        os._exit(code)


def judge(drawn: list[Mutant], seen: Watch, tests: list[str], *, jobs: int) -> list[bool]:
    """Which mutants the tests catch, each in a child process of its own; a failure or a hang is a catch.

    First the tests that run the changed line, the quickest first; all others where those let it pass.
    """
    near = [seen.tests.get(mutant.line, [])[:MOST_NEAR] for mutant in drawn]
    results = _judged(drawn, [found or tests for found in near], jobs=jobs)
    again = [index for index, caught in enumerate(results) if not caught and near[index]]
    for index, caught in zip(again, _judged([drawn[i] for i in again], [tests] * len(again), jobs=jobs), strict=True):
        results[index] = caught
    return results


def _judged(drawn: list[Mutant], chosen: list[list[str]], *, jobs: int) -> list[bool]:
    results = [True] * len(drawn)
    waiting, running = list(range(len(drawn)))[::-1], {}
    while waiting or running:
        while waiting and len(running) < jobs:
            index = waiting.pop()
            child = os.fork()
            if child == 0:
                _run_child(drawn[index], chosen[index])
            running[child] = (index, time.monotonic() + SECONDS)
        for child, (index, deadline) in list(running.items()):
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                results[index] = os.waitstatus_to_exitcode(status) != 0
            elif time.monotonic() > deadline:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
            else:
                continue
            del running[child]
        time.sleep(0.01)
    return results


def _run_child(mutant: Mutant, tests: list[str]) -> None:
    code = 1
    try:
        _silence()
        import pytest

        sys.meta_path.insert(0, _Finder(module_name(mutant.path), mutant))
        code = int(pytest.main(["-x", "-q", *_QUIET, *tests]))
    finally:
        os._exit(code)


def _silence() -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)


def _warm() -> None:
    """Import what tests need, once, before the first fork; nothing of Amur itself."""
    for name in _WARM:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def main() -> int:
    """Run the mutants of the modules that were named, or of all."""
    parser = argparse.ArgumentParser(description="Break the code and count what the tests catch.")
    parser.add_argument("modules", nargs="*", help="such as figures, periods, amur/solver.py; all by default")
    parser.add_argument("--most", type=int, default=60, help="mutants a module, drawn by chance (0: all)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    guarded = tomllib.loads((ROOT / "tools/mutants.toml").read_text(encoding="utf-8"))["tests"]
    chosen = {name: tests for name, tests in guarded.items() if not options.modules or _named(name, options.modules)}
    if not chosen:
        print(f"No module matches {options.modules}. tools/mutants.toml knows: {', '.join(guarded)}.")
        return 2
    os.chdir(ROOT)
    _warm()
    rates = {name: _module_rate(ROOT / name, tests, options) for name, tests in chosen.items()}
    total, hits = (sum(pair[i] for pair in rates.values()) for i in (0, 1))
    print(f"all: {hits} of {total} caught, {hits / max(total, 1):.1%}")
    return 0 if all(caught_ >= WANTED * tried for tried, caught_ in rates.values()) else 1


def _module_rate(path: Path, tests: list[str], options: argparse.Namespace) -> tuple[int, int]:
    seen = watch(path, tests)
    every = mutants(path)
    chance = random.Random(options.seed)
    drawn = every if not options.most or len(every) <= options.most else chance.sample(every, options.most)
    drawn.sort(key=lambda mutant: mutant.line)
    results = judge(drawn, seen, tests, jobs=options.jobs)
    hits = sum(results)
    rate = hits / max(len(drawn), 1)
    print(f"{path.relative_to(ROOT)}: {hits} of {len(drawn)} caught ({len(every)} possible), {rate:.1%}")
    for mutant, hit in zip(drawn, results, strict=True):
        if not hit:
            print(f"  survived: line {mutant.line}: {mutant.what}", flush=True)
    return len(drawn), hits


def _named(name: str, wanted: list[str]) -> bool:
    return any(name == item or Path(name).with_suffix("").as_posix().endswith(f"/{item}") for item in wanted)


if __name__ == "__main__":
    sys.exit(main())
