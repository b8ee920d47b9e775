"""Which runs a simulation makes: a default for each horizon, and one choice at a time changed beside it.

Nobody should see one number where the elasticities, the closure or the baseline decide. So beside the default
stand the other set of elasticities, balanced trade (deficits purged first), and the baseline moved to newer
trade of one country where such an update ships.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import get_args

from amur.economy import DEFAULT_THETA_SET, Economy, bundled_economies, load_economy
from amur.economy.elasticities import COMPANION_THETA_SET
from amur.errors import ScenarioError
from amur.models.shock import Closure
from amur.scenario import HORIZONS, HorizonName, Scenario

COMPANION_CLOSURE: Closure = "balanced"


@dataclass(frozen=True)
class Plan:
    """What to run; the first of each list is the default, the others stand beside it. None is the scenario's own."""

    economies: tuple[str, ...] | None = None
    thetas: tuple[str, ...] | None = None
    closures: tuple[Closure, ...] | None = None
    horizons: tuple[HorizonName, ...] | None = None

    def __post_init__(self) -> None:
        for name, known in (("closures", get_args(Closure)), ("horizons", HORIZONS)):
            for value in getattr(self, name) or ():
                if value not in known:
                    raise ScenarioError(f"Unknown {name[:-1]} '{value}'. Use one of: {', '.join(known)}.")
        for name in ("economies", "thetas", "closures", "horizons"):
            values = getattr(self, name)
            if values is not None and (not values or len(set(values)) < len(values)):
                raise ScenarioError(f"The list of {name} is empty or names one twice: {', '.join(values)}.")


@dataclass(frozen=True)
class Setting:
    """One run: a baseline, elasticities, closure and horizon. `departs` names what differs from the default."""

    economy: str
    theta: str
    closure: Closure
    horizon: HorizonName
    departs: str = ""


def settings(scenario: Scenario, plan: Plan) -> tuple[Setting, ...]:
    """The runs of a plan, those with all the default choices first, every horizon for each choice."""
    economies = plan.economies or _economies(scenario.economy)
    base = load_economy(economies[0])
    thetas = plan.thetas or scenario.theta or _thetas(base)
    closures = plan.closures or _closures(scenario.closure, base)
    horizons = plan.horizons or scenario.horizons
    found: list[Setting] = []
    default = Setting(economies[0], thetas[0], closures[0], horizons[0])
    choices = [default]
    choices += [replace(default, theta=theta, departs="theta") for theta in thetas[1:]]
    choices += [replace(default, closure=closure, departs="closure") for closure in closures[1:]]
    choices += [replace(default, economy=economy, departs="economy") for economy in economies[1:]]
    for choice in choices:
        found += [replace(choice, horizon=horizon) for horizon in horizons]
    return tuple(found)


def _economies(name: str) -> tuple[str, ...]:
    """A baseline and its updates, whose names begin with its own."""
    return name, *(other for other in bundled_economies() if other.startswith(f"{name}-"))


def _thetas(economy: Economy) -> tuple[str, ...]:
    """The default set and its companion; an economy with elasticities of its own has these first."""
    known = [name for name in (DEFAULT_THETA_SET, COMPANION_THETA_SET) if _has(economy, name)]
    return tuple(known) if economy.theta_set in known else (economy.theta_set, *known[:1])


def _has(economy: Economy, theta: str) -> bool:
    return theta == economy.theta_set or theta in economy.theta_sets


def _closures(closure: Closure, economy: Economy) -> Sequence[Closure]:
    has_deficits = bool(economy.deficit.any())
    return (closure, COMPANION_CLOSURE) if has_deficits and closure != COMPANION_CLOSURE else (closure,)
