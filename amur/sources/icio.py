"""OECD Inter-Country Input-Output tables: sales of 28 sectors between 81 regions, 2011–2022."""

from amur.sources import Source

SOURCE = Source(
    key="icio",
    origin="oecd-icio",
    query="""
        SELECT exporter, importer, sector AS product, 'ICIO28' AS nomenclature, CAST(year AS VARCHAR) AS period,
               CAST(value_usd_mn AS DOUBLE) * 1e6 AS value, 'USD' AS currency,
               CAST(value_usd_mn AS DOUBLE) * 1e6 AS value_usd,
               CAST(NULL AS DOUBLE) AS quantity, CAST(NULL AS VARCHAR) AS unit
        FROM read_parquet('{data}/model/icio_flows_2011_2022.parquet')
    """,
    side="model",
    valuation="basic prices, re-exports taken out",
    frequency="year",
    first="2011",
    last="2022",
    nomenclatures=("ICIO28",),
    totals="both",
    home_sales=True,
    note="Balanced world tables: every country's exports and imports are consistent with its partners'. The latest "
    "years of some countries carry an older structure forward.",
)
