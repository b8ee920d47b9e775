"""The instruments of a scenario, as a reader writes them: one frozen record for each shock.

Rates and shares are fractions. `exporters`, `importers`, `countries` and `sectors` name codes, blocs or groups;
what they select in an economy is decided in `selection.py`, what they do to it in `compilation.py`.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

HIGHEST_RATE = 10.0
"""A rate above 1,000 % is taken for a percentage that was meant as a fraction."""


def _listed(value: Any) -> Any:
    """One name or a list of names, as a tuple of names."""
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not names:
        raise ValueError("name one code, or a list of codes such as [RUS, CHN]")
    if not all(isinstance(name, str) and name.strip() for name in names):
        raise ValueError("each name must be text; put quotation marks around codes that are numbers")
    if len({name.strip() for name in names}) < len(names):
        raise ValueError("a name stands twice in the list; remove one")
    return tuple(name.strip() for name in names)


def _rate(value: float) -> float:
    if abs(value) > HIGHEST_RATE:
        raise ValueError(
            f"rates are fractions, and {value:g} would be {100 * value:,.0f} %; write {value / 100:g} for {value:g} %"
        )
    return value


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Rate = Annotated[Number, Field(gt=-1), BeforeValidator(lambda value: _rate(value) if _is_number(value) else value)]
Factor = Annotated[Number, Field(gt=0)]
Share = Annotated[Number, Field(ge=0, lt=1)]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


class Record(BaseModel):
    """A frozen record that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Bilateral(Record):
    """An instrument on flows from exporters to importers; trade of a country with itself is never touched."""

    exporters: Names
    importers: Names
    sectors: Names
    except_exporters: Names | None = None
    except_importers: Names | None = None
    except_sectors: Names | None = None
    both_ways: bool = Field(default=False, strict=True)


class _OneOf(Record):
    """A record of which exactly one of `choices` must be given."""

    choices: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="after")
    def _exactly_one(self) -> _OneOf:
        given = [name for name in self.choices if getattr(self, name) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            raise ValueError(f"give exactly one of {', '.join(self.choices)}; found {found}")
        return self

    @property
    def choice(self) -> str:
        """The one that is given."""
        return next(name for name in self.choices if getattr(self, name) is not None)

    @property
    def amount(self) -> float:
        """Its value."""
        return getattr(self, self.choice)


class Tariff(Bilateral, _OneOf):
    """A duty of the importer: set, raised, scaled, or cut by a formula of the World Bank's SMART model.

    `set` makes the rate that value, `add` adds points (0.25 is 25 points), `multiply` scales it,
    `linear_cut` lowers it by a fraction, `maximum_rate` lowers rates above that value to it, and
    `swiss_coefficient` a gives a t / (a + t). `escapes` is the share of the baseline trade that avoids the
    change: smuggled, wrongly declared, or exempt.
    """

    instrument: Literal["tariff"] = "tariff"
    set: Annotated[Rate, Field(ge=0)] | None = None
    add: Rate | None = None
    multiply: Annotated[Number, Field(ge=0)] | None = None
    linear_cut: Annotated[Number, Field(gt=0, le=1)] | None = None
    maximum_rate: Annotated[Rate, Field(ge=0)] | None = None
    swiss_coefficient: Annotated[Number, Field(gt=0)] | None = None
    escapes: Share = 0.0
    choices: ClassVar[tuple[str, ...]] = (
        "set",
        "add",
        "multiply",
        "linear_cut",
        "maximum_rate",
        "swiss_coefficient",
    )


class Barrier(Bilateral, _OneOf):
    """A cost of trading that nobody collects: rules, licences, controls, sanctions that slow trade.

    `multiply` scales the cost of delivering one unit (2 doubles it), `add` raises it by an ad-valorem
    equivalent (0.1 is 10 %). Negative `add` and factors below one dismantle barriers.
    """

    instrument: Literal["barrier"] = "barrier"
    multiply: Factor | None = None
    add: Rate | None = None
    escapes: Share = 0.0
    choices: ClassVar[tuple[str, ...]] = ("multiply", "add")


class Transport(Bilateral):
    """Time in transit: `days` more (or fewer, if negative), each worth `cost_per_day` of the goods' value."""

    instrument: Literal["transport"] = "transport"
    days: Number
    cost_per_day: Annotated[Number, Field(gt=0, le=0.5)]
    escapes: Share = 0.0

    @model_validator(mode="after")
    def _possible(self) -> Transport:
        if 1 + self.days * self.cost_per_day <= 0:
            raise ValueError(
                f"{-self.days:g} days saved at {self.cost_per_day:g} a day would make trade cost less than nothing"
            )
        return self


class ExportTax(Bilateral, _OneOf):
    """A tax of the exporter on the price it sells at, or a subsidy if negative; the baseline has none."""

    instrument: Literal["export_tax"] = "export_tax"
    set: Rate | None = None
    add: Rate | None = None
    escapes: Share = 0.0
    choices: ClassVar[tuple[str, ...]] = ("set", "add")


class Ban(Bilateral):
    """A stop: the flow becomes exactly zero. `import_ban` and `export_ban` say who imposes it."""

    instrument: Literal["ban", "import_ban", "export_ban"] = "ban"
    escapes: Share = 0.0


class Preference(Bilateral):
    """A shift of buyers' taste towards or away from sellers, by `change` of their weight (-0.2: a fifth less).

    Weights are rescaled so that at unchanged prices no buyer's price index moves: a boycott moves demand, and
    what it costs the buyer comes from prices alone.
    """

    instrument: Literal["preference"] = "preference"
    change: Annotated[Number, Field(ge=-1)]


class Productivity(Record):
    """Output for given inputs, changed by a fraction: -0.1 is a tenth less."""

    instrument: Literal["productivity"] = "productivity"
    countries: Names
    sectors: Names
    except_countries: Names | None = None
    except_sectors: Names | None = None
    change: Annotated[Number, Field(gt=-1)]


class Quota(Bilateral):
    """A limit on the volume traded, as a fraction of the baseline volume; its shadow price is found.

    `scope`: `each` flow and sector has a limit of its own, or they share one `together` (volumes added at
    baseline prices). `rent` says who keeps the gap between what buyers pay and what sellers ask: the
    importer, the exporter, or nobody (`lost`, as where licences are queued for).
    """

    instrument: Literal["quota"] = "quota"
    volume: Factor
    scope: Literal["each", "together"] = "each"
    rent: Literal["importer", "exporter", "lost"]


class PriceCap(Bilateral):
    """A coalition of buyers keeps the seller's price at or below `price`, a fraction of the baseline price.

    The buyers hold back demand by a common wedge that is zero while the price is below the cap and otherwise
    as large as the cap needs; they keep the wedge. The seller has one price for all its buyers.
    """

    instrument: Literal["price_cap"] = "price_cap"
    price: Factor

    @model_validator(mode="after")
    def _one_way(self) -> PriceCap:
        if self.both_ways:
            raise ValueError("a price cap goes one way; write one for each exporter")
        return self


Constraint = Quota | PriceCap
Instrument = Annotated[
    Tariff | Barrier | Transport | ExportTax | Ban | Preference | Productivity | Quota | PriceCap,
    Field(discriminator="instrument"),
]
INSTRUMENTS: tuple[str, ...] = (
    "tariff",
    "barrier",
    "transport",
    "export_tax",
    "ban",
    "import_ban",
    "export_ban",
    "preference",
    "productivity",
    "quota",
    "price_cap",
)
