"""Countries, blocs, sectors, products and baskets: exact lookup, and the nearest suggestion on a miss.

Every table is a file in `data/`, so a new place or name is a line of data and never a branch in code.
Names match whole and ignore case only: a missing accent or a misspelling is a miss that names the nearest.
"""

from amur.codes.goods import basket, baskets, product, products, sector, sectors
from amur.codes.places import (
    ambiguous_names,
    bloc,
    blocs,
    countries,
    country,
    historical,
    historical_codes,
    metonyms,
    place,
    place_codes,
    suggest,
)
from amur.codes.records import (
    Basket,
    Bloc,
    BlocKind,
    Country,
    HistoricalCode,
    Lang,
    Membership,
    Metonym,
    Place,
    Product,
    Sector,
)

__all__ = [
    "Basket",
    "Bloc",
    "BlocKind",
    "Country",
    "HistoricalCode",
    "Lang",
    "Membership",
    "Metonym",
    "Place",
    "Product",
    "Sector",
    "ambiguous_names",
    "basket",
    "baskets",
    "bloc",
    "blocs",
    "countries",
    "country",
    "historical",
    "historical_codes",
    "metonyms",
    "place",
    "place_codes",
    "product",
    "products",
    "sector",
    "sectors",
    "suggest",
]
