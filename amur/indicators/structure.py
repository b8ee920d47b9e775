"""What a pair trades against what it could: intensity, comparative advantage, complementarity, Grubel–Lloyd."""

from __future__ import annotations

import narwhals as nw

from amur.indicators.shares import partner_shares
from amur.indicators.values import (
    FLOWS,
    MIRRORED,
    PAIR,
    AnyFrame,
    Frame,
    country_values,
    known_sums,
    pair_values,
    quotient,
    world_values,
)


def trade_intensities(flows: AnyFrame) -> Frame:
    """Trade with the object relative to what the object's weight in the rest of the world would give.

    Of exports: (X_ij / E_i) / (M_j / (M_w − M_i)); of imports and total likewise with the partner's exports
    and total. One means as much as its weight; the subject itself is no market of its own, so it is left out
    of the world's denominator. The form with world exports as denominator is larger for large countries.
    """
    sizes = country_values(flows).join(
        world_values(flows).select("product", "period", *(nw.col(f"{f}_usd").alias(f"world_{f}") for f in FLOWS)),
        on=["product", "period"],
        how="inner",
    )
    subject = sizes.select(
        "subject", "product", "period", *((nw.col(f"world_{f}") - nw.col(f"{f}_usd")).alias(f"rest_{f}") for f in FLOWS)
    )
    partner = sizes.select(
        nw.col("subject").alias("object"),
        "product",
        "period",
        *(nw.col(f"{f}_usd").alias(f"partner_{f}") for f in FLOWS),
    )
    joined = partner_shares(flows).join(subject, on=["subject", "product", "period"], how="inner")
    joined = joined.join(partner, on=["object", "product", "period"], how="inner")
    names = []
    for flow, met in MIRRORED.items():
        weight = quotient(nw.col(f"partner_{met}"), nw.col(f"rest_{met}"))
        joined = joined.with_columns(weight.alias(f"weight_for_{flow}"))
        names.append(quotient(nw.col(f"share_of_{flow}"), nw.col(f"weight_for_{flow}")).alias(f"intensity_of_{flow}"))
    return joined.with_columns(*names)


def revealed_advantages(flows: AnyFrame) -> Frame:
    """Revealed comparative advantage by product: (X_i^k / E_i) / (X_w^k / E_w), after Balassa (1965, recalled).

    Columns subject, product, period, exports_usd, share_in_exports, share_in_world, rca. The products of the
    table are taken to make up all exports: never mix a product with its own parts.
    """
    profiles = product_shares(flows, "exports").rename({"share": "share_in_exports"})
    world = product_shares_of_world(flows)
    joined = profiles.join(world, on=["product", "period"], how="inner")
    return joined.with_columns(rca=quotient(nw.col("share_in_exports"), nw.col("share_in_world")))


def complementarities(flows: AnyFrame) -> Frame:
    """How well the subject's exports fit the object's imports: 1 − ½ Σ_k |m_j^k − x_i^k|, from 0 to 1.

    Computed as Σ_k min(m_j^k, x_i^k), which is the same since both sets of shares sum to one, and needs no
    rows for what neither trades.
    """
    sells = product_shares(flows, "exports").rename({"share": "_sold"}).drop("exports_usd")
    buys = product_shares(flows, "imports").rename({"share": "_bought", "subject": "object"}).drop("imports_usd")
    met = sells.join(buys, on=["product", "period"], how="inner").filter(nw.col("subject") != nw.col("object"))
    known = ~nw.col("_sold").is_null() & ~nw.col("_bought").is_null()
    common = met.with_columns(_common=nw.when(known).then(nw.min_horizontal("_sold", "_bought")))
    return known_sums(common, ("subject", "object", "period"), ("_common",)).rename({"_common": "complementarity"})


def grubel_lloyd(flows: AnyFrame) -> Frame:
    """The share of two-way trade within products: 1 − Σ_k |X_k − M_k| / Σ_k (X_k + M_k), by pair and period.

    One where each product flows both ways in equal amounts, zero where every product flows one way only.
    It rises with the width of the products, so compare only at the same detail.
    """
    parts = pair_values(flows).with_columns(_gap=nw.col("balance_usd").abs())
    summed = known_sums(parts, ("subject", "object", "period"), ("_gap", "total_usd"))
    return summed.with_columns(grubel_lloyd=1 - quotient(nw.col("_gap"), nw.col("total_usd"))).drop("_gap")


def grubel_lloyd_by_product(flows: AnyFrame) -> Frame:
    """The same for each product by itself: 1 − |X − M| / (X + M)."""
    parts = pair_values(flows)
    within = 1 - quotient(nw.col("balance_usd").abs(), nw.col("total_usd"))
    return parts.with_columns(grubel_lloyd=within).select(*PAIR, "total_usd", "grubel_lloyd")


def product_shares(flows: AnyFrame, flow: str) -> Frame:
    """The share of each product in a country's exports or imports: subject, product, period, `<flow>_usd`, share."""
    amount = f"{flow}_usd"
    values = country_values(flows).select("subject", "product", "period", amount)
    whole = known_sums(values, ("subject", "period"), (amount,)).rename({amount: "_all"})
    joined = values.join(whole, on=["subject", "period"], how="inner")
    return joined.with_columns(share=quotient(nw.col(amount), nw.col("_all"))).drop("_all")


def product_shares_of_world(flows: AnyFrame) -> Frame:
    """The share of each product in world exports: product, period, share_in_world."""
    values = world_values(flows).select("product", "period", "exports_usd")
    whole = known_sums(values, ("period",), ("exports_usd",)).rename({"exports_usd": "_all"})
    joined = values.join(whole, on=["period"], how="inner")
    shared = joined.with_columns(share_in_world=quotient(nw.col("exports_usd"), nw.col("_all")))
    return shared.select("product", "period", "share_in_world")
