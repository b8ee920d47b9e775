"""Origins: every shipped file has one, with the right checksum, and nothing is described that is not there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from amur import origins
from amur.errors import OriginError

# What may ship, in bytes: an install that is larger would be unkind, and a copy of raw data would show here.
SIZE_LIMIT = 22_000_000


def test_every_file_has_an_origin_with_its_checksum() -> None:
    origins.verify_origins()


def test_every_origin_says_what_a_citation_needs() -> None:
    for item in origins.load_origins().values():
        assert item.producer, item.key
        assert item.title, item.key
        assert item.licence, item.key
        assert len(item.checksum) == 64, item.key
        assert item.licence_status in ("read", "recalled")
        assert item.citation.endswith(f"({item.licence_status}).")


def test_an_origin_is_found_by_key_and_by_file() -> None:
    assert origins.origin("oecd-icio").file == "model/icio_flows_2011_2022.parquet"
    assert origins.origin("icio_flows_2011_2022.parquet").key == "oecd-icio"
    assert origins.origin("user:mine.csv").producer == "the user"
    with pytest.raises(OriginError, match="several origins"):
        origins.origin("facts.parquet")
    with pytest.raises(OriginError, match="has no origin"):
        origins.origin("nothing")


def test_licences_recalled_in_the_manifest_are_not_called_read() -> None:
    recalled = ("oecd-icio", "baci-2023", "eurostat-annual", "eurostat-cn8", "ecb-fx", "pink-sheet", "un-ideal-points")
    assert {key: origins.origin(key).licence_status for key in recalled} == dict.fromkeys(recalled, "recalled")


def test_the_shipped_data_stay_small() -> None:
    assert sum(path.stat().st_size for path in origins.DATA.rglob("*") if path.is_file()) < SIZE_LIMIT


def test_a_changed_or_unknown_or_missing_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("currencies.csv", "reporters.csv"):
        shutil.copy(origins.DATA / name, tmp_path / name)
    kept = [item for item in origins.load_origins().values() if item.file in ("currencies.csv", "reporters.csv")]
    rows = [f"{item.key},p,t,a,l,read,v,{item.checksum},{item.file},n" for item in kept]
    header = "key,producer,title,address,licence,licence_read,vintage,checksum,file,note"
    (tmp_path / "origins.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
    monkeypatch.setattr(origins, "DATA", tmp_path)
    origins.load_origins.cache_clear()
    try:
        origins.verify_origins()
        (tmp_path / "currencies.csv").write_text("changed", encoding="utf-8")
        (tmp_path / "stray.csv").write_text("x", encoding="utf-8")
        (tmp_path / "reporters.csv").unlink()
        with pytest.raises(OriginError) as caught:
            origins.verify_origins()
        for part in ("stray.csv has no origin", "reporters.csv is missing", "currencies.csv differs"):
            assert part in str(caught.value)
    finally:
        monkeypatch.undo()
        origins.load_origins.cache_clear()


def test_scenarios_beside_the_data_of_an_installed_package_need_no_origin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(origins.DATA, tmp_path / "data")
    monkeypatch.setattr(origins, "DATA", tmp_path / "data")
    origins.load_origins.cache_clear()
    try:
        (tmp_path / "data/scenarios").mkdir()
        (tmp_path / "data/scenarios/one.yaml").write_text("title: One\n", encoding="utf-8")
        origins.verify_origins()
        (tmp_path / "data/other.yaml").write_text("title: One\n", encoding="utf-8")
        with pytest.raises(OriginError, match=r"other\.yaml has no origin"):
            origins.verify_origins()
    finally:
        origins.load_origins.cache_clear()
