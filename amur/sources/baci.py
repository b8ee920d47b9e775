"""CEPII BACI: reconciled goods trade of 194 economies in 2023, all products together."""

from amur.sources import Source

SOURCE = Source(
    key="baci-2023",
    origin="baci-2023",
    query="""
        SELECT exporter, importer, 'total' AS product, 'total' AS nomenclature, CAST(year AS VARCHAR) AS period,
               value_usd AS value, 'USD' AS currency, value_usd,
               CAST(NULL AS DOUBLE) AS quantity, CAST(NULL AS VARCHAR) AS unit
        FROM read_parquet('{data}/trade/bilateral_goods_2023_baci.parquet')
    """,
    side="reconciled",
    valuation="free on board",
    frequency="year",
    first="2023",
    last="2023",
    nomenclatures=("total",),
    totals="both",
    note="This extract has a hole: absent pairs inside a block of economies are missing, not zero.",
)
