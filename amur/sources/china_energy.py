"""Chinese customs: imports of energy from Russia by month, 1995 to February 2023, with quantities.

Crude oil, steam coal and coking coal have value and volume of the same trade. All coal together overlaps
the two kinds and stands in a nomenclature of its own. Gas stands in `energy, unmatched`: the value of LNG
is China's total and its volume Russia's, and the volume of pipeline gas ends in 2021, so value and volume
are different rows there, which nothing can divide by each other.
"""

from amur.sources import Source

SOURCE = Source(
    key="china-energy",
    origin="china-energy",
    query="""
        WITH series(series, product, nomenclature, exporter, is_value, factor) AS (VALUES
            ('Value of Imports: Crude Oil: Russian Federation', 'crude oil', 'energy', 'RUS', true, 1.0),
            ('Volume of Imports: Crude Oil: Russian Federation', 'crude oil', 'energy', 'RUS', false, 1e-3),
            ('Value of Imports: Steam Coal: Russian Federation', 'steam coal', 'energy', 'RUS', true, 1.0),
            ('Volume of Imports: Steam Coal: Russian Federation', 'steam coal', 'energy', 'RUS', false, 1.0),
            ('Value of Imports: Coking Coal: Russian Federation', 'coking coal', 'energy', 'RUS', true, 1.0),
            ('Volume of Imports: Coking Coal: Russian Federation', 'coking coal', 'energy', 'RUS', false, 1.0),
            ('Value of Imports: Coal: Russian Federation', 'coal', 'energy, all coal', 'RUS', true, 1.0),
            ('Volume of Imports: Coal: Russian Federation', 'coal', 'energy, all coal', 'RUS', false, 1.0),
            ('China: Value of Imports: Liquified Natural Gas(271111)', 'LNG, value', 'energy, unmatched',
             'WLD', true, 1.0),
            ('Volume of Imports: Liquified Natural Gas (LNG): Russian Federation', 'LNG, volume', 'energy, unmatched',
             'RUS', false, 1e-3),
            ('China: Value of Imports: Natural Gas(271121)', 'pipeline gas, value', 'energy, unmatched',
             'WLD', true, 1.0),
            ('Value of Imports: Pipeline Carried Natural Gas (Gaseous State): Russian Federation',
             'pipeline gas, value', 'energy, unmatched', 'RUS', true, 1.0),
            ('Volume of Imports: Pipeline Carried Natural Gas (Gaseous State): Russian Federation',
             'pipeline gas, volume', 'energy, unmatched', 'RUS', false, 1e-3)
        )
        SELECT exporter, 'CHN' AS importer, product, nomenclature, month AS period,
               max(value) FILTER (is_value) AS value, 'USD' AS currency, max(value) FILTER (is_value) AS value_usd,
               max(value * factor) FILTER (NOT is_value) AS quantity,
               CASE WHEN count(*) FILTER (NOT is_value) > 0 THEN 't' END AS unit
        FROM read_parquet('{data}/trade/china_imports_russia_energy_monthly_1995_2023m02.parquet')
        JOIN series USING (series)
        GROUP BY exporter, product, nomenclature, month
    """,
    side="importer",
    valuation="with freight and insurance",
    frequency="month",
    first="1995-06",
    last="2023-02",
    nomenclatures=("energy", "energy, all coal", "energy, unmatched"),
    reporter="importer",
    totals="none",
    complete=False,
    note="One partner only. January and February of some years are reported together.",
)
