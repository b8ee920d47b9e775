"""Eurostat: monthly trade of EU members with Russia and six neighbours, total and fuels, 2020 to November 2022."""

from amur.sources import ECB_MONTHS, Source

SOURCE = Source(
    key="eurostat-hs27",
    origin="eurostat-total-hs27",
    query=f"""
        SELECT CASE flow WHEN 'export' THEN reporter ELSE partner END AS exporter,
               CASE flow WHEN 'export' THEN partner ELSE reporter END AS importer,
               CASE code WHEN 'TOTAL' THEN 'total' ELSE code END AS product,
               CASE code WHEN 'TOTAL' THEN 'total' ELSE 'HS2' END AS nomenclature, flows.month AS period,
               value_eur AS value, 'EUR' AS currency, value_eur * usd_per_eur AS value_usd,
               CAST(NULL AS DOUBLE) AS quantity, CAST(NULL AS VARCHAR) AS unit
        FROM read_parquet('{{data}}/trade/eurostat_eu_monthly_total_hs27_2020_2022.parquet') AS flows
        LEFT JOIN {ECB_MONTHS} AS rates USING (month)
    """,
    side="either",
    valuation="free on board (exports); with freight and insurance (imports)",
    frequency="month",
    first="2020-01",
    last="2022-11",
    nomenclatures=("total", "HS2"),
    reporter="CASE WHEN exporter IN ('ARM', 'BLR', 'GEO', 'KAZ', 'KGZ', 'RUS', 'UZB') THEN importer ELSE exporter END",
    totals="none",
    note="Reported by EU members in both directions; chapter 27 is part of the total.",
)
