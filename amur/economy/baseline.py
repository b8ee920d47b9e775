"""Economy: a calibrated baseline in shares, with its labels, and everything that follows from it.

Accounts (money in units of `unit_usd` dollars, flows before duty at basic prices):

    spending       E[n,s]   = what importer n pays for sector s, duties included
    flow           T[i,n,s] = pi[i,n,s] E[n,s] / (1 + tariff[i,n,s])
    output         Y[i,s]   = sum_n T[i,n,s]
    tariff revenue R[n]     = sum_{i,s} tariff T
    income         I[n]     = va[n] + R[n] + deficit[n]
    goods          E[n,k]   = sum_s gamma[n,k,s] Y[n,s] + alpha[n,k] I[n]
    labour         va[n]    = sum_s beta[n,s] Y[n,s]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from amur.economy.elasticities import DEFAULT_THETA_SET, THETA_SETS
from amur.errors import EconomyError

if TYPE_CHECKING:
    from amur.models.inversion import Targets

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

SHARE_TOLERANCE = 1e-9
"""How far shares may be from one and accounts from balance, relative to the country's own size."""


def sector_first(array: FloatArray) -> FloatArray:
    """View a bilateral `[exporter, importer, sector]` array as contiguous `[sector, exporter, importer]`.

    No copy is made when the memory already lies that way, as it does in an `Economy` and in `Economy.full`.
    """
    return np.ascontiguousarray(np.moveaxis(array, 2, 0))


def sector_last(array: FloatArray) -> FloatArray:
    """View a `[sector, exporter, importer]` array in the public order `[exporter, importer, sector]`."""
    return np.moveaxis(array, 0, 2)


@dataclass(frozen=True, eq=False, repr=False)
class Economy:
    """A baseline: who spends what on whom, how things are made, and how trade reacts to cost.

    Shapes: `pi`, `tariff` [exporter, importer, sector]; `gamma` [region, input, user]; `alpha`, `beta`,
    `expenditure` [region, sector]; `va`, `deficit` [region]; `theta`, `goods` [sector]. `pi` holds shares of
    duty-inclusive spending and sums to one over exporters; `beta` + sum over inputs of `gamma` is one; `alpha`
    sums to one. `tariff` is a fraction; `theta` > 0 is the trade elasticity; `deficit` is imports minus exports.
    Money is in units of `unit_usd` dollars (1e6: millions). `theta_sets` holds further elasticities for the same
    sectors, `theta_draws` [draw, sector] draws of the default set. The arrays are read-only.
    """

    name: str
    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    pi: FloatArray
    gamma: FloatArray
    beta: FloatArray
    alpha: FloatArray
    va: FloatArray
    deficit: FloatArray
    tariff: FloatArray
    theta: FloatArray
    expenditure: FloatArray
    theta_set: str = "own"
    theta_sets: Mapping[str, FloatArray] = field(default_factory=dict)
    theta_draws: FloatArray | None = None
    goods: BoolArray = field(default_factory=lambda: np.ones(0, dtype=bool))
    unit_usd: float = 1e6
    year: int | None = None
    origins: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        for name in _SHAPES:
            object.__setattr__(self, name, _frozen_array(self, name))
        goods = np.asarray(self.goods, dtype=bool)
        object.__setattr__(self, "goods", goods if goods.size else np.ones(len(self.sectors), dtype=bool))
        _check_structure(self)

    def __repr__(self) -> str:
        size = f"{len(self.regions)} regions × {len(self.sectors)} sectors"
        return f"<Economy {self.name}: {size}, elasticities {self.theta_set}>"

    # -- derived accounts ------------------------------------------------------------------------------------

    @cached_property
    def trade(self) -> FloatArray:
        """Flows [exporter, importer, sector] before duty, home sales on the diagonal."""
        spending = np.ascontiguousarray(self.expenditure.T)[:, None, :]
        return sector_last(sector_first(self.pi) * spending / (1 + sector_first(self.tariff)))

    @cached_property
    def output(self) -> FloatArray:
        """Sales [region, sector] at basic prices, to all destinations."""
        return np.ascontiguousarray(sector_first(self.trade).sum(axis=2).T)

    @cached_property
    def imports_before_duty(self) -> FloatArray:
        """Spending [region, sector] before duty, home purchases included."""
        return np.ascontiguousarray(sector_first(self.trade).sum(axis=1).T)

    @cached_property
    def tariff_revenue(self) -> FloatArray:
        """Duties collected by each region."""
        return (self.expenditure - self.imports_before_duty).sum(axis=1)

    @cached_property
    def income(self) -> FloatArray:
        """Value added + tariff revenue + deficit: what each region spends on final goods."""
        return self.va + self.tariff_revenue + self.deficit

    @cached_property
    def final(self) -> FloatArray:
        """Final spending [region, sector]."""
        return self.alpha * self.income[:, None]

    @cached_property
    def va_by_sector(self) -> FloatArray:
        """Value added [region, sector]."""
        return self.beta * self.output

    @cached_property
    def imbalance(self) -> dict[str, float]:
        """Largest gap in each account, relative to the region's size: goods, labour, payments."""
        intermediates = np.matvec(self.gamma, self.output)
        goods = np.abs(intermediates + self.final - self.expenditure).max(axis=1) / self.expenditure.sum(axis=1)
        labour = np.abs(self.va_by_sector.sum(axis=1) / self.va - 1)
        imports = self.imports_before_duty.sum(axis=1) - self.output.sum(axis=1)
        payments = np.abs(imports - self.deficit) / self.va
        return {"goods": float(goods.max()), "labour": float(labour.max()), "payments": float(payments.max())}

    # -- look-ups --------------------------------------------------------------------------------------------

    @cached_property
    def _region_index(self) -> dict[str, int]:
        return {code: at for at, code in enumerate(self.regions)}

    @cached_property
    def _sector_index(self) -> dict[str, int]:
        return {code: at for at, code in enumerate(self.sectors)}

    def region(self, code: str) -> int:
        """Position of a region; an unknown code raises and lists the nearest."""
        return _position(self._region_index, code, "region", self.name)

    def sector(self, code: str) -> int:
        """Position of a sector; an unknown code raises and lists the nearest."""
        return _position(self._sector_index, code, "sector", self.name)

    def full(self, value: float) -> FloatArray:
        """A writable bilateral array of one value, laid out in memory as the solver wants it."""
        n, s = len(self.regions), len(self.sectors)
        return sector_last(np.full((s, n, n), value))

    # -- variants --------------------------------------------------------------------------------------------

    def require_balance(self) -> Economy:
        """Return the economy itself, or raise when an account is off by more than 1e-9."""
        worst = max(self.imbalance, key=lambda account: self.imbalance[account])
        gap = self.imbalance[worst]
        if not gap <= SHARE_TOLERANCE:
            raise EconomyError(
                f"Economy {self.name!r} does not balance: its {worst} account is off by {gap:.3g} of the region's "
                f"size (at most {SHARE_TOLERANCE:g}). Correct the table, or use economy.balance()."
            )
        return self

    def with_theta(self, theta: str | Sequence[float] | FloatArray) -> Economy:
        """The same baseline under other elasticities: a name in `theta_sets`, or one value for each sector."""
        if not isinstance(theta, str):
            return replace(self, theta=np.asarray(theta, dtype=float), theta_set="own", theta_draws=None)
        if theta == self.theta_set:
            return self
        if theta not in self.theta_sets:
            known = ", ".join(sorted(self.theta_sets)) or "none"
            raise EconomyError(f"Economy {self.name!r} has no elasticities named {theta!r}. It has: {known}.")
        return replace(self, theta=self.theta_sets[theta], theta_set=theta)

    def aggregate(
        self,
        regions: Mapping[str, Sequence[str]] | None = None,
        sectors: Mapping[str, Sequence[str]] | None = None,
    ) -> Economy:
        """Merge regions and sectors: `{"EU": ["AUT", "BEL", …]}`; what is not named stays as it is."""
        from amur.economy.aggregation import aggregate

        return aggregate(self, regions=regions or {}, sectors=sectors or {})

    def balance(self) -> Economy:
        """The nearest balanced economy: shares and value added kept, final spending and deficits moved."""
        from amur.economy.balancing import balance

        return balance(self)

    def update(self, targets: Targets) -> Economy:
        """Move named pairs to observed flows by inversion; see `amur.models.inversion.Targets`."""
        from amur.models.inversion import invert

        return invert(self, targets).economy

    @classmethod
    def from_flows(
        cls,
        table: Any,
        *,
        theta: float | Mapping[str, float],
        name: str = "own",
        unit_usd: float = 1.0,
    ) -> Economy:
        """An economy without input–output links from flows alone; see `amur.economy.tables.economy_from_flows`."""
        from amur.economy.tables import economy_from_flows

        return economy_from_flows(table, theta=theta, name=name, unit_usd=unit_usd)

    def save(self, path: str | Path) -> Path:
        """Write the economy as one .npz file, or as a folder of Parquet when `path` has no suffix."""
        from amur.economy.files import save_economy

        return save_economy(self, path)


_SHAPES: dict[str, str] = {
    "pi": "nns",
    "tariff": "nns",
    "gamma": "nss",
    "beta": "ns",
    "alpha": "ns",
    "expenditure": "ns",
    "va": "n",
    "deficit": "n",
    "theta": "s",
}


def _frozen_array(economy: Economy, name: str) -> FloatArray:
    """The named array as read-only float64, bilateral ones with the sector as the slowest axis in memory."""
    array = np.asarray(getattr(economy, name), dtype=np.float64)
    sizes = {"n": len(economy.regions), "s": len(economy.sectors)}
    wanted = tuple(sizes[axis] for axis in _SHAPES[name])
    if array.shape != wanted:
        raise EconomyError(
            f"Array {name!r} of economy {economy.name!r} has shape {array.shape}; {len(economy.regions)} regions and "
            f"{len(economy.sectors)} sectors need {wanted}."
        )
    if not np.isfinite(array).all():
        raise EconomyError(f"Array {name!r} of economy {economy.name!r} holds NaN or infinity. Fill or drop the cell.")
    array = sector_last(sector_first(array)) if _SHAPES[name] == "nns" else np.ascontiguousarray(array)
    array = array.view()
    array.flags.writeable = False
    return array


def _check_structure(economy: Economy) -> None:
    """Raise unless labels are unique, shares are shares, deficits sum to zero and elasticities are positive."""
    for kind, labels in (("regions", economy.regions), ("sectors", economy.sectors)):
        twice = sorted({code for code in labels if labels.count(code) > 1})
        if twice:
            raise EconomyError(f"Economy {economy.name!r} has {kind} that occur twice: {twice}. Rename or merge them.")
    for name in ("pi", "gamma", "alpha", "beta", "expenditure"):
        _refuse(economy, name, getattr(economy, name) < 0, "is negative", "Shares and spending cannot be below zero.")
    _refuse(economy, "va", economy.va <= 0, "is not positive", "Every region needs value added; drop the region.")
    _refuse(economy, "theta", economy.theta <= 0, "is not positive", "A trade elasticity must be above zero.")
    _refuse(economy, "tariff", economy.tariff <= -1, "is -100 % or less", "Give rates as fractions above -1.")
    spent = economy.expenditure > 0
    off = np.where(spent, np.abs(sector_first(economy.pi).sum(axis=1).T - 1), 0.0)
    _refuse(economy, "pi", off > SHARE_TOLERANCE, "does not sum to one over exporters", "Divide by the column sum.")
    off = np.abs(economy.beta + economy.gamma.sum(axis=1) - 1)
    _refuse(economy, "beta", off > SHARE_TOLERANCE, "and gamma over inputs do not sum to one", "Rescale the column.")
    off = np.abs(economy.alpha.sum(axis=1) - 1)
    _refuse(economy, "alpha", off > SHARE_TOLERANCE, "does not sum to one over sectors", "Divide by the sum.")
    world = abs(float(economy.deficit.sum())) / float(economy.va.sum())
    if world > SHARE_TOLERANCE:
        raise EconomyError(
            f"Deficits of economy {economy.name!r} sum to {world:.3g} of world value added, not to zero. "
            "Every import is somebody's export: correct the table, or use economy.balance()."
        )
    if economy.theta_set not in {"own", *economy.theta_sets} and economy.theta_set not in THETA_SETS:
        raise EconomyError(f"Unknown set of elasticities {economy.theta_set!r}; the default is {DEFAULT_THETA_SET}.")


def _refuse(economy: Economy, name: str, bad: BoolArray, fault: str, remedy: str) -> None:
    """Raise an error that names the first bad cell by its labels."""
    if not bad.any():
        return
    at = tuple(int(k) for k in np.argwhere(bad)[0])
    axes = _SHAPES[name] if bad.ndim == len(_SHAPES[name]) else "ns"[: bad.ndim]
    labels = ", ".join(
        (economy.regions if axis == "n" else economy.sectors)[k] for axis, k in zip(axes, at, strict=True)
    )
    value = f" ({getattr(economy, name)[at]:.6g})" if bad.shape == getattr(economy, name).shape else ""
    count = int(bad.sum())
    others = f", and in {count - 1} other cells" if count > 1 else ""
    raise EconomyError(f"{name}[{labels}]{value} {fault} in economy {economy.name!r}{others}. {remedy}")


def _position(index: Mapping[str, int], code: str, kind: str, name: str) -> int:
    if code in index:
        return index[code]
    from difflib import get_close_matches

    near = get_close_matches(code, list(index), n=3, cutoff=0.0)
    raise EconomyError(f"Economy {name!r} has no {kind} {code!r}. Nearest: {', '.join(near)}.")
