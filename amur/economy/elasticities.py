"""The published sets of trade elasticities that an economy can carry, and which one is the default."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_THETA_SET = "FGH22"
COMPANION_THETA_SET = "FGO"


@dataclass(frozen=True)
class ThetaSet:
    """A published set of trade elasticities: its short name, where it is from, what to mind."""

    name: str
    source: str
    note: str


THETA_SETS: dict[str, ThetaSet] = {
    entry.name: entry
    for entry in (
        ThetaSet(
            "FGH22",
            "Felbermayr, Gröschl and Heiland (2022), Journal of International Economics",
            "the default: estimates for 50 industries mapped to the sectors here; the 1.62 of services and mining "
            "is assigned, not estimated",
        ),
        ThetaSet(
            "FGO",
            "Fontagné, Guimbard and Orefice (2022), Journal of International Economics",
            "shown beside the default; services are assigned 8.35",
        ),
        ThetaSet(
            "GYY", "Giri, Yi and Yilmazkuday (2021), Journal of International Economics", "services are assigned 4"
        ),
        ThetaSet(
            "CP",
            "Caliendo and Parro (2015), Review of Economic Studies",
            "the 64.85 of refined petroleum drives results that use it; services are assigned 4",
        ),
        ThetaSet("BSY", "Bagwell, Staiger and Yurukoglu (2021), Econometrica", "services are assigned 4"),
        ThetaSet("Shap", "Shapiro (2016), American Economic Journal: Economic Policy", "services are assigned 4"),
        ThetaSet(
            "IS",
            "a set named IS in the replication material of Lashkaripour (2021), Journal of International Economics",
            "its original publication is not identified there; services are assigned 4",
        ),
        ThetaSet(
            "LL",
            "Lashkaripour and Lugovskyy (2023), American Economic Review",
            "the 0.64 of refined petroleum drives results that use it; services are assigned 4",
        ),
        ThetaSet(
            "U4",
            "a uniform 4, after Simonovska and Waugh (2014), Journal of International Economics",
            "a yardstick without differences between sectors",
        ),
    )
}
