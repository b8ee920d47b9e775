"""Eurostat: monthly trade of EU members with Russia and four neighbours, 2019 to August 2024."""

from amur.sources import ECB_MONTHS, Source

SOURCE = Source(
    key="eurostat-neighbours",
    origin="eurostat-neighbours",
    query=f"""
        SELECT CASE flow WHEN 'export' THEN reporter ELSE partner END AS exporter,
               CASE flow WHEN 'export' THEN partner ELSE reporter END AS importer,
               'total' AS product, 'total' AS nomenclature, flows.month AS period,
               value_eur AS value, 'EUR' AS currency, value_eur * usd_per_eur AS value_usd,
               CAST(NULL AS DOUBLE) AS quantity, CAST(NULL AS VARCHAR) AS unit
        FROM read_parquet('{{data}}/trade/eurostat_eu_monthly_russia_neighbours_2019_2024.parquet') AS flows
        LEFT JOIN {ECB_MONTHS} AS rates USING (month)
    """,
    side="either",
    valuation="free on board (exports); with freight and insurance (imports)",
    frequency="month",
    first="2019-01",
    last="2024-08",
    nomenclatures=("total",),
    reporter="CASE WHEN exporter IN ('ARM', 'GEO', 'KAZ', 'KGZ', 'RUS') THEN importer ELSE exporter END",
    totals="none",
    note="EU27, EU and the euro area are sums of the members beside them. Imports only from Kyrgyzstan.",
)
