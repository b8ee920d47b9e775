"""From instruments to a shock on an economy: in order, with contradictions and empty shocks refused."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from amur.economy import Economy
from amur.economy.baseline import BoolArray, FloatArray
from amur.errors import ScenarioError
from amur.models.shock import Shock
from amur.scenario.instruments import (
    Ban,
    Barrier,
    Bilateral,
    Constraint,
    Instrument,
    Preference,
    PriceCap,
    Productivity,
    Quota,
    Transport,
)
from amur.scenario.parts import Direct, Part, changes, collapse, require_admissible, split, untreated
from amur.scenario.selection import Outside, select_countries, select_flows

MOST_PARTS = 32
"""More than five instruments on the same flows from which a share escapes cannot be meant."""


@dataclass(frozen=True, eq=False)
class Limit:
    """A quota or price cap and the flows [exporter, importer, sector] it holds for."""

    instrument: Constraint
    cells: BoolArray
    number: int


@dataclass(frozen=True, eq=False)
class Compiled:
    """A scenario on one economy: the shock, its limits, what they touch and what the blocs named leave out.

    `touched` [exporter, importer, sector] are the flows with trade that an instrument changes or limits,
    `industries` [region, sector] those whose productivity changes.
    """

    shock: Shock
    limits: tuple[Limit, ...]
    touched: BoolArray
    industries: BoolArray
    outside: tuple[Outside, ...]


@dataclass(frozen=True, eq=False)
class _State:
    """What the shocks so far have made of the baseline; `effects` are the flows that each has changed."""

    economy: Economy
    date: datetime.date | None
    parts: tuple[Part, ...]
    traded: BoolArray
    industries: BoolArray
    taste: FloatArray | None = None
    productivity: FloatArray | None = None
    limits: tuple[Limit, ...] = ()
    effects: Mapping[int, BoolArray] = field(default_factory=dict)
    bans: frozenset[int] = frozenset()
    movers: Mapping[str, np.ndarray] = field(default_factory=dict)
    outside: tuple[Outside, ...] = ()

    def flow(self, cells: BoolArray) -> str:
        """The first of some flows by its labels, and how many more there are."""
        exporter, importer, sector = np.argwhere(cells)[0]
        economy, others = self.economy, int(cells.sum()) - 1
        name = f"{economy.regions[exporter]}→{economy.regions[importer]} {economy.sectors[sector]}"
        return f"{name} and {others} more" if others else name

    def with_effect(self, number: int, cells: BoolArray) -> _State:
        return replace(self, effects={**self.effects, number: cells})


def compile_shocks(
    economy: Economy,
    instruments: Sequence[Instrument],
    *,
    theta: FloatArray,
    date: datetime.date | None = None,
    place: Callable[[int], str] = lambda number: f"shock {number + 1}",
) -> Compiled:
    """The shock that `instruments` make of `economy`, taken in order.

    `theta` are the trade elasticities of the horizon, `date` the day at which bloc membership is read;
    `place(number)` says in messages where a shock stands. Raises ScenarioError on unknown names, on a shock
    that changes nothing and on shocks that contradict each other.
    """
    state = _State(economy, date, (untreated(economy),), economy.trade > 0, np.zeros(economy.output.shape, dtype=bool))
    for number, instrument in enumerate(instruments):
        try:
            state = _apply(state, number, instrument)
        except ScenarioError as error:
            text = str(error)
            raise ScenarioError(f"{place(number)}: {text}{'' if text.endswith(('.', '?')) else '.'}") from error
    collapsed = collapse(state.parts, economy, theta)
    shock = Shock(
        cost_hat=collapsed.cost_hat,
        tariff_new=collapsed.tariff_new,
        export_tax_new=collapsed.export_tax_new,
        productivity_hat=state.productivity,
        taste_hat=None if state.taste is None else _rescaled(economy, state.taste),
    )
    _require_effects(state, shock, place)
    touched = np.any(list(state.effects.values()), axis=0) if state.effects else np.zeros_like(state.traded)
    return Compiled(shock, state.limits, touched, state.industries, tuple(dict.fromkeys(state.outside)))


# ── one instrument ──────────────────────────────────────────────────────────────────────────────


def _apply(state: _State, number: int, instrument: Instrument) -> _State:
    if isinstance(instrument, Productivity):
        return _apply_productivity(state, instrument)
    state, cells = _traded_cells(state, instrument)
    if isinstance(instrument, Quota | PriceCap):
        return _apply_limit(state, number, instrument, cells)
    if isinstance(instrument, Preference):
        return _apply_preference(state, number, instrument, cells)
    return _apply_direct(state, number, instrument, cells)


def _traded_cells(state: _State, instrument: Bilateral) -> tuple[_State, BoolArray]:
    selection = select_flows(state.economy, instrument, state.date)
    cells = selection.cells & state.traded
    if not cells.any():
        raise ScenarioError("changes nothing, since there is no trade in the flows it names. Remove it")
    return replace(state, outside=(*state.outside, *selection.outside)), cells


def _apply_productivity(state: _State, instrument: Productivity) -> _State:
    selection = select_countries(state.economy, instrument, state.date)
    cells = selection.cells & (state.economy.output > 0)
    if instrument.change == 0 or not cells.any():
        raise ScenarioError("changes nothing: its change is zero, or nothing is produced there. Remove it")
    before = np.ones(cells.shape) if state.productivity is None else state.productivity
    after = np.where(cells, before * (1 + instrument.change), before)
    outside = (*state.outside, *selection.outside)
    return replace(state, productivity=after, industries=state.industries | cells, outside=outside)


def _apply_limit(state: _State, number: int, instrument: Constraint, cells: BoolArray) -> _State:
    for earlier in state.limits:
        twice = earlier.cells & cells
        if twice.any():
            raise ScenarioError(
                f"limits {state.flow(twice)}, as shock {earlier.number + 1} does. Name each flow in one limit"
            )
    if isinstance(instrument, PriceCap) and int(cells.any(axis=1).sum()) > 1:
        raise ScenarioError("caps more than one price. Write one price cap for each exporter and sector")
    limited = replace(state, limits=(*state.limits, Limit(instrument, cells, number)))
    return limited.with_effect(number, cells)


def _apply_preference(state: _State, number: int, instrument: Preference, cells: BoolArray) -> _State:
    if instrument.change == 0:
        raise ScenarioError("changes nothing, since its change is zero. Remove it")
    before = state.economy.full(1.0) if state.taste is None else state.taste
    after = np.where(cells, before * (1 + instrument.change), before)
    return replace(state, taste=after).with_effect(number, cells)


def _apply_direct(state: _State, number: int, instrument: Direct, cells: BoolArray) -> _State:
    state = _note_rates(state, number, instrument, cells)
    parts = split(state.parts, instrument, cells)
    require_admissible(parts, cells, state.flow)
    changed = changes(state.parts, parts, splits=instrument.escapes > 0) & state.traded
    if not changed.any():
        raise ScenarioError(f"changes nothing in {state.flow(cells)}. Remove it or change its value")
    if len(parts) > MOST_PARTS:
        raise ScenarioError("is the sixth shock from which a share escapes. Merge some of them")
    bans = state.bans | {number} if isinstance(instrument, Ban) else state.bans
    return replace(state, parts=parts, bans=bans).with_effect(number, changed)


def _note_rates(state: _State, number: int, instrument: Direct, cells: BoolArray) -> _State:
    """Remember who moved a rate; refuse to set one that was moved before, as one of the two would have no effect."""
    if isinstance(instrument, Barrier | Transport | Ban):
        return state
    kind = instrument.instrument
    before = state.movers.get(kind, np.full(cells.shape, -1))
    twice = cells & (before >= 0)
    if instrument.choice == "set" and twice.any():
        earlier = int(before[tuple(np.argwhere(twice)[0])])
        raise ScenarioError(
            f"contradicts shock {earlier + 1}: it sets the {kind.replace('_', ' ')} on {state.flow(twice)}, which that "
            "one has already changed. Except these flows from one of the two"
        )
    return replace(state, movers={**state.movers, kind: np.where(cells, number, before)})


# ── all together ────────────────────────────────────────────────────────────────────────────────


def _rescaled(economy: Economy, taste: FloatArray) -> FloatArray:
    """Weights whose mean over sellers, by baseline spending, is one for every buyer and sector."""
    mean = (economy.pi * taste).sum(axis=0)
    lost = (mean <= 0) & (economy.expenditure > 0)
    if lost.any():
        buyer, sector = np.argwhere(lost)[0]
        raise ScenarioError(
            f"The preferences leave {economy.regions[buyer]} no supplier of {economy.sectors[sector]}. Leave it one."
        )
    return taste / np.where((mean > 0) & (taste != 1).any(axis=0), mean, 1.0)


def _require_effects(state: _State, shock: Shock, place: Callable[[int], str]) -> None:
    """Refuse a shock whose flows another one bans altogether, and shocks that cancel out."""
    banned = np.zeros_like(state.traded) if shock.cost_hat is None else np.isinf(shock.cost_hat)
    for number, cells in state.effects.items():
        if number not in state.bans and not (cells & ~banned).any():
            raise ScenarioError(
                f"{place(number)}: has no effect, because another shock bans all the flows it touches. Remove it."
            )
    arrays = (shock.cost_hat, shock.tariff_new, shock.export_tax_new, shock.taste_hat, shock.productivity_hat)
    if all(array is None for array in arrays) and not state.limits:
        raise ScenarioError("The shocks cancel out: together they change nothing. Remove them or change a value.")
