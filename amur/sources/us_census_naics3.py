"""US Census Bureau: monthly imports by three-digit NAICS from 30 countries, 2013 to November 2025."""

from amur.sources import Source

SOURCE = Source(
    key="us-census-naics3",
    origin="us-census-naics3",
    query="""
        SELECT exporter, 'USA' AS importer, CASE naics3 WHEN '00' THEN 'total' ELSE naics3 END AS product,
               CASE naics3 WHEN '00' THEN 'total' ELSE 'NAICS3' END AS nomenclature, month AS period,
               imports_usd AS value, 'USD' AS currency, imports_usd AS value_usd,
               CAST(NULL AS DOUBLE) AS quantity, CAST(NULL AS VARCHAR) AS unit
        FROM read_parquet('{data}/trade/us_imports_monthly_naics3_top30.parquet')
    """,
    side="importer",
    valuation="customs value, imports for consumption",
    frequency="month",
    first="2013-01",
    last="2025-11",
    nomenclatures=("total", "NAICS3"),
    reporter="importer",
    totals="importer",
    total_partner="WLD",
    note="The EU, USMCA and the world are aggregates that hold countries listed beside them.",
)
