"""How concentrated a country's trade is on few partners, as tables."""

from __future__ import annotations

import narwhals as nw

from amur.indicators.shares import partner_shares
from amur.indicators.values import COUNTRY, FLOWS, AnyFrame, Frame, quotient


def concentrations(flows: AnyFrame) -> Frame:
    """Concentration of each subject's exports, imports and total trade over partners.

    hhi_<flow> = Σ s², between 1/n and 1 with n partners (partners_<flow>); effective_<flow> = 1 / hhi, the
    number of equal partners that would give the same; hirschman_<flow> = √hhi, Hirschman's form of 1945
    (recalled); hhi_normalised_<flow> = (hhi − 1/n) / (1 − 1/n), null with one partner.
    """
    shares = partner_shares(flows)
    squared = shares.with_columns(
        *((nw.col(f"share_of_{flow}") * nw.col(f"share_of_{flow}")).alias(f"_square_{flow}") for flow in FLOWS),
        *(nw.col(f"share_of_{flow}").is_null().cast(nw.Int64).alias(f"_unknown_{flow}") for flow in FLOWS),
        *((nw.col(f"{flow}_usd") > 0).cast(nw.Int64).alias(f"_is_partner_{flow}") for flow in FLOWS),
    )
    summed = squared.group_by(*COUNTRY).agg(
        *(nw.col(f"_square_{flow}").sum().alias(f"_sum_{flow}") for flow in FLOWS),
        *(nw.col(f"_unknown_{flow}").sum() for flow in FLOWS),
        *(nw.col(f"_is_partner_{flow}").sum().alias(f"partners_{flow}") for flow in FLOWS),
    )
    result = summed.with_columns(
        *(nw.when(nw.col(f"_unknown_{flow}") == 0).then(nw.col(f"_sum_{flow}")).alias(f"hhi_{flow}") for flow in FLOWS)
    ).drop(*(f"_{name}_{flow}" for name in ("sum", "unknown") for flow in FLOWS))
    for flow in FLOWS:
        hhi, least = nw.col(f"hhi_{flow}"), 1 / nw.col(f"partners_{flow}")
        result = result.with_columns(
            quotient(nw.lit(1.0), hhi).alias(f"effective_{flow}"),
            hhi.sqrt().alias(f"hirschman_{flow}"),
            nw.when(nw.col(f"partners_{flow}") > 1).then((hhi - least) / (1 - least)).alias(f"hhi_normalised_{flow}"),
        )
    return result
