"""Reading YAML so that every value still knows its line.

Plain YAML 1.2 scalars only: `NO` is Norway and not false. Doubled keys and aliases are refused, since both
would change what the file seems to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from amur.errors import ScenarioError

Path = tuple[str | int, ...]
MOST_CHARACTERS = 200_000


@dataclass(frozen=True)
class Document:
    """A parsed file: its data, the line (from 1) of every key and item, and the name to show in messages."""

    data: object
    lines: Mapping[Path, int] = field(default_factory=dict)
    name: str = "scenario"

    def where(self, path: Path) -> str:
        """`file, line 14, shock 2, set` for the deepest part of `path` that the file holds."""
        return ", ".join((self.place(path), described(path))) if path else self.name

    def place(self, path: Path) -> str:
        """`file, line 14`; the file alone where the line is not known."""
        found = path
        while found and found not in self.lines:
            found = found[:-1]
        return f"{self.name}, line {self.lines[found]}" if found in self.lines else self.name


def described(path: Path) -> str:
    """A path in words: `('shocks', 0, 'set')` is `shock 1, set`."""
    words: list[str] = []
    for step in path:
        if isinstance(step, int):
            words[-1:] = [f"{words[-1].removesuffix('s') if words else 'item'} {step + 1}"]
        else:
            words.append(step)
    return ", ".join(words)


def parse(text: str, name: str = "scenario") -> Document:
    """Parse one YAML document. Raises ScenarioError with line and column where it is malformed."""
    if len(text) > MOST_CHARACTERS:
        raise ScenarioError(f"{name} has {len(text):,} characters; a scenario has at most {MOST_CHARACTERS:,}.")
    try:
        node = yaml.compose(text, Loader=_Loader)
        if node is None:
            raise ScenarioError(f"{name} is empty. A scenario needs at least a title and shocks.")
        lines: dict[Path, int] = {}
        data = _value(node, (), lines, name)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ScenarioError(f"{name}{at} is not valid YAML: {error.problem or error.context}.") from error
    except yaml.YAMLError as error:
        raise ScenarioError(f"{name} is not valid YAML: {error}.") from error
    except RecursionError as error:
        raise ScenarioError(f"{name} is nested too deeply for a scenario. Flatten it.") from error
    return Document(data, lines, name)


class _Loader(yaml.SafeLoader):
    """A loader that resolves plain scalars as YAML 1.2 does and follows no aliases."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Refuse an alias, through which a small file can unfold into a huge one."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.MarkedYAMLError(
                problem="aliases (*name) are not allowed; write the value out", problem_mark=mark
            )
        return super().compose_node(parent, index)


_FLOAT = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
_RESOLVERS = (
    ("bool", r"true|True|TRUE|false|False|FALSE", [*"tTfF"]),
    ("int", r"[-+]?[0-9]+", [*"-+0123456789"]),
    ("float", rf"{_FLOAT}|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", [*"-+.0123456789"]),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
)
_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in _RESOLVERS:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), _first)


def _value(node: yaml.Node, path: Path, lines: dict[Path, int], name: str) -> object:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines, name)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, at), lines, name) for at, item in enumerate(node.value)]
    return _scalar(node, name)


def _mapping(node: yaml.MappingNode, path: Path, lines: dict[Path, int], name: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise ScenarioError(f"{name}, line {line}: a key must be a word, not a list or table.")
        key = str(key_node.value)
        if key in found:
            raise ScenarioError(f"{name}, line {line}: the key '{key}' stands twice. Remove one of them.")
        lines[(*path, key)] = line
        found[key] = _value(value_node, (*path, key), lines, name)
    return found


def _scalar(node: yaml.Node, name: str) -> object:
    kind, text = node.tag.removeprefix("tag:yaml.org,2002:"), str(node.value)
    where = f"{name}, line {node.start_mark.line + 1}"
    if kind == "null":
        return None
    if kind not in _READERS:
        raise ScenarioError(f"{where}: the tag '{node.tag}' is not allowed. Write a plain value.")
    try:
        return _READERS[kind](text)
    except ValueError as error:
        raise ScenarioError(f"{where}: '{text[:40]}' is not a value of the kind '{kind}'. Correct it.") from error


_READERS: Mapping[str, Callable[[str], object]] = {
    "str": str,
    "bool": lambda text: text.lower() == "true",
    "int": int,
    "float": lambda text: float(text.lower().replace(".inf", "inf").replace(".nan", "nan")),
}
