"""Who weighs how much in whose trade: shares, asymmetry and ranks of partners, as tables."""

from __future__ import annotations

import narwhals as nw

from amur.errors import MeasureError
from amur.indicators.values import COUNTRY, FLOWS, MIRRORED, PAIR, AnyFrame, Frame, pair_values, quotient

TIE = 1e-9
"""Amounts closer than this, relative to the larger, share a rank: engines add in different orders."""

THRESHOLD = 0.5
"""A partner with at least this share of a flow is one that the subject depends on."""


def partner_shares(flows: AnyFrame) -> Frame:
    """The object's share of the subject's exports, imports and total trade, beside the amounts.

    share_of_exports = X_ij / E_i, share_of_imports = X_ji / M_i, share_of_total = (X_ij + X_ji) / (E_i + M_i);
    `<flow>_usd_all` are the denominators. Null where the subject does not trade.
    """
    pairs = pair_values(flows)
    sums = [nw.col(f"{flow}_usd").sum().over(*COUNTRY) for flow in FLOWS]
    unknown = [nw.col(f"{flow}_usd").is_null().cast(nw.Int64).sum().over(*COUNTRY) for flow in FLOWS]
    whole = pairs.with_columns(
        *(
            nw.when(missing == 0).then(total).alias(f"{flow}_usd_all")
            for flow, total, missing in zip(FLOWS, sums, unknown, strict=True)
        )
    )
    return whole.with_columns(
        *(quotient(nw.col(f"{flow}_usd"), nw.col(f"{flow}_usd_all")).alias(f"share_of_{flow}") for flow in FLOWS)
    )


def shares_of_gdp(flows: AnyFrame, gdp: AnyFrame) -> Frame:
    """The subject's exports, imports and total trade with the object over the subject's GDP.

    `gdp` has place, period and gdp_usd, in current dollars like the flows.
    """
    table = nw.from_native(gdp).lazy()
    missing = {"place", "period", "gdp_usd"} - set(table.collect_schema().names())
    if missing:
        raise MeasureError(f"The table of GDP lacks the columns {', '.join(sorted(missing))}.")
    sized = table.select(nw.col("place").alias("subject"), "period", "gdp_usd")
    joined = pair_values(flows).join(sized, on=["subject", "period"], how="inner")
    return joined.with_columns(
        *(quotient(nw.col(f"{flow}_usd"), nw.col("gdp_usd")).alias(f"{flow}_over_gdp") for flow in FLOWS)
    )


def asymmetries(flows: AnyFrame) -> Frame:
    """How much more the object weighs for the subject than the other way round, by flow.

    Both sides of one flow are compared: the subject's share of exports s = X_ij / E_i with the object's
    share of imports r = X_ij / M_j, and so on. ratio s / r, difference s − r, log_ratio ln(s / r). The bilateral
    amount cancels out of the ratio, which for the total is the ratio of the two countries' whole trade; it
    stays in the difference.
    """
    names = [f"share_of_{flow}" for flow in FLOWS]
    here = partner_shares(flows).select(*PAIR, *names)
    turned = here.select(
        nw.col("object").alias("subject"),
        nw.col("subject").alias("object"),
        "product",
        "period",
        *(nw.col(f"share_of_{MIRRORED[flow]}").alias(f"share_of_{flow}_reverse") for flow in FLOWS),
    )
    both = here.join(turned, on=list(PAIR), how="inner")
    compared = []
    for flow in FLOWS:
        there, back = nw.col(f"share_of_{flow}"), nw.col(f"share_of_{flow}_reverse")
        # A logarithm of zero is no number: it is left null, like the ratio over zero.
        logarithm = nw.when((there > 0) & (back > 0)).then(there / back).log()
        compared += [
            quotient(there, back).alias(f"ratio_of_{flow}"),
            (there - back).alias(f"difference_of_{flow}"),
            logarithm.alias(f"log_ratio_of_{flow}"),
        ]
    return both.with_columns(*compared)


def partner_ranks(flows: AnyFrame, *, tie: float = TIE) -> Frame:
    """The object's rank among the subject's partners by exports, imports and total, 1 the largest.

    Amounts within `tie` of each other, relative to the larger, share the better rank. Null where the
    object has no trade in that flow.
    """
    ranked = partner_shares(flows)
    for flow in FLOWS:
        ranked = _ranked(ranked, flow, tie)
    return ranked


def top_partners(flows: AnyFrame, *, threshold: float = THRESHOLD) -> Frame:
    """For each subject and flow the largest partner, its share and its distance to `threshold`.

    Columns flow, top, top_share, distance_to_threshold (negative above it) and dependent. Of partners
    that tie, the first by code is named.
    """
    ranked = partner_ranks(flows)
    tops = []
    for flow in FLOWS:
        first = ranked.filter(nw.col(f"rank_by_{flow}") == 1)
        best = first.group_by(*COUNTRY).agg(
            nw.col("object").min().alias("top"), nw.col(f"share_of_{flow}").max().alias("top_share")
        )
        tops.append(best.with_columns(nw.lit(flow).alias("flow")))
    distance = nw.lit(threshold) - nw.col("top_share")
    return nw.concat(tops).with_columns(
        distance_to_threshold=distance, dependent=nw.col("top_share") >= nw.lit(threshold * (1 - TIE))
    )


def _ranked(frame: Frame, flow: str, tie: float) -> Frame:
    """Rank within each subject: a partner opens a new rank where the one before it is larger by more than a tie."""
    value, least = nw.col(f"{flow}_usd"), nw.col("_least")
    ordered = frame.with_columns(_least=nw.when(value > 0).then(-value).otherwise(nw.lit(0.0)), _one=nw.lit(1))
    placed = ordered.with_columns(
        _before=least.shift(1).over(*COUNTRY, order_by="_least"),
        _place=nw.col("_one").cum_sum().over(*COUNTRY, order_by="_least"),
    )
    opens = nw.col("_before").is_null() | (nw.col("_before") < least * (1 + tie))
    opened = placed.with_columns(_opened=nw.when(opens).then(nw.col("_place")).otherwise(nw.lit(1)))
    ranks = opened.with_columns(_rank=nw.col("_opened").cum_max().over(*COUNTRY, order_by="_least"))
    return ranks.with_columns(nw.when(value > 0).then(nw.col("_rank")).alias(f"rank_by_{flow}")).drop(
        "_least", "_before", "_place", "_opened", "_rank", "_one"
    )
