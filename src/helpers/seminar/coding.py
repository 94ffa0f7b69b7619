"""What the class of a study has coded: its own returned files, or, of the constructed corpus, a constructed class.

A study that nobody has coded has no codes, and says what to do; no number is made up for it.
"""

from pathlib import Path

import polars as pl

from helpers.analyse.frames import Frames
from helpers.errors import InputError
from helpers.phrases import count
from helpers.results import result
from helpers.seminar import constructed_class
from helpers.seminar.codes import CODES, GUESSES, read_codes
from helpers.seminar.constructed_class import Errors, constructed_codes, constructed_guesses
from helpers.seminar.sample import Asked, Design, Sample, draw, read_sample
from helpers.seminar.sheet import choose_frames, read_key
from helpers.study import Study


@result
class Coding:
    """What a class read and said of it.

    codes        coder, id, frame, code (1 present, 0 absent, null not said); empty where nobody has coded
    guesses      coder, id, guess (a side; null: cannot tell)
    sample       which passages the class read, and how they were drawn; empty where no sheets were
    constructed  whether the class is one that never sat
    said         what this is, or what to do, in a sentence or two
    """

    codes: pl.DataFrame
    guesses: pl.DataFrame
    sample: Sample
    constructed: bool
    said: str


def coding(study: Study, found: Frames, *, folder: Path | None = None) -> Coding:
    """The codes of a study's class.

    `folder`: where `workbench seminar sheet` wrote key and draw, and the returned files were put; None: seminar/<study>
    in the working directory or one above it. Where there is none and every passage is constructed: the constructed
    class of helpers.seminar.constructed_class. Raises InputError where key, draw or files are damaged."""
    there = folder or _folder(study.name)
    if (there / "key.json").is_file():
        return _of_class(there)
    if found.passages["constructed"].fill_null(False).all():
        return _constructed(study, found)
    said = (
        f"Nobody has coded passages of the study {study.name!r} yet, so nothing is said of shares here. "
        f"`workbench seminar sheet {study.name}` writes a coding sheet for each coder; put the files that come back "
        f"into seminar/{study.name}/returned, and run this notebook again."
    )
    return Coding(_empty(CODES), _empty(GUESSES), _no_sample(study), False, said)


def _of_class(there: Path) -> Coding:
    sample, key = read_sample(there / "draw.parquet"), read_key(there / "key.json")
    try:
        returned = read_codes(there / "returned", key)
    except InputError as error:
        said = f"Sheets of {key.made} for {count(len(key.sheets), 'coder')}: {error.what}. {error.do or ''}".strip()
        return Coding(_empty(CODES), _empty(GUESSES), sample, False, said)
    n = returned.codes["coder"].n_unique()
    said = f"Codes of {count(n, 'coder')} on sheets of {key.made} for {len(key.sheets)}."
    return Coding(returned.codes, returned.guesses, sample, False, said)


def _constructed(study: Study, found: Frames) -> Coding:
    asked = Asked(choose_frames(found), study.voice)
    size = {"coders": constructed_class.CODERS, "common": constructed_class.COMMON, "own": constructed_class.OWN}
    sample, errors = draw(found.passages, **size, seed=study.seed, asked=asked), Errors()
    said = (
        f"A constructed class of {size['coders']} that never sat: its codes are what the writers of the constructed "
        f"corpus planned, with a frame missed {100 * errors.misses:.0f} % of the time and seen where there is none "
        f"{100 * errors.sees:.0f} %; {100 * errors.right:.0f} % of its guesses of the side are right."
    )
    return Coding(
        constructed_codes(sample, found.passages, errors=errors, seed=study.seed),
        constructed_guesses(sample, errors=errors, seed=study.seed), sample, True, said,
    )  # fmt: skip


def _folder(name: str) -> Path:
    here = Path.cwd()
    return next((place / "seminar" / name for place in (here, *here.parents)
                 if (place / "seminar" / name / "key.json").is_file()), here / "seminar" / name)  # fmt: skip


def _empty(schema: dict) -> pl.DataFrame:
    return pl.DataFrame(schema=schema)


def _no_sample(study: Study) -> Sample:
    schema = {"coder": pl.String, "id": pl.String, "position": pl.Int64, "common": pl.Boolean, "inclusion": pl.Float64,
              "stratum": pl.String, "side": pl.String, "document_id": pl.String, "outlet": pl.String}  # fmt: skip
    return Sample(pl.DataFrame(schema=schema), Design(0, 0, 0, study.seed, (), study.voice, 0, 0))
