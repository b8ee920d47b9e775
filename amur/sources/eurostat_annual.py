"""Eurostat: EU27 exports by partner, 2010–2023."""

from amur.sources import ECB_YEARS, Source

SOURCE = Source(
    key="eurostat-annual",
    origin="eurostat-annual",
    query=f"""
        SELECT 'EU27' AS exporter, importer, 'total' AS product, 'total' AS nomenclature,
               CAST(flows.year AS VARCHAR) AS period, value_eur AS value, 'EUR' AS currency,
               value_eur * usd_per_eur AS value_usd,
               CAST(NULL AS DOUBLE) AS quantity, CAST(NULL AS VARCHAR) AS unit
        FROM read_parquet('{{data}}/trade/eurostat_eu27_exports_annual_by_partner.parquet') AS flows
        LEFT JOIN {ECB_YEARS} AS rates ON rates.year = CAST(flows.year AS VARCHAR)
    """,
    side="exporter",
    valuation="free on board",
    frequency="year",
    first="2010",
    last="2023",
    nomenclatures=("total",),
    reporter="exporter",
    totals="exporter",
    total_partner="EXTRA-EU27",
    note="Partners inside the EU stand beside those outside; the reported total of these, EXTRA-EU27, ends in 2018. "
    "Later years lack unspecified partners, so that sums over partners are one to two percent too small.",
)
