"""A scenario as the address of the lab holds it: rows of plain fields, which a form without script can send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlencode

from amur.economy import bundled_economies, load_economy
from amur.errors import ScenarioError
from amur.pages.simulation.words import shock_words
from amur.scenario import Scenario, load_scenario, make_scenario, shipped_scenarios
from amur.simulate import Plan
from amur.text import LANGUAGES, Text

MOST_SHOCKS = 8
MOST_CHARACTERS = 400
_TITLE = 160


@cache
def shipped(name: str) -> Scenario:
    """A scenario that ships, read once."""
    return load_scenario(name)


@dataclass(frozen=True)
class Kind:
    """What a shock does, and the span of its slider: `percent` values are fractions, `number` values as they are."""

    instrument: str
    choice: str = ""
    low: float = 0.0
    high: float = 1.0
    step: float = 0.01
    style: str = "percent"
    start: float = 0.1

    @property
    def name(self) -> str:
        """As it stands in an address: `tariff.set`, `ban`."""
        return f"{self.instrument}.{self.choice}" if self.choice else self.instrument


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("tariff", "set", start=0.25),
        Kind("tariff", "add", start=0.1),
        Kind("tariff", "multiply", high=3, step=0.05, style="number", start=2),
        Kind("tariff", "linear_cut", low=0.01, start=0.5),
        Kind("tariff", "maximum_rate", high=0.5, start=0.1),
        Kind("tariff", "swiss_coefficient", low=0.01, high=0.5, start=0.1),
        Kind("barrier", "add", low=-0.3, high=2, start=0.1),
        Kind("barrier", "multiply", low=0.5, high=4, step=0.05, style="number", start=2),
        Kind("ban"),
        Kind("import_ban"),
        Kind("export_ban"),
        Kind("export_tax", "set", low=-0.3, high=1, start=0.1),
        Kind("export_tax", "add", low=-0.3, high=1, start=0.1),
        Kind("quota", "volume", low=0.05, high=1.5, start=0.5),
        Kind("price_cap", "price", low=0.5, high=1.2, start=0.9),
        Kind("preference", "change", low=-0.9, high=1, start=-0.2),
        Kind("productivity", "change", low=-0.5, high=0.5, start=-0.1),
        Kind("transport", "days", low=-10, high=60, step=1, style="number", start=10),
    )
}
_EXCEPT = ("but_from", "but_to", "but_sectors")
_FIELDS = ("kind", "from", "to", "sectors", "value", "both", *_EXCEPT, "escapes", "cost", "rent", "scope")
_CHOICES = ("theta", "closure", "horizon", "economy")


@dataclass(frozen=True)
class Row:
    """One shock as text, field by field; empty fields are those left out."""

    fields: Mapping[str, str]

    @property
    def kind(self) -> Kind:
        """What it does. Raises ScenarioError for what is not in the list."""
        name = self.fields.get("kind", "")
        if name not in KINDS:
            raise ScenarioError(f"'{name[:60]}' is no kind of shock. Use one of: {', '.join(KINDS)}.")
        return KINDS[name]

    @property
    def is_empty(self) -> bool:
        """Whether nobody is named yet."""
        return not (self.fields.get("from") or self.fields.get("to"))

    def instrument(self) -> dict[str, object]:
        """The instrument as a scenario file has it."""
        kind = self.kind
        data: dict[str, object] = {"instrument": kind.instrument, "sectors": self._names("sectors") or ["all"]}
        if kind.instrument == "productivity":
            data["countries"] = self._names("from")
            pairs = (("but_from", "except_countries"), ("but_sectors", "except_sectors"))
        else:
            data |= {"exporters": self._names("from") or ["all"], "importers": self._names("to") or ["all"]}
            data["both_ways"] = bool(self.fields.get("both"))
            pairs = tuple(zip(_EXCEPT, ("except_exporters", "except_importers", "except_sectors"), strict=True))
        data |= {name: names for key, name in pairs if (names := self._names(key))}
        if kind.choice:
            data[kind.choice] = self.number("value", kind.start)
        if self.fields.get("escapes"):
            data["escapes"] = self.number("escapes", 0.0)
        if kind.instrument == "transport":
            data["cost_per_day"] = self.number("cost", 0.01)
        if kind.instrument == "quota":
            data |= {"rent": self.fields.get("rent") or "importer", "scope": self.fields.get("scope") or "each"}
        return data

    def number(self, name: str, otherwise: float) -> float:
        """A field as a number. Raises ScenarioError where it is none."""
        raw = self.fields.get(name, "")
        try:
            return float(raw) if raw else otherwise
        except ValueError as error:
            raise ScenarioError(f"The field {name} holds '{raw[:40]}', which is no number.") from error

    def _names(self, name: str) -> list[str]:
        return [word.strip() for word in self.fields.get(name, "").split(",") if word.strip()]


@dataclass(frozen=True)
class Draft:
    """What the lab shows: the scenario it began from, its shocks, and the choices of the run."""

    base: str = ""
    rows: tuple[Row, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)

    def query(self) -> str:
        """The address of this very draft, below `lab?`."""
        pairs = [("scenario", self.base)] if self.base else []
        pairs += [(name, self.choices[name]) for name in _CHOICES if self.choices.get(name)]
        for number, row in enumerate(self.rows, start=1):
            pairs += [(f"s{number}.{name}", row.fields[name]) for name in _FIELDS if row.fields.get(name)]
        return urlencode(pairs)

    @property
    def is_ready(self) -> bool:
        """Whether every shock names somebody."""
        return bool(self.rows) and not any(row.is_empty for row in self.rows)

    def choice(self, name: str) -> str:
        """A choice of the run, the scenario's own where none was made."""
        return self.choices.get(name) or self.possible(name)[0]

    def possible(self, name: str) -> tuple[str, ...]:
        """What can be chosen, the default first."""
        return _possible(name, shipped(self.base) if self.base else None)

    def plan(self) -> Plan:
        """The one run that the lab redraws."""
        chosen = {name: self._checked(name) for name in _CHOICES}
        return Plan(
            (chosen["economy"],), (chosen["theta"],), (chosen["closure"],), (chosen["horizon"],)  # type: ignore[arg-type]
        )  # fmt: skip

    def full_plan(self) -> Plan:
        """The run with all that stands beside it by default; what was chosen comes first."""
        return Plan(
            economies=None if self.choice("economy") == self.possible("economy")[0] else (self._checked("economy"),)
        )

    def _checked(self, name: str) -> str:
        value, known = self.choice(name), self.possible(name)
        if value not in known:
            raise ScenarioError(f"'{value[:60]}' is no {name}. Use one of: {', '.join(known)}.")
        return value

    def scenario(self) -> Scenario:
        """The scenario: the one that ships where nothing of it was changed, else one with a title of its own.

        Raises ScenarioError that names the shock and the field.
        """
        return self._scenario

    @cached_property
    def _scenario(self) -> Scenario:
        shocks = [row.instrument() for row in self.rows]
        base = shipped(self.base) if self.base else None
        data: dict[str, Any] = {} if base is None else base.to_dict()
        for name in ("expect", "name", "theta", "source", "description", "title"):
            data.pop(name, None)
        data |= {"title": "draft", "shocks": shocks, "economy": self._checked("economy")}
        data |= {"closure": self._checked("closure")}
        made = make_scenario(data)
        if base is not None and made.shocks == base.shocks and made.closure == base.closure:
            return base.model_copy(update={"economy": made.economy})
        titles = {language: _title(made, Text(language)) for language in LANGUAGES}
        return make_scenario(data | {"title": titles}, name="")


def _title(scenario: Scenario, text: Text) -> str:
    words = "; ".join(shock_words(item, text) for item in scenario.shocks)
    words = words[:1].upper() + words[1:]
    return words if len(words) <= _TITLE else words[: _TITLE - 1].rstrip() + "…"


def _possible(name: str, base: Scenario | None) -> tuple[str, ...]:
    if name == "economy":
        return bundled_economies()
    if name == "closure":
        first = base.closure if base else "fixed"
        return tuple(dict.fromkeys((first, "fixed", "share_of_income", "balanced", "component_balanced")))
    if name == "horizon":
        return tuple(dict.fromkeys((*(base.horizons if base else ()), "long", "short")))
    economy = load_economy(bundled_economies()[0])
    return tuple(dict.fromkeys((economy.theta_set, *economy.theta_sets)))


# ── from and to addresses ───────────────────────────────────────────────────────────────────────


def draft_of(query: Sequence[tuple[str, str]]) -> Draft:
    """The draft that an address holds; one that names only a scenario is filled from it.

    Raises ScenarioError for an unknown scenario, a field that is too long, or too many shocks.
    """
    given = {name: value.strip() for name, value in query}
    for name, value in given.items():
        if len(value) > MOST_CHARACTERS:
            raise ScenarioError(f"The field {name[:40]} has {len(value)} characters; {MOST_CHARACTERS} are allowed.")
    base = given.get("scenario", "")
    if base and base not in shipped_scenarios():
        raise ScenarioError(
            f"No scenario is called '{base[:60]}'. Those that ship are: {', '.join(shipped_scenarios())}."
        )
    choices = {name: given[name] for name in _CHOICES if given.get(name)}
    rows = _rows(given)
    if not rows and base:
        rows = rows_of(shipped(base))
    return Draft(base, rows, choices)


def _rows(given: Mapping[str, str]) -> tuple[Row, ...]:
    numbers = sorted(
        {int(head[1:]) for name in given if (head := name.split(".")[0])[:1] == "s" and head[1:].isdecimal()}
    )
    if len(numbers) > MOST_SHOCKS:
        raise ScenarioError(f"The lab takes {MOST_SHOCKS} shocks, and the address holds {len(numbers)}.")
    found = []
    for number in numbers:
        fields = {name: given.get(f"s{number}.{name}", "") for name in _FIELDS}
        found.append(Row({name: value for name, value in fields.items() if value}))
    return tuple(found)


def rows_of(scenario: Scenario) -> tuple[Row, ...]:
    """The shocks of a scenario as rows of the form."""
    return tuple(_row(shock.model_dump(mode="json", exclude_none=True)) for shock in scenario.shocks)


def _row(data: Mapping[str, Any]) -> Row:
    choice = next(
        (kind for kind in KINDS.values() if kind.instrument == data["instrument"] and kind.choice in data), None
    )
    kind = choice or KINDS[data["instrument"]]
    fields = {
        "kind": kind.name,
        "from": _joined(data.get("exporters") or data.get("countries")),
        "to": _joined(data.get("importers")),
        "sectors": _joined(data.get("sectors")),
        "value": f"{data[kind.choice]:g}" if kind.choice else "",
        "both": "1" if data.get("both_ways") else "",
        "but_from": _joined(data.get("except_exporters") or data.get("except_countries")),
        "but_to": _joined(data.get("except_importers")),
        "but_sectors": _joined(data.get("except_sectors")),
        "escapes": f"{data['escapes']:g}" if data.get("escapes") else "",
        "cost": f"{data['cost_per_day']:g}" if "cost_per_day" in data else "",
        "rent": data.get("rent", ""),
        "scope": data.get("scope", "") if data.get("scope") != "each" else "",
    }
    return Row({name: value for name, value in fields.items() if value})


def _joined(names: Sequence[str] | None) -> str:
    return ", ".join(names or ())


def changed(draft: Draft, *, more: bool = False, drop: int = 0) -> Draft:
    """The draft with an empty shock more, or without one of those it has."""
    rows = tuple(row for number, row in enumerate(draft.rows, start=1) if number != drop)
    if more and len(rows) < MOST_SHOCKS:
        rows = (*rows, Row({"kind": next(iter(KINDS)), "sectors": "goods"}))
    return replace(draft, rows=rows)
