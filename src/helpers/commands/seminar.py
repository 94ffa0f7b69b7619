"""`workbench seminar plan | sheet | codes | reveal STUDY`: a lesson in which a class codes passages blind.

Everything of a study's seminar stands in one folder, seminar/<study>/: what to hand out in sheets/, what comes back in
returned/, and the key, which is the teacher's.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from helpers import html
from helpers.analyse.copies import copies
from helpers.analyse.frames import Frames, frames
from helpers.codebook import open_codebook
from helpers.corpora import load
from helpers.corpora.load import Corpus
from helpers.encode import encode
from helpers.errors import InputError
from helpers.phrases import count
from helpers.prepare import prepare
from helpers.report.run import write
from helpers.report.sheet import sheet_page
from helpers.seminar import masking
from helpers.seminar.sample import Asked, draw, write_sample
from helpers.seminar.sheet import Key, choose_frames, new_key, read_key, sheets, write_key
from helpers.study import Study, open_study

CODERS, COMMON, OWN = 12, 20, 8


@dataclass(frozen=True)
class Place:
    """The files of a study's seminar."""

    folder: Path

    @property
    def key(self) -> Path:
        """The teacher's key."""
        return self.folder / "key.json"

    @property
    def sample(self) -> Path:
        """The passages that were drawn, with all labels; as secret as the key."""
        return self.folder / "sample.parquet"

    @property
    def sheets(self) -> Path:
        """What is handed out."""
        return self.folder / "sheets"

    @property
    def returned(self) -> Path:
        """Where the files that come back are put."""
        return self.folder / "returned"


@dataclass(frozen=True)
class Wanted:
    """What the command line asks of a draw."""

    coders: int = CODERS
    common: int = COMMON
    own: int = OWN
    frames: tuple[str, ...] = ()
    fresh: bool = False


@dataclass(frozen=True)
class Opened:
    """A study with its passages scored."""

    study: Study
    corpus: Corpus
    found: Frames


def opened(name: str | Path) -> Opened:
    """The study of that name, its passages prepared, encoded (from the cache, the second time) and scored."""
    study = open_study(name)
    corpus = load(study)
    passages = encode(prepare(copies(corpus.table).table, words=study.words), encoder=study.encoder)
    codebook = open_codebook(study.codebook, near=study.path)
    found = frames(passages, codebook, encoder=study.encoder, voice=study.voice, copies=study.copies, seed=study.seed)
    return Opened(study, corpus, found)


def sheet(name: str, *, out: Path, wanted: Wanted) -> Place:
    """Draws the passages, takes the names out, and writes one page a coder, the key, and the sample.

    Asked again with the same numbers, it writes the same sheets again from the key. Raises InputError where sheets of
    another draw are there already, and `wanted.fresh` does not say that they may go."""
    given = opened(name)
    study, found = given.study, given.found
    place = Place(out / study.name)
    chosen = choose_frames(found, wanted=wanted.frames)
    settings = {"coders": wanted.coders, "common": wanted.common, "own": wanted.own, "seed": study.seed}
    drawn = draw(
        found.passages, coders=wanted.coders, common=wanted.common, own=wanted.own, seed=study.seed,
        asked=Asked(chosen, study.voice),
    )  # fmt: skip
    fresh = new_key(drawn.table, study=study.name, frames=chosen, sides=tuple(study.sides), settings=settings)
    key = fresh if wanted.fresh else _kept(place, fresh)
    mask = masking.learn(found.passages)
    of_sample = found.passages.filter(pl.col("id").is_in(drawn.table["id"].unique().implode()))
    masked = masking.mask_passages(of_sample, mask)
    made = sheets(key, masked, found.codebook)
    for old in place.sheets.glob("coder-*.html"):
        old.unlink()
    for one in made:
        write(place.sheets / f"coder-{one.coder}.html", sheet_page(one))
    write_key(key, place.key)
    masked.drop("embedding").join(
        drawn.table.select("id", "inclusion", "stratum", "common").unique("id"), on="id"
    ).sort("id").write_parquet(place.sample)
    write_sample(drawn, place.folder / "draw.parquet")
    place.returned.mkdir(exist_ok=True)
    write(place.folder / "names.csv", html.csv(_taken_out(masked, mask)))
    print(f"{count(len(made), 'sheet')} in {place.sheets}: {count(len(made[0].passages), 'passage')} each, "
          f"about {made[0].minutes} minutes")  # fmt: skip
    return place


def _kept(place: Place, fresh: Key) -> Key:
    """The key that is there where it was made for the same draw, so that sheets handed out stay good."""
    if not place.key.exists():
        return fresh
    kept = read_key(place.key)
    same = {c: [i for _, i in rows] for c, rows in kept.sheets.items()} == {
        c: [i for _, i in rows] for c, rows in fresh.sheets.items()
    }
    if same and kept.frames == fresh.frames and kept.sides == fresh.sides:
        return kept
    raise InputError(
        "other sheets of this study were drawn before",
        where=place.key, found=f"{count(len(kept.sheets), 'sheet')} of {kept.made}, frames {', '.join(kept.frames)}",
        do="Go on with those; or draw anew with --fresh, and then no file coded on the old ones can be read.",
    )  # fmt: skip


def _taken_out(masked: pl.DataFrame, mask: masking.Mask) -> pl.DataFrame:
    """For the teacher to look over: each name that was replaced, by what, and in how many passages."""
    rows = [(text[start:end], tag) for text in masked["text"] for start, end, tag in set(masking.replaced(text, mask))]
    table = pl.DataFrame(rows, schema={"name": pl.String, "tag": pl.String}, orient="row")
    return table.group_by("name", "tag").len("passages").sort(["passages", "name"], descending=[True, False])
