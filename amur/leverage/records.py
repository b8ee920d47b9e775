"""What is found about ties in one setting, and how losses range over the sets of elasticities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from amur.economy import DEFAULT_THETA_SET, Economy, bundled_economies, load_economy
from amur.economy.elasticities import COMPANION_THETA_SET
from amur.leverage.cut import CutLoss, share_rise
from amur.leverage.sides import Party, Side
from amur.leverage.slopes import Marginal
from amur.models.shock import Closure, Horizon, LongRun, ShortRun
from amur.scenario import HORIZONS, HorizonName
from amur.solver import Anderson

Advance = Callable[[int, int], None]

METHOD = Anderson(atol=1e-10)


@dataclass(frozen=True)
class Setting:
    """One baseline, set of elasticities, closure and horizon."""

    economy: str
    theta: str
    closure: Closure
    horizon: HorizonName

    def to_dict(self) -> dict[str, object]:
        """All fields."""
        return dict(vars(self))

    def load(self) -> Economy:
        """The baseline with the set of elasticities."""
        return load_economy(self.economy).with_theta(self.theta)

    @property
    def adjustment(self) -> Horizon:
        """The horizon as the solver takes it."""
        return LongRun() if self.horizon == "long" else ShortRun()


@dataclass(frozen=True, eq=False)
class Part:
    """Leverage in one setting; `sectors` are exact cuts of single sectors, where they were made."""

    setting: Setting
    marginal: tuple[Marginal, ...]
    exact: tuple[CutLoss, ...]
    first_order: tuple[CutLoss, ...]
    closed_form: tuple[CutLoss, ...]
    sectors: tuple[CutLoss, ...] = ()

    def is_default(self, default: Part) -> bool:
        """Whether it differs from the default in nothing but the horizon."""
        return replace(self.setting, horizon=default.setting.horizon) == default.setting

    def leads(self, default: Part) -> bool:
        """Whether it differs from the default in nothing but the baseline and the horizon."""
        same = replace(self.setting, economy=default.setting.economy, horizon=default.setting.horizon)
        return same == default.setting


@dataclass(frozen=True)
class Span:
    """The lowest and highest loss over the sets of elasticities that were run, all else equal."""

    country: str
    other: str
    side: Side
    horizon: HorizonName
    loss: float
    low: float
    high: float


def planned(economies: Sequence[str], closure: Closure) -> list[Setting]:
    """The settings to run, the default first: both horizons, and the companion elasticities on the first baseline.

    Without `economies` those are the bundled table and its updates.
    """
    names = tuple(economies) or _bundled()
    return [
        Setting(name, theta, closure, horizon)
        for name in names
        for theta in _thetas(load_economy(name))[: None if name == names[0] else 1]
        for horizon in HORIZONS
    ]


def default_economy(economies: Sequence[str] = ()) -> Economy:
    """The first baseline, with the default elasticities."""
    first, *_ = planned(economies, "fixed")
    return first.load()


def spans(parts: Sequence[Part]) -> tuple[Span, ...]:
    """Each exact loss of the default settings with its range over the sets of elasticities."""
    found = []
    for first in (part for part in parts if part.is_default(parts[0])):
        alike = [part for part in parts if replace(part.setting, theta="") == replace(first.setting, theta="")]
        losses = [_losses(part) for part in alike]
        for row in first.exact:
            key = (row.country, row.other, row.side)
            values = [value for other in losses if (value := other.get(key)) is not None]
            if row.loss is not None:
                found.append(Span(*key, first.setting.horizon, row.loss, min(values), max(values)))
    return tuple(found)


def record(pair: Sequence[dict[str, object]], parts: Sequence[Part], draws: dict[str, object]) -> dict[str, object]:
    """The JSON of `amur leverage`: losses are fractions of real income, for one percent where marginal."""
    rise = share_rise(0.8, 0.9)
    return {
        "pair": list(pair),
        "settings": [part.setting.to_dict() for part in parts],
        "marginal": _rows(parts, lambda part: part.marginal),
        "cut": {
            "exact": _rows(parts, lambda part: part.exact + part.sectors),
            "first_order": _rows(parts, lambda part: part.first_order),
            "closed_form": _rows(parts, lambda part: part.closed_form),
            "range_over_elasticities": [{**vars(span), "interval_kind": "elasticity"} for span in spans(parts)],
        },
        "draws": draws,
        "share_rise": dict(vars(rise)),
    }


def party_record(party: Party, economy: Economy) -> dict[str, object]:
    """A party as plain data: its code, its regions, members that the economy lacks, and its income."""
    return {
        "code": party.code,
        "regions": list(party.regions),
        "outside": list(party.outside),
        "income_usd": party.income_usd(economy),
    }


def _rows(parts: Sequence[Part], pick: Callable[[Part], Sequence[Marginal | CutLoss]]) -> list[dict[str, object]]:
    """The rows of every setting; those of single sectors only in the default ones."""
    default, *_ = parts
    return [
        part.setting.to_dict() | row.to_dict()
        for part in parts
        for row in pick(part)
        if row.sector == "total" or part.is_default(default)
    ]


def _losses(part: Part) -> dict[tuple[str, str, Side], float | None]:
    return {(row.country, row.other, row.side): row.loss for row in part.exact}


def _bundled() -> tuple[str, ...]:
    base = bundled_economies()[0]
    return base, *(name for name in bundled_economies() if name.startswith(f"{base}-"))


def _thetas(economy: Economy) -> tuple[str, ...]:
    known = [name for name in (DEFAULT_THETA_SET, COMPANION_THETA_SET) if _has(economy, name)]
    return tuple(known) or (economy.theta_set,)


def _has(economy: Economy, theta: str) -> bool:
    return theta == economy.theta_set or theta in economy.theta_sets


__all__ = [
    "METHOD",
    "Advance",
    "Part",
    "Setting",
    "Span",
    "default_economy",
    "party_record",
    "planned",
    "record",
    "spans",
]
