"""Constructed texts only; every outlet here is invented."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    cache = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    return cache


@pytest.fixture
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with the shipped lists and an empty teaching folder."""
    import shutil

    from helpers.paths import data_folder

    shipped = data_folder()
    folder = tmp_path / "data"
    (folder / "studies").mkdir(parents=True)
    (folder / "teaching").mkdir()
    for name in ("corpora.yml", "states.csv", "catalogue.csv"):
        shutil.copy(shipped / name, folder / name)
    monkeypatch.setenv("WORKBENCH_DATA", str(folder))
    return folder
