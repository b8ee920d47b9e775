"""Eurostat: monthly EU27 exports of codes in EU sanctions annexes to seven partners, 2020 to November 2022."""

from amur.sources import ECB_MONTHS, Source

SOURCE = Source(
    key="eurostat-cn8",
    origin="eurostat-cn8",
    query=f"""
        SELECT 'EU27' AS exporter, partner AS importer, code AS product,
               CASE length(code) WHEN 8 THEN 'CN8' ELSE 'HS4' END AS nomenclature, flows.month AS period,
               eu27_exports_eur AS value, 'EUR' AS currency, eu27_exports_eur * usd_per_eur AS value_usd,
               CAST(NULL AS DOUBLE) AS quantity, CAST(NULL AS VARCHAR) AS unit
        FROM read_parquet('{{data}}/trade/eurostat_cn8_sanction_relevant_eu_exports_2020_2022.parquet') AS flows
        LEFT JOIN {ECB_MONTHS} AS rates USING (month)
    """,
    side="exporter",
    valuation="free on board",
    frequency="month",
    first="2020-01",
    last="2022-11",
    nomenclatures=("CN8", "HS4"),
    reporter="exporter",
    totals="none",
    complete=False,
    note="Only codes named in sanctions annexes. Four-digit codes overlap eight-digit ones: never add the two.",
)
