"""Scenario: a policy in words and instruments, with the baselines, elasticities and horizons it asks for."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, PrivateAttr, field_validator, model_validator

from amur.economy import Economy
from amur.errors import ScenarioError
from amur.models.shock import Closure, Horizon, LabourMarket, LongRun, Roy, Shock, ShortRun
from amur.scenario.compilation import Compiled, compile_shocks
from amur.scenario.document import Document
from amur.scenario.instruments import Factor, Instrument, Names, Number, Record

HorizonName = Literal["long", "short"]
HORIZONS: tuple[HorizonName, ...] = get_args(HorizonName)


class Words(Record):
    """A sentence in the languages of the catalogue; a plain string in a file stands for both."""

    en: Annotated[str, Field(min_length=1)]
    sv: Annotated[str, Field(min_length=1)]

    def in_language(self, language: str) -> str:
        """The sentence in a language."""
        return self.sv if language == "sv" else self.en


def _words(value: Any) -> Any:
    return {"en": value.strip(), "sv": value.strip()} if isinstance(value, str) else value


def _day(value: Any) -> Any:
    try:
        return datetime.date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError as error:
        raise ValueError("write a day as 2022-06-03") from error


def _items(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else (value,) if isinstance(value, str) else value


Phrase = Annotated[Words, BeforeValidator(_words)]
Day = Annotated[datetime.date, BeforeValidator(_day)]


class Source(Record):
    """Where the policy that a scenario stylises is described."""

    title: Annotated[str, Field(min_length=1)]
    address: Annotated[str, Field(pattern=r"^https?://\S+$")]
    date: Day | None = None


class ShortRunSettings(Record):
    """How the short run differs from the default: elasticities, and how labour moves.

    `labour` is `immobile`, `mobile`, or a number from 1 (immobile) upwards for labour that moves in part.
    """

    eps_va: Factor = 0.5
    eps_inputs: Factor = 0.2
    eps_final: Factor = 0.9
    theta_scale: Factor = 0.5
    labour: LabourMarket | Annotated[Number, Field(ge=1)] = "immobile"

    def horizon(self) -> ShortRun:
        """The short run of the solver."""
        labour = self.labour if isinstance(self.labour, str) else Roy(self.labour)
        return ShortRun(self.eps_va, self.eps_inputs, self.eps_final, labour, self.theta_scale)


class Expectation(Record):
    """A result that a scenario must have, so that it can serve as a test.

    `measure` is a column of the country table; where the fields of the run are left out the default run is meant.
    """

    measure: str
    country: str
    value: Number
    tolerance: Annotated[Number, Field(gt=0)]
    economy: str | None = None
    theta: str | None = None
    closure: Closure | None = None
    horizon: HorizonName | None = None


class Scenario(Record):
    """What is changed, where, and under which assumptions; frozen.

    `shocks` are taken in order. `economy`, `theta`, `closure` and `horizons` are the first choice; a run can ask
    for others. Without `theta` the default set and its companion are used where the economy has them. `date` is
    the day of the policy, at which membership of blocs is read (today's members without it). `expect` makes
    the scenario a test of itself.
    """

    title: Phrase
    description: Phrase | None = None
    shocks: Annotated[tuple[Instrument, ...], BeforeValidator(_items), Field(min_length=1)]
    source: Annotated[tuple[Source, ...], BeforeValidator(lambda v: (v,) if isinstance(v, dict) else _items(v))] = ()
    date: Day | None = None
    economy: Annotated[str, Field(min_length=1)] = "icio-2022"
    theta: Names | None = None
    closure: Closure = "fixed"
    horizons: Annotated[tuple[HorizonName, ...], BeforeValidator(_items), Field(min_length=1)] = HORIZONS
    short_run: ShortRunSettings = ShortRunSettings()
    expect: Annotated[tuple[Expectation, ...], BeforeValidator(_items)] = ()
    name: str = ""
    _document: Document | None = PrivateAttr(default=None)

    @field_validator("horizons")
    @classmethod
    def _distinct(cls, value: tuple[HorizonName, ...]) -> tuple[HorizonName, ...]:
        if len(set(value)) < len(value):
            raise ValueError("a horizon stands twice; remove one")
        return value

    @model_validator(mode="after")
    def _expectable(self) -> Scenario:
        for expectation in self.expect:
            if expectation.horizon not in (None, *self.horizons):
                raise ValueError(f"expect asks for the horizon {expectation.horizon}, which horizons leaves out")
        return self

    @property
    def horizon(self) -> Horizon:
        """The first of its horizons, as the solver takes it."""
        return self.horizon_of(self.horizons[0])

    @property
    def has_limits(self) -> bool:
        """Whether it holds a quota or price cap, whose shadow price must be found."""
        return any(item.instrument in ("quota", "price_cap") for item in self.shocks)

    def horizon_of(self, name: HorizonName) -> Horizon:
        """A horizon by name, with the scenario's settings of the short run."""
        return LongRun() if name == "long" else self.short_run.horizon()

    def compiled(self, economy: Economy) -> Compiled:
        """The scenario on an economy, with its limits, what it touches and what its blocs leave out.

        `economy` carries the elasticities of the horizon: they decide how the parts of a flow add up where a
        share of it escapes. Raises ScenarioError that points at the shock, and at its line in a file.
        """
        return compile_shocks(economy, self.shocks, theta=economy.theta, date=self.date, place=self._place_of_shock)

    def shock(self, economy: Economy) -> Shock:
        """The arrays that the solver takes. Raises ScenarioError where a quota or price cap must be solved for."""
        if self.has_limits:
            raise ScenarioError(
                f"{self.label} holds a quota or price cap, whose shadow price has to be found. Solve it with "
                "amur.quotas.solve_with_limits(economy, scenario)."
            )
        return self.compiled(economy).shock

    @property
    def label(self) -> str:
        """Its name, else its English title."""
        return self.name or self.title.en

    def to_dict(self) -> dict[str, object]:
        """Plain data as a file would hold it, unset fields left out."""
        return self.model_dump(mode="json", exclude_none=True)

    def from_document(self, document: Document) -> Scenario:
        """The same scenario, which now knows the lines of its file."""
        copy = self.model_copy()
        copy._document = document
        return copy

    def _place_of_shock(self, number: int) -> str:
        kind = self.shocks[number].instrument
        where = self._document.where(("shocks", number)) if self._document else f"shock {number + 1}"
        return f"{where} ({kind})"


def horizon_name(horizon: Horizon) -> HorizonName:
    """`long` or `short`."""
    return "long" if isinstance(horizon, LongRun) else "short"


def at_horizon(economy: Economy, horizon: Horizon) -> Economy:
    """The economy with the trade elasticities of a horizon, on which the parts of a flow depend."""
    return economy if isinstance(horizon, LongRun) else economy.with_theta(economy.theta * horizon.theta_scale)
