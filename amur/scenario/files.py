"""Scenarios from files: by path or by name, with messages that point at line and field."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from amur.errors import ScenarioError
from amur.scenario.definition import Scenario
from amur.scenario.document import Document, parse
from amur.scenario.instruments import INSTRUMENTS

_PACKAGE = Path(__file__).resolve().parent.parent
_FOLDERS = (_PACKAGE / "data" / "scenarios", _PACKAGE.parent / "scenarios")
"""Installed, scenarios lie in the package's data; in a checkout they lie beside the package."""


def load_scenario(name_or_path: str | Path) -> Scenario:
    """A scenario from a YAML file, or one of those that ship by its name (`cut-rus-chn`).

    Raises ScenarioError with file, line and field where the scenario cannot be understood.
    """
    path = _found(name_or_path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path} cannot be read as a scenario: {error}. Give a YAML file in UTF-8.") from error
    return read_scenario(text, name=path.stem, file=_shown(path))


def read_scenario(text: str, *, name: str = "", file: str = "scenario") -> Scenario:
    """A scenario from the text of a YAML file; `file` is what messages call it."""
    return _understood(parse(text, file), name)


def make_scenario(data: Mapping[str, object], *, name: str = "") -> Scenario:
    """A scenario from plain data, such as the JSON of a request; messages name the field."""
    return _understood(Document(dict(data)), name)


def _understood(document: Document, name: str) -> Scenario:
    data = document.data
    if not isinstance(data, dict):
        raise ScenarioError(
            f"{document.name} does not hold keys and values. A scenario begins with title: and shocks:."
        )
    try:
        scenario = Scenario.model_validate({"name": name, **data})
    except ValidationError as error:
        raise ScenarioError(_message(error, document)) from error
    return scenario.from_document(document)


@cache
def shipped_scenarios() -> tuple[str, ...]:
    """Names of the scenarios that ship, in alphabetical order."""
    return tuple(sorted(path.stem for path in scenario_folder().glob("*.yaml")))


def scenario_folder() -> Path:
    """Where the scenarios that ship lie. Raises ScenarioError where the installation lacks them."""
    for folder in _FOLDERS:
        if folder.is_dir() and any(folder.glob("*.yaml")):
            return folder
    raise ScenarioError(f"The scenarios that ship are missing from {_FOLDERS[0]}. Reinstall amur.")


def _found(name_or_path: str | Path) -> Path:
    path = Path(name_or_path)
    if path.is_file():
        return path
    if path.suffix in (".yaml", ".yml") or len(path.parts) > 1:
        shipped = scenario_folder() / path.name
        if path.parent.name == "scenarios" and shipped.is_file():
            return shipped
        raise ScenarioError(f"There is no scenario file {path}. {_suggestion(path.stem)}")
    if str(name_or_path) in shipped_scenarios():
        return scenario_folder() / f"{name_or_path}.yaml"
    raise ScenarioError(f"No scenario is called '{name_or_path}'. {_suggestion(str(name_or_path))}")


def _suggestion(name: str) -> str:
    near = difflib.get_close_matches(name, shipped_scenarios(), n=1)
    return f"Did you mean {near[0]}?" if near else f"Those that ship are: {', '.join(shipped_scenarios())}."


def _shown(path: Path) -> str:
    return f"scenarios/{path.name}" if path.parent in _FOLDERS else str(path)


# ── what pydantic found, in one sentence ────────────────────────────────────────────────────────


def _message(error: ValidationError, document: Document) -> str:
    errors = error.errors(include_url=False)
    first = min(errors, key=lambda item: document.lines.get(_path(item, document), 10**9))
    others = len({_path(item, document) for item in errors}) - 1
    more = f" ({others} more {'faults' if others > 1 else 'fault'} in the file.)" if others else ""
    path = _path(first, document)
    fault = _fault(first, document)
    end = "" if fault.endswith((".", "?")) else "."
    return f"{document.where(path) if path else document.name}: {fault}{end}{more}"


def _path(item: Mapping[str, Any], document: Document) -> tuple[str | int, ...]:
    """The place in the data, without the tags that pydantic adds for the kind of instrument or of value."""
    path: tuple[str | int, ...] = ()
    here: object = document.data
    for at, step in enumerate(item["loc"]):
        known = range(len(here)) if isinstance(here, list) else here if isinstance(here, Mapping) else ()
        if step in known:
            path, here = (*path, step), here[step]  # type: ignore[index]
        elif at == len(item["loc"]) - 1 and item["type"] == "missing":
            path = (*path, step)
    return path


def _fault(item: Mapping[str, Any], document: Document) -> str:
    kind, given = item["type"], item.get("input")
    if kind == "missing":
        return "is missing. Add it"
    if kind == "extra_forbidden":
        return f"is not a field here. {_nearest_field(str(item['loc'][-1]), item['loc'])}"
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return f"{_tag_fault(given)} Use one of: {', '.join(INSTRUMENTS)}"
    if kind == "value_error":
        return str(item["ctx"]["error"]).rstrip(".")
    if kind == "literal_error":
        return f"{given!r} is not understood. Use one of: {item['ctx']['expected'].replace(' or ', ', ')}"
    if kind in _PLAIN:
        return f"{_short(given)} does not do; {_PLAIN[kind]}"
    return f"{_short(given)} does not do; it should be {str(item['msg']).removeprefix('Input should be ')}"


_PLAIN = {
    "string_pattern_mismatch": "give an address that begins with https://",
    "string_too_short": "it must not be empty",
    "too_short": "it needs at least one item",
    "model_type": "it should be a table of fields",
    "model_attributes_type": "each shock is a table of fields that begins with '- instrument:'",
    "string_type": "it should be text; put quotation marks around it",
}


def _tag_fault(given: object) -> str:
    if isinstance(given, Mapping) and "instrument" in given:
        return f"{given['instrument']!r} is no instrument."
    if isinstance(given, Mapping):
        return "the field 'instrument' is missing."
    return "a shock is a list of fields that begins with '- instrument:'."


def _nearest_field(wrong: str, loc: tuple[str | int, ...]) -> str:
    from amur.scenario import instruments

    kinds = {str(step) for step in loc}
    fields = set(Scenario.model_fields)
    for model in (
        instruments.Tariff,
        instruments.Barrier,
        instruments.Transport,
        instruments.ExportTax,
        instruments.Ban,
        instruments.Preference,
        instruments.Productivity,
        instruments.Quota,
        instruments.PriceCap,
    ):
        tags = set(model.model_fields["instrument"].annotation.__args__)  # type: ignore[union-attr]
        if kinds & tags:
            fields = set(model.model_fields)
    near = difflib.get_close_matches(wrong, sorted(fields), n=1)
    return f"Did you mean {near[0]}?" if near else f"Fields are: {', '.join(sorted(fields - {'name'}))}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
