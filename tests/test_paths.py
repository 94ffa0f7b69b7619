"""Where the data and the cache are found."""

from pathlib import Path

import pytest

from helpers.errors import InputError
from helpers.paths import cache_folder, data_folder


def test_the_data_folder_is_the_one_named(tmp_path, monkeypatch):
    (tmp_path / "studies").mkdir()
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    assert data_folder() == tmp_path


def test_a_named_folder_without_studies_is_an_error_and_no_other_is_taken(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path / "absent"))
    with pytest.raises(InputError, match="WORKBENCH_DATA") as raised:
        data_folder()
    assert str(tmp_path / "absent") in str(raised.value)


def test_the_nearest_data_folder_above_is_taken(tmp_path, monkeypatch):
    monkeypatch.delenv("WORKBENCH_DATA", raising=False)
    (tmp_path / "data" / "studies").mkdir(parents=True)
    inner = tmp_path / "notebooks" / "mine"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    assert data_folder().resolve() == (tmp_path / "data").resolve()


def test_elsewhere_it_is_the_one_beside_the_package(tmp_path, monkeypatch):
    monkeypatch.delenv("WORKBENCH_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    assert data_folder() == Path(__file__).resolve().parents[1] / "data"


def test_the_cache_is_made_where_it_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "deep" / "cache"))
    assert cache_folder() == tmp_path / "deep" / "cache"
    assert cache_folder().is_dir()


def test_a_cache_that_cannot_be_made_is_said(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(InputError, match=r"cache folder cannot be made.*WORKBENCH_CACHE"):
        cache_folder()
