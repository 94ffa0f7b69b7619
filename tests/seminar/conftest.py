"""A small constructed study with a codebook and an encoder of its own, so that a whole seminar runs in seconds."""

import hashlib
import importlib
import random
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

OUTLETS = {
    "state_media": ["Meridian Daily", "Red Harbour Agency"],
    "western": ["The Calder Courier", "Westmark Review"],
    "un": ["Concord General Conference", "Office of the Convenor-General"],
}
WORDS = {
    "rights": "The prisoner was denied a lawyer and a hearing, and her freedom of speech was taken from her by force",
    "growth": "The new railway and the power station brought jobs and better harvests to the poor districts inland",
}
NOUNS = ("bridge", "ferry", "market", "library", "orchard", "school", "tower", "canal", "garden", "harbour", "mill")
VERBS = ("stands", "closed", "opened", "waited", "moved", "shone", "returned", "vanished", "sold", "grew")
PLACES = ("near the gate", "by noon", "after the fair", "under the hill", "for a year", "with two boats", "in the rain")


class Toy:
    """Words hashed into 64 numbers: passages that share words lie close."""

    name, dimension, fingerprint = "toy", 64, hashlib.sha256(b"toy").hexdigest()

    def encode(self, texts):
        made = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(made, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                row[int(hashlib.md5(word.encode()).hexdigest(), 16) % self.dimension] += 1
        return made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-9)


def text_of(side: str, outlet: str, n: int) -> str:
    """About 80 words, no two alike; western outlets write more of rights, the others more of growth."""
    draw = random.Random(f"{outlet} {n}")
    rights, growth = (
        n < {"western": 6, "state_media": 2, "un": 3}[side],
        n >= {"western": 8, "state_media": 4, "un": 5}[side],
    )
    plain = [
        f"The {draw.choice(NOUNS)} of the {draw.choice(NOUNS)} {draw.choice(VERBS)} {draw.choice(PLACES)}"
        for _ in range(8)
    ]
    said = [f"{outlet} wrote of the {draw.choice(NOUNS)}", *[WORDS["rights"]] * rights, *[WORDS["growth"]] * growth]
    return ". ".join((said + plain)[:8]) + "."


def codebook() -> dict:
    """Two frames and a control, six statements each."""
    frames = {}
    for name, words in (*WORDS.items(), ("weather", "Rain fell on the hills and the wind turned to the north")):
        frames[name] = {"label": name.capitalize(), "definition": f"The matter is presented as one of {name}.",
                        "include": ["what counts"], "exclude": ["what does not"], "control": name == "weather",
                        "examples": [f"{words} in year {n}." for n in range(6)],
                        "counter_examples": ["Nothing of the kind happened."]}  # fmt: skip
    return {"name": "town", "frames": frames}


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the study `town`, the lists of names, and the toy in place of the encoder."""
    module = importlib.import_module("helpers.encode.encode")

    data = tmp_path / "data"
    for name in ("studies", "codebooks"):
        (data / name).mkdir(parents=True)
    shipped = Path(__file__).resolve().parents[2] / "data"
    for name in ("states.csv", "names.csv", "corpora.yml"):
        (data / name).write_bytes((shipped / name).read_bytes())
    (data / "codebooks" / "frames.yml").write_text(yaml.safe_dump(codebook()), encoding="utf-8")
    study = {"name": "town", "title": "How three sides write about an invented town", "corpus": "texts.csv",
             "sides": OUTLETS, "codebook": "frames.yml", "seed": 7}  # fmt: skip
    (data / "studies" / "town.yml").write_text(yaml.safe_dump(study), encoding="utf-8")
    rows = [
        {"id": f"doc-{side[0]}{k}-{n}", "outlet": outlet, "side": side, "date": f"2020-0{1 + n % 9}-15",
         "title": f"Headline {side} {n}", "url": f"https://example.org/{side}/{k}/{n}", "language": "en",
         "text": text_of(side, outlet, n)}
        for side, outlets in OUTLETS.items() for k, outlet in enumerate(outlets) for n in range(10)
    ]  # fmt: skip
    pl.DataFrame(rows).write_csv(data / "studies" / "texts.csv")
    monkeypatch.setenv("WORKBENCH_DATA", str(data))
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(module, "open_encoder", lambda name: Toy())
    monkeypatch.chdir(tmp_path)
    return tmp_path
