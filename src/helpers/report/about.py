"""What every page of a study says of itself, in its head and its foot: what was compared, and from what it was made."""

import hashlib
import importlib.metadata
import platform
from dataclasses import dataclass
from typing import Any

import polars as pl

from helpers import html
from helpers.results import code_version, fingerprint
from helpers.sides import Look, looks
from helpers.study import Study

VERSIONS = ("text-workbench", "polars", "numpy", "scipy", "scikit-learn", "torch", "sentence-transformers", "altair")
"""Packages that a reader sees named; the record's hash is over all that are installed."""


@dataclass(frozen=True)
class Side:
    """One side as the head shows it: its outlets (or speakers), most documents first, with how many of each."""

    look: Look
    members: tuple[tuple[str, int], ...]
    n_documents: int


@dataclass(frozen=True)
class About:
    """A study as its pages show it.

    sampled      how documents were chosen, a sentence
    constructed  "all", "part" or "" : whether the texts were written for teaching
    missing      parts of the corpus that could not be had, a sentence each
    left_out     (reason, documents), most first
    record       what the pages were made from: hashes, versions, seed
    """

    name: str
    title: str
    note: str
    sampled: str
    sides: tuple[Side, ...]
    constructed: str
    missing: tuple[str, ...]
    left_out: tuple[tuple[str, int], ...]
    record: dict[str, Any]


def about(study: Study, *, table: pl.DataFrame, parts: pl.DataFrame, left_out: pl.DataFrame) -> About:
    """What the pages of `study` say of themselves, from its corpus (`helpers.corpora.load`)."""
    reasons = (
        left_out.group_by("reason").agg(pl.col("n_documents").sum()).sort(["n_documents", "reason"], descending=True)
    )
    return About(
        name=study.name,
        title=study.title,
        note=study.note,
        sampled=_sampled(study, table),
        sides=_sides(study, table),
        constructed="all" if table["constructed"].all() else "part" if table["constructed"].any() else "",
        missing=tuple(f"{row['part']}: {row['note']}" for row in parts.filter(pl.col("status") != "used").to_dicts()),
        left_out=tuple(row for row in reasons.iter_rows() if row[1]),
        record=_record(study, parts),
    )


def _sampled(study: Study, table: pl.DataFrame) -> str:
    made = f"{table.height:,} documents"
    dated = table.drop_nulls("date").sort("date").select("date", "date_precision")
    if not dated.is_empty():
        made += f" from {html.day(*dated.row(0))} to {html.day(*dated.row(-1))}"
    return made + (f", in whose title or text stands: {study.query}" if study.query else "")


def _sides(study: Study, table: pl.DataFrame) -> tuple[Side, ...]:
    made = []
    for name, look in looks(study.sides).items():
        rows = table.filter(pl.col("side") == name)
        listed = set(study.sides[name])
        column = next((c for c in ("outlet", "speaker", "country") if listed & set(rows[c].drop_nulls())), "outlet")
        counts = rows[column].drop_nulls().value_counts().sort(["count", column], descending=[True, False])
        made.append(Side(look, tuple(counts.iter_rows()), rows.height))
    return tuple(made)


def _record(study: Study, parts: pl.DataFrame) -> dict[str, Any]:
    return {
        "study": {"file": study.path.name, "sha256": file_hash(study), "seed": study.seed},
        "corpus": {row["part"]: row["sha256"] or row["status"] for row in parts.to_dicts()},
        "code": code_version(),
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in VERSIONS},
        "packages": packages(),
    }


def file_hash(study: Study) -> str:
    """sha256 of the study's file, as it stands; of the study itself where the file is gone."""
    try:
        return hashlib.sha256(study.path.read_bytes()).hexdigest()
    except OSError:
        return fingerprint(study)


def packages() -> str:
    """sha256 (first 16 hex digits) over the name and version of every installed package."""
    named = sorted({f"{d.metadata['Name']}=={d.version}" for d in importlib.metadata.distributions()})
    return hashlib.sha256("\n".join(named).encode()).hexdigest()[:16]


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "absent"
