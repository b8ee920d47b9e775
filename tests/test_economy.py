"""Economies: what must hold of one, files, look-ups, merging, balancing, and building one from a user's own table."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from economies import economies, random_economy
from hypothesis import given
from hypothesis import strategies as st

from amur.economy import THETA_SETS, Economy, bundled_economies, load_economy, read_economy, theta_draws
from amur.economy.baseline import sector_first, sector_last
from amur.economy.tables import IoTable, economy_from_io_table, purge_negative_final
from amur.errors import EconomyError

ACCOUNTS = 1e-9  # DESIGN: output = sales and the other accounts, relative
ROUNDING = 1e-12  # sums of a few hundred numbers


@pytest.fixture(scope="module")
def icio() -> Economy:
    return load_economy("icio-2022")


# -- what must hold ----------------------------------------------------------------------------------------------


@given(economies)
def test_accounts_hold_when_summed_cell_by_cell(economy):
    n, s = len(economy.regions), len(economy.sectors)
    for i in range(n):
        sold = sum(
            economy.pi[i, m, k] * economy.expenditure[m, k] / (1 + economy.tariff[i, m, k])
            for m in range(n)
            for k in range(s)
        )
        assert sold == pytest.approx(economy.output[i].sum(), rel=ROUNDING)
    duties = [(economy.trade[:, m] * economy.tariff[:, m]).sum() for m in range(n)]
    assert np.allclose(duties, economy.tariff_revenue, rtol=ROUNDING, atol=1e-12)
    assert np.allclose(economy.income, economy.va + duties + economy.deficit, rtol=ROUNDING)
    assert np.allclose(economy.final.sum(axis=1), economy.income, rtol=1e-9)
    spent = economy.final + np.einsum("nks,ns->nk", economy.gamma, economy.output)
    assert np.allclose(spent, economy.expenditure, rtol=1e-9, atol=1e-12)
    assert np.allclose(economy.va_by_sector.sum(axis=1), economy.va, rtol=1e-9)
    assert np.allclose(economy.imports_before_duty.sum(axis=1) - economy.output.sum(axis=1), economy.deficit, atol=1e-9)
    assert max(economy.imbalance.values()) < ACCOUNTS
    assert economy.require_balance() is economy


def test_the_bundled_table_is_what_its_notes_say(icio):
    assert (len(icio.regions), len(icio.sectors)) == (81, 28)
    assert icio.goods.sum() == 27
    assert not icio.goods[icio.sector("SERV")]
    assert icio.theta_set == "FGH22"
    assert icio.year == 2022
    assert max(icio.imbalance.values()) < 1e-13
    russia, china = icio.region("RUS"), icio.region("CHN")
    goods = icio.trade[:, :, icio.goods].sum(axis=2) * icio.unit_usd / 1e9
    assert goods[russia, china] + goods[china, russia] == pytest.approx(134, abs=0.5)
    assert icio.deficit[russia] * icio.unit_usd / 1e9 == pytest.approx(-242.8, abs=0.05)
    assert icio.theta[icio.sector("C19")] == pytest.approx(5.0211, abs=1e-4)


def test_arrays_are_read_only_and_the_object_frozen(icio):
    with pytest.raises(ValueError, match="read-only"):
        icio.pi[0, 0, 0] = 1
    with pytest.raises(FrozenInstanceError):
        icio.name = "other"


@pytest.mark.parametrize(
    ("change", "fragment"),
    [
        (lambda e: {"pi": e.pi * -1}, r"pi\[R0, R0, S0\] \(-[\d.]+\) is negative .*and in \d+ other cells"),
        (lambda e: {"pi": e.pi * 1.01}, r"pi\[R0, S0\] does not sum to one over exporters"),
        (lambda e: {"beta": e.beta * 0.9}, r"beta\[R0, S0\].*gamma over inputs do not sum to one"),
        (lambda e: {"alpha": e.alpha * 2}, r"alpha\[R0\] does not sum to one over sectors"),
        (lambda e: {"gamma": np.where(e.gamma > 0, -e.gamma, 0)}, r"gamma\[R0, S0, S0\].*is negative"),
        (lambda e: {"theta": e.theta * 0}, r"theta\[S0\] \(0\) is not positive.*must be above zero"),
        (lambda e: {"va": e.va * 0}, r"va\[R0\] \(0\) is not positive"),
        (lambda e: {"tariff": e.tariff - 1}, r"tariff\[R0, R0, S0\] \(-1\) is -100 % or less"),
        (lambda e: {"expenditure": -e.expenditure}, r"expenditure\[R0, S0\].*is negative"),
        (lambda e: {"deficit": e.deficit + 1}, "sum to .* of world value added, not to zero"),
        (lambda e: {"va": np.full(3, np.nan)}, "'va'.*holds NaN or infinity"),
        (lambda e: {"va": np.ones(2)}, r"'va'.*has shape \(2,\).*need \(3,\)"),
        (lambda e: {"regions": ("A", "B", "A")}, r"regions that occur twice: \['A'\]"),
        (lambda e: {"sectors": ("S", "S")}, r"sectors that occur twice"),
        (lambda e: {"theta_set": "XYZ"}, "Unknown set of elasticities 'XYZ'"),
    ],
)
def test_a_malformed_economy_is_refused_with_cell_and_remedy(change, fragment):
    economy = random_economy(3, 2, 4)
    with pytest.raises(EconomyError, match=fragment) as hit:
        replace(economy, **change(economy))
    assert hit.value.exit_code == 2


def test_an_economy_introduces_itself(icio):
    assert repr(icio) == "<Economy icio-2022: 81 regions × 28 sectors, elasticities FGH22>"


def test_unknown_codes_name_the_nearest(icio):
    with pytest.raises(EconomyError, match=r"no region 'RUSS'. Nearest: RUS"):
        icio.region("RUSS")
    with pytest.raises(EconomyError, match=r"no sector 'C11'"):
        icio.sector("C11")


def test_bilateral_arrays_keep_sectors_together_in_memory(icio):
    assert sector_first(icio.pi).flags.c_contiguous
    assert np.shares_memory(sector_first(icio.pi), icio.pi)
    blank = icio.full(2.0)
    assert blank.shape == icio.pi.shape
    assert (blank == 2).all()
    blank[0, 1, 2] = 5
    assert sector_first(blank)[2, 0, 1] == 5
    assert sector_last(sector_first(blank))[0, 1, 2] == 5


# -- elasticities ------------------------------------------------------------------------------------------------


def test_elasticities_by_name_and_by_value(icio):
    assert set(icio.theta_sets) == set(THETA_SETS)
    fgo = icio.with_theta("FGO")
    assert fgo.theta[icio.sector("SERV")] == pytest.approx(8.35)
    assert fgo.theta_set == "FGO"
    assert fgo.with_theta("FGH22").theta is not None
    assert np.array_equal(fgo.with_theta("FGH22").theta, icio.theta)
    own = icio.with_theta(np.full(28, 4.0))
    assert own.theta_set == "own"
    assert np.array_equal(own.theta, icio.with_theta("U4").theta)
    assert icio.with_theta("FGH22") is icio
    with pytest.raises(EconomyError, match=r"no elasticities named 'ABC'.*It has: BSY"):
        icio.with_theta("ABC")


def test_published_draws(icio):
    assert theta_draws(icio).shape == (1000, 28)
    assert theta_draws(icio, 10).shape == (10, 28)
    assert (theta_draws(icio) > 0).all()
    with pytest.raises(EconomyError, match="1 to 1000"):
        theta_draws(icio, 1001)
    with pytest.raises(EconomyError, match="carries no draws"):
        theta_draws(random_economy(2, 2, 0))


# -- files -------------------------------------------------------------------------------------------------------


@given(economies)
def test_files_give_back_what_was_saved(tmp_path_factory, economy):
    folder = tmp_path_factory.mktemp("economy")
    rich = replace(
        economy,
        theta_sets={"GYY": economy.theta * 2},
        theta_draws=np.vstack([economy.theta, economy.theta]),
        goods=np.arange(len(economy.sectors)) % 2 == 0,
        year=2022,
        origins=("a", "b"),
        note="a note",
    )
    for path in (folder / "e.npz", folder / "e"):
        rich.save(path)
        back = read_economy(path)
        for name in ("pi", "tariff", "gamma", "beta", "alpha", "va", "deficit", "theta", "expenditure", "goods"):
            assert np.array_equal(getattr(back, name), getattr(rich, name)), (path, name)
        for name in ("name", "regions", "sectors", "theta_set", "unit_usd", "year", "origins", "note"):
            assert getattr(back, name) == getattr(rich, name), (path, name)
        assert np.array_equal(back.theta_sets["GYY"], rich.theta_sets["GYY"])
        assert np.array_equal(back.theta_draws, rich.theta_draws)


@given(economies)
def test_spending_is_solved_for_where_a_file_lacks_it(tmp_path_factory, economy):
    folder = tmp_path_factory.mktemp("economy")
    economy.save(folder / "e.npz")
    with np.load(folder / "e.npz") as archive:
        kept = {key: archive[key] for key in archive.files if key not in {"expenditure", "goods", "name", "note"}}
    np.savez(folder / "bare.npz", **kept)
    bare = load_economy(folder / "bare.npz")
    assert np.allclose(bare.expenditure, economy.expenditure, rtol=1e-10)
    assert bare.goods.all()
    assert bare.name == "bare"


def test_files_that_cannot_be_economies_are_refused(tmp_path):
    with pytest.raises(EconomyError, match=r"There is no economy 'nowhere'.*icio-2022"):
        load_economy("nowhere")
    broken = tmp_path / "broken.npz"
    broken.write_bytes(b"not a zip")
    with pytest.raises(EconomyError, match=r"broken\.npz cannot be read"):
        load_economy(broken)
    np.savez(tmp_path / "thin.npz", pi=np.ones((1, 1, 1)))
    with pytest.raises(EconomyError, match="lacks gamma, beta"):
        load_economy(tmp_path / "thin.npz")
    economy = random_economy(2, 2, 0)
    folder = economy.save(tmp_path / "folder")
    with pytest.raises(EconomyError, match=r"end the name in \.npz"):
        economy.save(tmp_path / "economy.csv")
    shares = pl.read_parquet(folder / "pi.parquet")
    pl.concat([shares, shares.head(1)]).write_parquet(folder / "pi.parquet")
    with pytest.raises(EconomyError, match="two rows for one cell"):
        read_economy(folder)
    shares.with_columns(exporter=pl.lit("XXX")).write_parquet(folder / "pi.parquet")
    with pytest.raises(EconomyError, match=r"exporter codes that are not listed: \['XXX'\]"):
        read_economy(folder)
    shares.drop("value").write_parquet(folder / "pi.parquet")
    with pytest.raises(EconomyError, match=r"lacks the columns \['value'\]"):
        read_economy(folder)
    (folder / "regions.parquet").unlink()
    with pytest.raises(EconomyError, match=r"lacks regions\.parquet"):
        read_economy(folder)


def test_a_table_that_does_not_balance_is_refused_on_loading(tmp_path):
    economy = random_economy(3, 2, 0)
    path = replace(economy, va=economy.va * [1.2, 1, 1]).save(tmp_path / "lopsided.npz")
    with pytest.raises(EconomyError, match=r"labour account is off by.*economy\.balance\(\)"):
        load_economy(path)
    mended = read_economy(path).balance()
    assert max(mended.imbalance.values()) < ACCOUNTS


def test_bundled_economies_are_listed_default_first():
    assert bundled_economies()[0] == "icio-2022"
    assert load_economy("icio-2022") is load_economy("icio-2022")


# -- merging -----------------------------------------------------------------------------------------------------


@given(economies, st.integers(0, 1000))
def test_merging_adds_up_every_account(economy, seed):
    draw = np.random.default_rng(seed)
    groups = {}
    for labels, letter in ((economy.regions, "G"), (economy.sectors, "T")):
        owner = draw.integers(0, 2, len(labels))
        groups[letter] = {
            f"{letter}{k}": [x for x, o in zip(labels, owner, strict=True) if o == k] for k in set(owner.tolist())
        }
    merged = economy.aggregate(groups["G"], groups["T"])
    assert max(merged.imbalance.values()) < 1e-9
    for name in ("va", "deficit", "tariff_revenue", "income"):
        for new, members in groups["G"].items():
            old = sum(getattr(economy, name)[economy.region(x)] for x in members)
            assert getattr(merged, name)[merged.region(new)] == pytest.approx(old, rel=1e-9, abs=1e-9)
    for new, members in groups["T"].items():
        at = [economy.sector(x) for x in members]
        assert merged.output[:, merged.sector(new)].sum() == pytest.approx(economy.output[:, at].sum(), rel=1e-10)
        assert merged.va_by_sector[:, merged.sector(new)].sum() == pytest.approx(
            economy.va_by_sector[:, at].sum(), rel=1e-10
        )
        low, high = economy.theta[at].min(), economy.theta[at].max()
        assert low - 1e-12 <= merged.theta[merged.sector(new)] <= high + 1e-12


def test_merged_theta_weighs_by_trade_between_regions():
    economy = random_economy(3, 2, 5)
    merged = economy.aggregate(sectors={"ALL": economy.sectors})
    foreign = economy.trade.sum(axis=(0, 1)) - np.einsum("nns->s", economy.trade)
    assert merged.theta[0] == pytest.approx(foreign @ economy.theta / foreign.sum(), rel=1e-12)
    small = replace(
        economy, va=economy.va * 1e-9, deficit=economy.deficit * 1e-9, expenditure=economy.expenditure * 1e-9
    )
    assert small.aggregate(sectors={"ALL": economy.sectors}).theta == pytest.approx(merged.theta, rel=1e-9)
    inside = economy.aggregate({"W": economy.regions}, {"ALL": economy.sectors})
    spent = economy.expenditure.sum(axis=0)
    assert inside.theta[0] == pytest.approx(spent @ economy.theta / spent.sum(), rel=1e-12)


def test_merged_tariff_is_duties_over_flows(icio):
    merged = icio.aggregate({"NA": ["USA", "CAN", "MEX"]}, {"METALS": ["C24A", "C24B", "C25"]})
    a = [icio.region(x) for x in ("USA", "CAN", "MEX")]
    s = [icio.sector(x) for x in ("C24A", "C24B", "C25")]
    china = icio.region("CHN")
    flow, rate = icio.trade[np.ix_([china], a, s)], icio.tariff[np.ix_([china], a, s)]
    found = merged.tariff[merged.region("CHN"), merged.region("NA"), merged.sector("METALS")]
    assert found == pytest.approx((flow * rate).sum() / flow.sum(), rel=1e-12)
    assert merged.regions[merged.region("NA")] == "NA"
    assert merged.goods[merged.sector("METALS")]
    assert merged.theta_draws.shape == (1000, 26)


def test_merging_industries_that_make_nothing_keeps_their_coefficients():
    economy = random_economy(3, 3, 2, gaps=True)  # region 2 does not make sector 0
    merged = economy.aggregate({"A": ["R0", "R1"]})
    at = merged.region("R2")
    assert np.allclose(merged.beta[at], economy.beta[2])
    assert np.allclose(merged.gamma[at], economy.gamma[2])


def test_groups_that_make_no_sense_are_refused():
    economy = random_economy(3, 2, 0)
    with pytest.raises(EconomyError, match=r"names \['R9'\]"):
        economy.aggregate({"A": ["R0", "R9"]})
    with pytest.raises(EconomyError, match="'R0' is in two groups, 'A' and 'B'"):
        economy.aggregate({"A": ["R0", "R1"], "B": ["R0"]})
    with pytest.raises(EconomyError, match="'R2' of a group is also that of a region outside it"):
        economy.aggregate({"R2": ["R0", "R1"]})
    with pytest.raises(EconomyError, match="names nothing"):
        economy.aggregate(sectors={"A": []})


# -- balancing ---------------------------------------------------------------------------------------------------


@given(economies, st.integers(0, 1000))
def test_balancing_keeps_shares_and_value_added(economy, seed):
    noise = np.exp(np.random.default_rng(seed).normal(0, 0.01, len(economy.regions)))
    rough = replace(economy, va=economy.va * noise)
    mended = rough.balance()
    assert max(mended.imbalance.values()) < ACCOUNTS
    for name in ("pi", "gamma", "beta", "alpha", "va", "tariff", "theta"):
        assert np.array_equal(getattr(mended, name), getattr(rough, name))
    assert "deficits moved by at most" in mended.note
    again = economy.balance()
    assert np.allclose(again.deficit, economy.deficit, atol=1e-9 * economy.va.sum())
    assert np.allclose(again.expenditure, economy.expenditure, rtol=1e-9)


def test_balancing_gives_up_by_name():
    economy = random_economy(3, 1, 0)
    with pytest.raises(EconomyError, match="R0 would need final spending of -"):
        replace(economy, va=economy.va * [0.01, 1, 1]).balance()


# -- a user's own table ------------------------------------------------------------------------------------------


def flow_rows() -> dict[str, list]:
    rows = {"exporter": [], "importer": [], "sector": [], "value": [], "tariff_rate": []}
    for k, (a, b) in enumerate((x, y) for x in "ABC" for y in "ABC"):
        for s in ("goods", "services"):
            rows["exporter"].append(a)
            rows["importer"].append(b)
            rows["sector"].append(s)
            rows["value"].append(100.0 if a == b else 3.0 + k + 7 * (s == "goods"))
            rows["tariff_rate"].append(0.0 if a == b else 0.1)
    return rows


@pytest.mark.parametrize("frame", [pl.DataFrame, pd.DataFrame])
def test_an_economy_from_flows_keeps_the_flows(frame):
    rows = flow_rows()
    economy = Economy.from_flows(frame(rows), theta={"goods": 5, "services": 3}, name="mine", unit_usd=1e6)
    assert max(economy.imbalance.values()) < ACCOUNTS
    for a, b, s, value in zip(rows["exporter"], rows["importer"], rows["sector"], rows["value"], strict=True):
        at = economy.region(a), economy.region(b), economy.sector(s)
        assert economy.trade[at] == pytest.approx(value, rel=ROUNDING)
    assert economy.va == pytest.approx(economy.output.sum(axis=1))
    assert economy.theta.tolist() == [5.0, 3.0]
    assert economy.unit_usd == 1e6
    assert (economy.beta == 1).all()


def test_an_economy_from_flows_in_a_database():
    rows = pl.DataFrame(flow_rows())
    relation = duckdb.connect().from_arrow(rows.to_arrow())
    theta = {"goods": 5, "services": 3}
    mine, theirs = (Economy.from_flows(table, theta=theta) for table in (rows, relation))
    at = [theirs.sector(code) for code in mine.sectors]
    assert np.array_equal(mine.trade, theirs.trade[:, :, at])
    with pytest.raises(EconomyError, match="must be a data frame, not list"):
        Economy.from_flows([1, 2], theta=4.0)


def test_an_economy_from_flows_of_one_sector():
    rows = flow_rows()
    table = pl.DataFrame(rows).group_by("exporter", "importer").agg(pl.col("value").sum())
    economy = Economy.from_flows(table, theta=4.0)
    assert economy.sectors == ("ALL",)
    assert (economy.tariff == 0).all()


@pytest.mark.parametrize(
    ("change", "fragment"),
    [
        (lambda t: t.drop("value"), r"lacks the columns \['value'\]"),
        (lambda t: pl.concat([t, t.head(1)]), "two rows for one exporter, importer and sector"),
        (lambda t: t.with_columns(value=-pl.col("value")), r"Row 0 of the flow table has the value -100\.0"),
        (lambda t: t.with_columns(value=pl.lit(float("nan"))), "has the value nan"),
        (lambda t: t.filter(pl.col("exporter") != pl.col("importer")), r"No home sales for \['A', 'B', 'C'\]"),
    ],
)
def test_flow_tables_that_cannot_be_used_are_refused(change, fragment):
    with pytest.raises(EconomyError, match=fragment):
        Economy.from_flows(change(pl.DataFrame(flow_rows())), theta=4.0)


def test_a_missing_theta_is_named():
    with pytest.raises(EconomyError, match=r"No theta is given for sectors \['services'\]"):
        Economy.from_flows(pl.DataFrame(flow_rows()), theta={"goods": 5.0})


def io_table(economy: Economy) -> IoTable:
    """The full table behind an economy, at basic prices."""
    before_duty = economy.pi / (1 + economy.tariff)
    used = economy.gamma * economy.output[:, None, :]
    intermediate = np.einsum("ink,nks->ikns", before_duty, used)
    return IoTable(economy.regions, economy.sectors, intermediate, np.einsum("ink,nk->ikn", before_duty, economy.final))


@given(economies)
def test_an_economy_from_its_own_table_is_itself(economy):
    back = economy_from_io_table(io_table(economy), theta=economy.theta, tariff=economy.tariff)
    assert max(back.imbalance.values()) < ACCOUNTS
    made, bought = economy.output > 0, economy.expenditure > 0
    assert np.allclose(back.trade, economy.trade, rtol=1e-9, atol=1e-12)
    assert np.allclose(back.beta[made], economy.beta[made], rtol=1e-9)
    assert np.allclose(np.swapaxes(back.gamma, 1, 2)[made], np.swapaxes(economy.gamma, 1, 2)[made], atol=1e-9)
    assert np.allclose(back.alpha, economy.alpha, atol=1e-9)
    assert np.allclose(np.moveaxis(back.pi, 0, 2)[bought], np.moveaxis(economy.pi, 0, 2)[bought], atol=1e-9)


def test_negative_final_demand_is_refused_then_purged_by_its_rule():
    economy = random_economy(3, 2, 8)
    table = io_table(economy)
    final = np.stack([table.final, np.zeros_like(table.final)], axis=3)
    final[0, 1, 2, 1] = -0.01
    wanting = replace(table, final=final)
    with pytest.raises(EconomyError, match=r"1 negative final cells\. Use purge_negative_final"):
        economy_from_io_table(wanting, theta=economy.theta)
    output = economy.output.copy()
    purged = purge_negative_final(wanting, output)
    assert purged.cells == 1
    assert purged.moved == pytest.approx(-0.01)
    assert np.allclose(purged.table.final, table.final)
    assert np.allclose(purged.table.intermediate, table.intermediate, rtol=1e-9)  # here nothing else had to move
    back = economy_from_io_table(purged.table, theta=economy.theta, tariff=economy.tariff)
    assert max(back.imbalance.values()) < ACCOUNTS


def test_inputs_above_output_are_refused_by_name():
    economy = random_economy(2, 2, 3)
    table = io_table(economy)
    intermediate = table.intermediate.copy()
    intermediate[0, 1, 1, 0] *= 100  # region 1's sector 0 buys a hundred times as much sector 1 from region 0
    with pytest.raises(EconomyError, match=r"Inputs of R1 S0 cost \d\.\d+ of its output"):
        economy_from_io_table(replace(table, intermediate=intermediate), theta=economy.theta)
