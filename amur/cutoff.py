"""A first look at what a cut tie would cost: a closed form that needs no solver.

    loss   = αᵀ (I − diag(π_home) γᵀ)⁻¹ z        z_s = −ln(1 − ω_s) / θ_s

for one country (the subject), with

    ω_s      the partner's share of its spending on s, duties included     θ_s    the trade elasticity
    π_home   its own share of its spending on s                            α_s    its final spending shares
    γ[k, s]  the share of input k in the cost of s

z_s is how much dearer sector s becomes when the varieties of the partner vanish (Feenstra 1994; Arkolakis,
Costinot and Rodríguez-Clare 2012); the matrix passes the rise on to what is made at home from it. The loss
is the rise of the price of final spending, a change of logarithms. It looks at imports alone, wages and
the trade balance do not move, and second-round effects through other countries are left out: it is a
first-order figure and no bound, neither from above nor from below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from amur import codes
from amur.economy import DEFAULT_THETA_SET, Economy, load_economy
from amur.economy.baseline import FloatArray
from amur.errors import MeasureError, NoDataError, NoEquilibriumError
from amur.figures import Figure, with_interval
from amur.indicators import wording
from amur.indicators.ledger import carried_forward, ledgers
from amur.indicators.question import Answers, Question
from amur.indicators.registry import Measure
from amur.intervals import Interval
from amur.origins import load_origins
from amur.periods import Period
from amur.text import Text

MEASURE = "first_look"
MEASURE_WITHOUT_LINKS = "first_look_without_links"


@dataclass(frozen=True)
class Loss:
    """The closed form for one country and one set of elasticities.

    `total` and `direct` (without input–output links) are rises of the final price in logarithms; `by_sector`
    splits `total` by the sector whose imports vanish, in the order of `sectors`; `share` is ω.
    """

    total: float
    direct: float
    by_sector: FloatArray
    share: FloatArray
    sectors: tuple[str, ...]


def closed_form(economy: Economy, subject: str, partner: str) -> Loss:
    """The loss of `subject` when nothing comes from `partner` any more, both regions of `economy`.

    Raises NoEquilibriumError where the partner is the only supplier of something the subject uses.
    """
    n, m = economy.region(subject), economy.region(partner)
    share, home, alpha = economy.pi[m, n], economy.pi[n, n], economy.alpha[n]
    # exposure_s: how the final price moves with the price of imports of s, links included.
    links = np.eye(len(alpha)) - home[:, None] * economy.gamma[n].T
    exposure = np.linalg.solve(links.T, alpha)
    only = (share >= 1 - 1e-12) & (exposure > 0)
    if only.any():
        sector = economy.sectors[int(np.argmax(only))]
        raise NoEquilibriumError(
            f"{subject} buys all its {sector} from {partner}, so the closed form has no finite price for it. "
            "Merge the sector with a wider one, or simulate a partial cut."
        )
    rise = -np.log1p(-np.where(exposure > 0, share, 0.0)) / economy.theta
    by_sector = exposure * rise
    return Loss(float(by_sector.sum()), float(alpha @ rise), by_sector, share, economy.sectors)


def first_look(
    a: str, b: str, *, economy: str | Economy = "icio-2022", thetas: Iterable[str] = (), language: str = "en"
) -> tuple[Figure, ...]:
    """What `a` loses when nothing comes from `b`, as figures: the default elasticities first, then each other set.

    The first two figures, with and without links, carry the range over all sets as their interval (kind
    `elasticity`); then one figure a set, and the span of the middle 90 % of the draws of the default set.
    `thetas` names the sets; all that the economy has unless given. Fractions: changes of logarithms.
    """
    subject, partner = _regions(a, b)
    table = _merged(load_economy(economy) if isinstance(economy, str) else economy, subject, partner)
    names = tuple(thetas) or (table.theta_set, *(name for name in table.theta_sets if name != table.theta_set))
    losses = {name: closed_form(table.with_theta(name), subject.code, partner.code) for name in names}
    template = _template(table, subject.code, partner.code, language)
    first = losses[names[0]]
    heads = [
        _ranged(replace(template, value=first.total), [loss.total for loss in losses.values()]),
        _ranged(
            replace(template, measure=MEASURE_WITHOUT_LINKS, value=first.direct),
            [loss.direct for loss in losses.values()],
        ),
    ]
    text = Text(language)
    each = [
        replace(template, value=loss.total, note=text("measures.note.theta_set", theta=name))
        for name, loss in losses.items()
    ]
    return (*heads, *each, *_over_draws(table, template, text))


def first_look_by_sector(
    a: str, b: str, *, economy: str | Economy = "icio-2022", theta: str = DEFAULT_THETA_SET
) -> list[dict[str, str | float]]:
    """Rows for a table: sector, share of spending, what it adds to the loss; the largest first."""
    subject, partner = _regions(a, b)
    table = _merged(load_economy(economy) if isinstance(economy, str) else economy, subject, partner)
    loss = closed_form(table.with_theta(theta), subject.code, partner.code)
    order = np.argsort(-loss.by_sector, kind="stable")
    return [
        {
            "sector": loss.sectors[at],
            "share_of_spending": float(loss.share[at]),
            "loss": float(loss.by_sector[at]),
        }
        for at in order
    ]


def _regions(a: str, b: str) -> tuple[codes.Place, codes.Place]:
    subject, partner = codes.place(a), codes.place(b)
    mine, theirs = _members(subject), _members(partner)
    if common := sorted(mine & theirs):
        raise MeasureError(
            f"{subject.code} and {partner.code} overlap ({', '.join(common)}). Name two places without a common member."
        )
    return subject, partner


def _members(place: codes.Place) -> frozenset[str]:
    if isinstance(place, codes.Bloc) and place.kind != "aggregate":
        return place.members
    return frozenset({place.code})


def _merged(economy: Economy, *places: codes.Place) -> Economy:
    """The economy with each bloc of `places` merged into one region under its code."""
    groups: dict[str, list[str]] = {}
    for place in places:
        if place.code in economy.regions:
            continue
        present = sorted(_members(place) & set(economy.regions))
        if not isinstance(place, codes.Bloc) or not present:
            raise NoDataError(
                f"The economy {economy.name} has no region {place.code} ({place.name_en}). "
                "Choose a country that it has, or give an economy of your own."
            )
        groups[place.code] = present
    return economy.aggregate(regions=groups) if groups else economy


def _template(economy: Economy, subject: str, partner: str, language: str) -> Figure:
    return Figure(
        measure=MEASURE,
        subject=subject,
        object=partner,
        flow="imports",
        period=Period.of_year(economy.year) if economy.year else None,
        unit="fraction",
        basis=_basis(economy, (subject, partner), Text(language)),
        origins=tuple(_origin_key(name) for name in economy.origins),
    )


def _basis(economy: Economy, places: tuple[str, str], text: Text) -> str:
    """What the closed form leaves out, and whose structure the table behind the economy carries forward."""
    form = text("measures.basis.first_look", economy=economy.name)
    if economy.year is None:
        return form
    year = Period.of_year(economy.year)
    # A bundled economy is named after the table and the year that it was calibrated on.
    tables = [item for item in ledgers() if item.home_sales and economy.name.startswith(item.key)]
    found = (carried_forward(item, codes.place(code), year) for item in tables for code in places)
    carried = tuple(dict.fromkeys(code for group in found for code in group))
    return wording.together(wording.nowcast_basis(carried, year, text), form)


def _origin_key(name: str) -> str:
    """The key of an origin that an economy may name by its file."""
    known = load_origins()
    return next((key for key, item in known.items() if name in (key, Path(item.file).name)), name)


def _ranged(figure: Figure, values: list[float]) -> Figure:
    if len(values) < 2:
        return figure
    return with_interval(figure, Interval(min(values), max(values)), "elasticity")


def _over_draws(economy: Economy, template: Figure, text: Text) -> tuple[Figure, ...]:
    """The median of the draws of the default elasticities with their middle 90 %; nothing where there are none."""
    if economy.theta_draws is None:
        return ()
    values = losses_over_draws(economy, template.subject, template.object)
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    note = text("measures.note.theta_draws", draws=len(values), theta=economy.theta_set)
    figure = replace(template, value=float(middle), note=note)
    return (with_interval(figure, Interval(float(low), float(high)), "elasticity"),)


def losses_over_draws(economy: Economy, subject: str, partner: str) -> FloatArray:
    """The loss under each draw of the elasticities, [draw]; the part that they do not touch is computed once."""
    if economy.theta_draws is None:
        raise NoDataError(f"The economy {economy.name} has no draws of elasticities. Use one that has.")
    loss = closed_form(economy, subject, partner)
    return (loss.by_sector * economy.theta) @ (1 / economy.theta_draws).T


def _answer(measure: str) -> Callable[[Question], Answers]:
    """The figures of one of the two closed forms, the default elasticities first."""

    def compute(question: Question) -> Answers:
        """The figures of this measure, of one period where one is asked for."""
        query = question.query
        if query.data is not None or query.source or question.product or question.base:
            raise MeasureError(
                f"{measure} is computed on the bundled economy as a whole. Leave data, source, product and base out."
            )
        found = first_look(question.subject.code, question.other.code, language=query.language)
        wanted = tuple(figure for figure in found if figure.measure == measure)
        kept = tuple(figure for figure in wanted if question.period in (None, figure.period))
        years = ", ".join(sorted({figure.period.label for figure in wanted if figure.period}))
        return Answers(kept, () if kept else (f"{measure} is known for {years} alone.",))

    return compute


MEASURES = (
    Measure(
        MEASURE, "α′ (I − diag(π_home) γ′)⁻¹ z, z_s = −ln(1 − ω_s) / θ_s", "fraction", _answer(MEASURE), flow="imports"
    ),
    Measure(MEASURE_WITHOUT_LINKS, "Σ_s α_s z_s", "fraction", _answer(MEASURE_WITHOUT_LINKS), flow="imports"),
)
"""The closed forms as measures, beside those of `amur.indicators`: `amur.measures()` lists both."""
