"""US Census Bureau: imports by six-digit HS from 50 countries and the EU, 2024."""

from amur.sources import Source

SOURCE = Source(
    key="us-census-hs6",
    origin="us-census-hs6",
    query="""
        SELECT exporter, 'USA' AS importer, hs6 AS product, 'HS6' AS nomenclature, '2024' AS period,
               imports_usd AS value, 'USD' AS currency, imports_usd AS value_usd,
               CAST(NULL AS DOUBLE) AS quantity, CAST(NULL AS VARCHAR) AS unit
        FROM read_parquet('{data}/trade/us_imports_2024_hs6_by_country.parquet')
    """,
    side="importer",
    valuation="customs value, imports for consumption",
    frequency="year",
    first="2024",
    last="2024",
    nomenclatures=("HS6",),
    reporter="importer",
    totals="none",
    note="The largest partners only, so no share of all imports can be had from it. The EU is an aggregate.",
)
