"""Measure dependence in a table of your own: one CSV file of flows, no other data."""

from pathlib import Path

import amur
from amur.indicators import Query

TABLE = """exporter,importer,product,period,value,currency
SWE,DEU,total,2024,21000000000,USD
SWE,NOR,total,2024,20000000000,USD
DEU,SWE,total,2024,30000000000,USD
NOR,SWE,total,2024,15000000000,USD
DEU,NOR,total,2024,11000000000,USD
NOR,DEU,total,2024,32000000000,USD
"""

file = Path("flows.csv")
file.write_text(TABLE, encoding="utf-8")
for figure in amur.measure("share", "SWE", "DEU", Query(flow="exports", data=file)):
    print(figure.explain())
