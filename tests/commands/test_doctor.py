"""The doctor: one line for each thing, and no failure of one check stops the others."""

import importlib.util
import sys
from types import SimpleNamespace

import pytest

from helpers.commands import doctor
from helpers.commands.doctor import Verdict, examine


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))


def test_lines():
    assert str(Verdict("ok", "all there")) == "ok    all there"
    assert str(Verdict("FAIL", "gone", "fetch it")) == "FAIL  gone -> fetch it"


def test_this_installation_passes():
    verdicts = list(examine())
    assert [v for v in verdicts if v.level == "FAIL"] == []
    said = "\n".join(map(str, verdicts))
    assert "sha256 53aa5117 as expected" in said
    assert "corpus news-2017 is not fetched; studies leave it out -> workbench fetch news-2017" in said


def test_a_damaged_model_is_told(tmp_path, monkeypatch):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.safetensors").write_bytes(b"flipped")
    spec = SimpleNamespace(submodule_search_locations=[str(tmp_path)])
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    (verdict,) = doctor._model()
    assert verdict.level == "FAIL" and "damaged" in verdict.what and "--force-reinstall" in verdict.do
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    (verdict,) = doctor._model()
    assert verdict.what == "the default encoder's model is absent"


def test_packages_absent_or_old_are_told(monkeypatch):
    asked = ["altair>=6.3,<7", "no-such-package>=1", "numpy>=99", 'absent-tool>=1; extra == "test"']
    monkeypatch.setattr(doctor.metadata, "requires", lambda name: asked)
    levels = [(v.level, v.what) for v in doctor._packages()]
    assert levels[0] == ("FAIL", "no-such-package is not installed")
    assert levels[1][0] == "FAIL" and ">=99 is asked for" in levels[1][1]
    assert levels[2] == ("warn", "absent-tool is not installed")
    assert levels[3][0] == "ok" and "3 packages" in levels[3][1]


def test_a_cache_that_cannot_be_made_fails_alone(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "file" / "cache"))
    verdicts = list(examine())
    assert [v.what for v in verdicts if v.level == "FAIL" and "cache folder cannot be made" in v.what]
    assert [v for v in verdicts if v.level == "ok" and v.what.startswith(f"Python {sys.version_info[0]}")] or [
        v for v in verdicts if v.level == "warn" and v.what.startswith("Python")
    ]


def test_outside_an_environment_is_said(monkeypatch):
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    (verdict,) = doctor._python()
    assert verdict.level == "warn" and "outside a virtual environment" in verdict.what
