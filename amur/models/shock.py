"""What a model can be asked: the shock, the closure of deficits and the horizon, each with neutral defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from amur.economy.baseline import Economy, FloatArray
from amur.errors import ScenarioError

Closure = Literal["fixed", "share_of_income", "balanced", "component_balanced"]
"""What becomes of trade deficits.

`fixed`: each keeps its value in units of world value added. `share_of_income`: each stays in proportion to the
region's own income (value added and revenue), scaled by one factor for the world (or for each component of the
trade graph) so that deficits still sum to zero. `balanced`: deficits are removed first, and the shock meets that
balanced world. `component_balanced`: as `fixed`, but where the shock splits the trade graph, what is left over
in each component is spread over its regions in proportion to value added.
"""

LabourMarket = Literal["immobile", "mobile"]


@dataclass(frozen=True)
class Shock:
    """What changes, cell by cell; an array that is None changes nothing.

    `cost_hat` [exporter, importer, sector]: factor on the iceberg cost; `inf` is a ban.
    `tariff_new` [exporter, importer, sector]: the duty afterwards, as a fraction (None: the baseline's).
    `export_tax_new` [exporter, importer, sector]: tax on the exporter's price, a fraction, negative for a subsidy;
    the exporter collects it. The baseline has none.
    `productivity_hat` [region, sector]: factor on output per bundle of inputs.
    `taste_hat` [exporter, importer, sector]: factor on the weight of a supplier in a buyer's preferences.
    Arrays are broadcast where an axis has length one.
    """

    cost_hat: FloatArray | None = None
    tariff_new: FloatArray | None = None
    export_tax_new: FloatArray | None = None
    productivity_hat: FloatArray | None = None
    taste_hat: FloatArray | None = None

    def checked(self, economy: Economy) -> Shock:
        """The shock with every array broadcast to the economy's shape and every value admissible."""
        n, s = len(economy.regions), len(economy.sectors)
        return Shock(
            cost_hat=_admit("cost_hat", self.cost_hat, (n, n, s), above=0.0, infinite=True),
            tariff_new=_admit("tariff_new", self.tariff_new, (n, n, s), above=-1.0),
            export_tax_new=_admit("export_tax_new", self.export_tax_new, (n, n, s), above=-1.0),
            productivity_hat=_admit("productivity_hat", self.productivity_hat, (n, s), above=0.0),
            taste_hat=_admit("taste_hat", self.taste_hat, (n, n, s), above=None),
        )


NO_SHOCK = Shock()


@dataclass(frozen=True)
class LongRun:
    """Inputs are substituted at an elasticity of one and people move between industries (Caliendo–Parro 2015)."""


@dataclass(frozen=True)
class Roy:
    """Labour that moves in part: supply to an industry reacts to its wage as `wage ** (kappa - 1)`.

    `kappa` = 1 is immobile, large `kappa` is mobile.
    """

    kappa: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.kappa) and self.kappa >= 1):
            raise ScenarioError(f"Roy(kappa={self.kappa}) is not possible: kappa runs from 1 (immobile) upwards.")


@dataclass(frozen=True)
class ShortRun:
    """Inputs are complements and people stay in their industry: a nested CES with sectoral labour.

    `eps_va`: between value added and the bundle of inputs; `eps_inputs`: between inputs; `eps_final`: between
    final goods; 1 is Cobb–Douglas. `theta_scale` multiplies the trade elasticities of the baseline.
    """

    eps_va: float = 0.5
    eps_inputs: float = 0.2
    eps_final: float = 0.9
    labour: LabourMarket | Roy = "immobile"
    theta_scale: float = 0.5

    def __post_init__(self) -> None:
        for name in ("eps_va", "eps_inputs", "eps_final", "theta_scale"):
            value = getattr(self, name)
            if not (np.isfinite(value) and value > 0):
                raise ScenarioError(f"ShortRun({name}={value}) is not possible: an elasticity must be above zero.")
        if not isinstance(self.labour, Roy) and self.labour not in get_args(LabourMarket):
            raise ScenarioError(f"Unknown labour market {self.labour!r}; use 'immobile', 'mobile' or Roy(kappa).")


Horizon = LongRun | ShortRun


def require_closure(closure: str) -> None:
    """Raise unless `closure` is one of the four closures."""
    if closure not in get_args(Closure):
        raise ScenarioError(f"Unknown closure {closure!r}; use one of {', '.join(get_args(Closure))}.")


def _admit(
    name: str, values: FloatArray | None, shape: tuple[int, ...], *, above: float | None, infinite: bool = False
) -> FloatArray | None:
    """Broadcast an array of the shock and refuse values that have no meaning."""
    if values is None:
        return None
    values = np.asarray(values, dtype=np.float64)
    try:
        values = np.broadcast_to(values, shape)
    except ValueError as error:
        raise ScenarioError(f"{name} of the shock has shape {values.shape}; the economy needs {shape}.") from error
    lowest, highest = float(values.min()), float(values.max())
    if not ((lowest >= 0 if above is None else lowest > above) and (infinite or highest < np.inf)):
        bad = ~(values >= 0) if above is None else ~(values > above)
        bad |= np.isinf(values) & (not infinite)
        at = tuple(int(k) for k in np.argwhere(bad)[0])
        allowed = "zero or more" if above is None else f"above {above:g}"
        ban = "; write a ban as cost_hat = inf" if name in ("tariff_new", "export_tax_new") else ""
        raise ScenarioError(f"{name}{list(at)} of the shock is {values[at]}; it must be finite and {allowed}{ban}.")
    return values
