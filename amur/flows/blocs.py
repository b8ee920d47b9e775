"""A bloc as if it were one country: members add up, and what they trade with each other falls away."""

from __future__ import annotations

import datetime
from functools import reduce

import narwhals as nw

from amur import codes
from amur.errors import FlowsError
from amur.flows.table import Frame
from amur.periods import Period


def collapse_bloc(frame: Frame, bloc: codes.Bloc | str) -> nw.LazyFrame:
    """Flows with the members of a bloc replaced by the bloc, intra-bloc trade left out on both sides.

    Members are those on the last day of each period, so an organisation changes with its accessions; a
    constant bloc (`EU27`) does not. Rows keep their origin. Raises FlowsError where the bloc has no list of
    members, or where the frame already reports the bloc itself beside its members (adding both would count
    twice).
    """
    frame = frame.lazy()
    group = codes.bloc(bloc) if isinstance(bloc, str) else bloc
    if not group.memberships:
        raise FlowsError(f"{group.code} is a reported aggregate without members here. Use its rows as they are.")
    _refuse_reported(frame, group)
    compositions = _compositions(frame, group)
    merged = frame.with_columns(
        _renamed("exporter", group.code, compositions), _renamed("importer", group.code, compositions)
    )
    outside = merged.filter((nw.col("exporter") != group.code) | (nw.col("importer") != group.code))
    keys = ("exporter", "importer", "product", "nomenclature", "period", "currency", "unit", "origin")
    summed = outside.group_by(*keys).agg(
        nw.col("value").sum(),
        nw.when(nw.col("value_usd").is_null().sum() == 0).then(nw.col("value_usd").sum()).alias("value_usd"),
        nw.when(nw.col("quantity").is_null().sum() == 0).then(nw.col("quantity").sum()).alias("quantity"),
    )
    return summed.select("exporter", "importer", "product", "nomenclature", "period", "value", "currency",
                         "value_usd", "quantity", "unit", "origin")  # fmt: skip


def _refuse_reported(frame: nw.LazyFrame, group: codes.Bloc) -> None:
    members = list(group.members_ever)
    for column in ("exporter", "importer"):
        here = nw.col(column) == group.code
        both = (
            frame.select(column, "origin")
            .filter(here | nw.col(column).is_in(members))
            .group_by("origin")
            .agg(here.max().alias("reported"), (~here).max().alias("by_member"))
            .filter(nw.col("reported"), nw.col("by_member"))
            .collect()
        )
        if len(both):
            raise FlowsError(
                f"{both['origin'].to_list()[0]} reports {group.code} as {column} beside its members, so they cannot "
                "be added up. Take the reported rows, or filter to countries_only(frame) first."
            )


def _compositions(frame: nw.LazyFrame, group: codes.Bloc) -> dict[frozenset[str], list[str]]:
    """Each set of members that held, with the periods in which it did."""
    labels = frame.select("period").unique().collect()["period"].to_list()
    found: dict[frozenset[str], list[str]] = {}
    for label in labels:
        found.setdefault(group.members_at(_last_day(label)), []).append(label)
    return found


def _last_day(label: str) -> datetime.date:
    return Period.parse(label).end


def _renamed(column: str, code: str, compositions: dict[frozenset[str], list[str]]) -> nw.Expr:
    alone = len(compositions) == 1
    member = [
        nw.col(column).is_in(sorted(members)) if alone
        else nw.col("period").is_in(sorted(labels)) & nw.col(column).is_in(sorted(members))
        for members, labels in compositions.items() if members
    ]  # fmt: skip
    if not member:
        return nw.col(column)
    inside = reduce(lambda left, right: left | right, member)
    return nw.when(inside).then(nw.lit(code)).otherwise(nw.col(column)).alias(column)
