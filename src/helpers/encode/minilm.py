"""The default encoder, all-MiniLM-L6-v2, run from its weights by torch alone.

Written out instead of called through sentence-transformers for two measured reasons (benchmarks/encode.py):
importing that library takes four times as long as importing torch, which each worker process would pay again,
and its forward pass takes a fifth to a third more time for the same numbers. The tests hold this one against it.
Architecture: BERT (Devlin et al. 2019), post-norm, exact GELU; mean pooling over tokens, L2-normalised (Reimers
& Gurevych 2019).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

MAX_TOKENS = 256
"""Longer texts are cut off here, as the published model does: about 190 English words."""

BATCH = 8
"""Texts a forward pass on a CPU. 4 to 16 take the same time, 32 about a tenth more: activations leave the cache."""

GPU_BATCH = 512

HEADS, WIDTH, LAYERS, DIMENSION = 12, 32, 6, 384


@dataclass(frozen=True)
class MiniLM:
    """all-MiniLM-L6-v2 from `folder`; nothing is loaded before the first text is encoded.

    Open it with open_encoder("default"), which checks the weights."""

    folder: Path
    fingerprint: str
    name: str = "default"
    dimension: int = DIMENSION

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """(n, 384) float32, L2-normalised, in the order of `texts`."""
        return vectors_of([encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))], self._weights)

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS)
        return tokenizer

    @cached_property
    def _weights(self) -> dict[str, Any]:
        import torch
        from safetensors.torch import load_file

        device = "cuda" if torch.cuda.is_available() else "cpu"
        return arranged(load_file(str(self.folder / "model.safetensors"), device=device), device)


def vectors_of(tokens: Sequence[list[int]], weights: dict[str, Any]) -> np.ndarray:
    """(n, 384) float32 of n lists of token numbers, in their order; lists of like length go together."""
    out = np.empty((len(tokens), DIMENSION), dtype=np.float32)
    by_length = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
    size = BATCH if weights["device"] == "cpu" else GPU_BATCH
    for first in range(0, len(by_length), size):
        batch = by_length[first : first + size]
        out[batch] = _forward(weights, [tokens[i] for i in batch])
    return out


def arranged(given: dict[str, Any], device: str) -> dict[str, Any]:
    """The published weights, which lie on `device`, with query, key and value in one matrix.

    One multiplication a layer instead of three."""
    import torch

    def pair(name: str) -> tuple[Any, Any]:
        return given[f"{name}.weight"], given[f"{name}.bias"]

    layers = []
    for layer in (f"encoder.layer.{number}" for number in range(LAYERS)):
        three = [pair(f"{layer}.attention.self.{part}") for part in ("query", "key", "value")]
        layers.append(
            {
                "qkv": (torch.cat([weight for weight, _ in three]), torch.cat([bias for _, bias in three])),
                "out": pair(f"{layer}.attention.output.dense"),
                "norm1": pair(f"{layer}.attention.output.LayerNorm"),
                "up": pair(f"{layer}.intermediate.dense"),
                "down": pair(f"{layer}.output.dense"),
                "norm2": pair(f"{layer}.output.LayerNorm"),
            }
        )
    return {
        "device": device,
        "words": given["embeddings.word_embeddings.weight"],
        # A single text is of one segment only, so that segment's vector is part of every position's.
        "positions": given["embeddings.position_embeddings.weight"]
        + given["embeddings.token_type_embeddings.weight"][0],
        "norm": pair("embeddings.LayerNorm"),
        "layers": layers,
    }


def _forward(weights: dict[str, Any], tokens: list[list[int]]) -> np.ndarray:
    """(n, 384) of n lists of token numbers. Padded to the longest; padding is masked where there is any."""
    import torch
    from torch.nn import functional

    n, longest = len(tokens), max(map(len, tokens))
    lengths = np.array([len(ids) for ids in tokens])
    padded = np.zeros((n, longest), dtype=np.int64)
    for row, ids in enumerate(tokens):
        padded[row, : len(ids)] = ids

    def norm(values: Any, pair: tuple[Any, Any]) -> Any:
        return functional.layer_norm(values, (DIMENSION,), *pair, 1e-12)

    with torch.inference_mode():
        device = weights["device"]
        own = torch.from_numpy(np.arange(longest) < lengths[:, None]).to(device)
        mask = None if (lengths == longest).all() else own[:, None, None, :]
        words = functional.embedding(torch.from_numpy(padded).to(device), weights["words"])
        hidden = norm(words + weights["positions"][:longest], weights["norm"]).view(n * longest, DIMENSION)
        for layer in weights["layers"]:
            qkv = functional.linear(hidden, *layer["qkv"]).view(n, longest, 3, HEADS, WIDTH)
            query, key, value = qkv.permute(2, 0, 3, 1, 4)
            seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
            seen = seen.transpose(1, 2).reshape(n * longest, DIMENSION)
            hidden = norm(functional.linear(seen, *layer["out"]).add_(hidden), layer["norm1"])
            inner = functional.gelu(functional.linear(hidden, *layer["up"]))
            hidden = norm(functional.linear(inner, *layer["down"]).add_(hidden), layer["norm2"])
        summed = (hidden.view(n, longest, DIMENSION) * own[:, :, None]).sum(1)
        return functional.normalize(summed, dim=1).cpu().numpy()
