"""`workbench seminar plan | sheet | codes | reveal STUDY`: a lesson in which a class codes passages blind.

Everything of a study's seminar stands in one folder, seminar/<study>/: what to hand out in sheets/, what comes back in
returned/, and the key, which is the teacher's.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat
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
from helpers.report.about import about
from helpers.report.plan import plan_page
from helpers.report.run import notebooks_folder
from helpers.report.run import write as whole
from helpers.report.sheet import sheet_page
from helpers.seminar import masking
from helpers.seminar.exercise import coded_paragraphs, solved, stripped
from helpers.seminar.guess import CLASSIFIER, UNSEEN, Guess, guess
from helpers.seminar.masked import masked_vectors
from helpers.seminar.plan import Class, lesson
from helpers.seminar.sample import Asked, draw, write_sample
from helpers.seminar.sheet import Key, choose_frames, minutes_for, new_key, read_key, sheets, write_key
from helpers.seminar.traps import Trap, traps
from helpers.sides import looks, readable
from helpers.study import Study, open_study

CODERS, COMMON, OWN = 12, 20, 6


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
    def draw(self) -> Path:
        """Who reads which passage, and with which probability it was drawn."""
        return self.folder / "draw.parquet"

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


def identified(given: Opened, guesses: pl.DataFrame | None, *, keep: pl.Series) -> Guess:
    """How well the side of masked passages can be guessed: by the class where there are guesses, and by a classifier
    on `keep` and on others of the study (helpers.seminar.masked)."""
    study = given.study
    vectors = masked_vectors(given.found.passages, keep=keep, encoder=study.encoder, seed=study.seed)
    return guess(vectors, guesses, voice=study.voice, seed=study.seed)


def plan(name: str, *, out: Path, wanted: Wanted) -> Path:
    """Writes the lesson plan and the notebooks of the exercises, for students and with solutions; returns the plan.

    Where sheets were drawn, the plan is theirs; else it is for the numbers in `wanted`."""
    given = opened(name)
    study, found, place = given.study, given.found, Place(out / given.study.name)
    labels = {f"frame_{n}": frame.label for n, frame in found.codebook.frames.items() if not frame.control}
    shown = about(study, table=given.corpus.table, parts=given.corpus.parts, left_out=given.corpus.left_out)
    asked = _coded_traps(given) if shown.constructed == "all" else None
    if asked is None:
        scores = ((pl.col(column) - pl.col(column).mean()) / pl.col(column).std() for column in labels)
        asked = traps(found.passages.with_columns(scores), labels, unit=" standard deviations")
    made = lesson(
        study.title, study=name, sides=tuple(looks(study.sides)), codebook=found.codebook,
        held=_class(place, found, wanted), traps=asked,
    )  # fmt: skip
    path = place.folder / "plan.html"
    whole(path, plan_page(made, about=shown))
    books = sorted((notebooks_folder() / "seminar").glob("*.ipynb"))
    for source in books:
        notebook = nbformat.read(source, as_version=4)  # type: ignore[no-untyped-call]
        for who, change in (("students", stripped), ("teacher", solved)):
            whole(place.folder / "notebooks" / who / source.name, nbformat.writes(change(notebook)) + "\n")  # type: ignore[no-untyped-call]
    if made.too_long:
        print(f"the lesson would take {made.minutes} minutes: take fewer passages with --own and --common")
    print(f"{count(len(books), 'exercise')} in {place.folder / 'notebooks'}, without solutions for students")
    return path


def _coded_traps(given: Opened) -> list[Trap] | None:
    """Traps in shares of what paragraphs were written to carry; None where that is not known."""
    try:
        coded = coded_paragraphs(copies(given.corpus.table).table)
    except InputError:
        return None
    labels = {n: frame.label for n, frame in given.found.codebook.frames.items() if n in coded.columns}
    return traps(coded.with_columns(pl.col(list(labels)) * 100), labels, unit=" %")


def _class(place: Place, found: Frames, wanted: Wanted) -> Class:
    """The numbers of the draw that is there; else of the one that is wanted."""
    chosen = choose_frames(found, wanted=wanted.frames)
    if not place.key.exists():
        n, typical = wanted.common + wanted.own, int(found.passages["n_words"].mean() or 80)  # type: ignore[arg-type]
        minutes = minutes_for([typical] * n, n_frames=len(chosen))
        options = _options(wanted.coders, wanted.common, wanted.own, wanted.frames)
        return Class(wanted.coders, n, minutes, chosen, options)
    key = read_key(place.key)
    words = dict(found.passages.select("id", "n_words").iter_rows())
    longest = max(key.sheets.values(), key=len)
    minutes = minutes_for([words.get(i, 80) for _, i in longest], n_frames=len(key.frames))
    made = key.settings
    named = () if key.frames == choose_frames(found) else key.frames
    options = _options(len(key.sheets), made.get("common", COMMON), made.get("own", OWN), named)
    return Class(len(key.sheets), len(longest), minutes, key.frames, options)


def _options(coders: int, common: int, own: int, frames: tuple[str, ...]) -> str:
    """What is to be given to `seminar sheet`, beyond what it takes by itself."""
    made = [f"--coders {coders}"]
    made += [f"--common {common}"] * (common != COMMON) + [f"--own {own}"] * (own != OWN)
    return " ".join(made + [f"--frames {','.join(frames)}"] * bool(frames))


def sheet(name: str, *, out: Path, wanted: Wanted) -> Path:
    """Draws the passages, takes the names out, and writes one page a coder, the key, and the sample; returns the folder
    of the pages.

    Asked again with the same numbers, it writes the same sheets again from the key. Raises InputError where sheets of
    another draw are there already, and `wanted.fresh` does not say that they may go."""
    given = opened(name)
    study, found = given.study, given.found
    place = Place(out / study.name)
    chosen = choose_frames(found, wanted=wanted.frames)
    drawn = draw(
        found.passages, coders=wanted.coders, common=wanted.common, own=wanted.own, seed=study.seed,
        asked=Asked(chosen, study.voice),
    )  # fmt: skip
    fresh = new_key(
        drawn.table, study=study.name, frames=chosen, sides=tuple(study.sides), settings=asdict(drawn.design)
    )
    key = fresh if wanted.fresh else _kept(place, fresh)
    if wanted.fresh:
        _set_aside(place)
    mask = masking.learn(found.passages)
    of_sample = found.passages.filter(pl.col("id").is_in(drawn.table["id"].unique().implode()))
    masked = masking.mask_passages(of_sample, mask)
    made = sheets(key, masked, found.codebook)
    # The key first: sheets without it would be lost work.
    write_key(key, place.key)
    write_sample(drawn, place.draw)
    of_draw = drawn.table.select("id", "inclusion", "stratum", "common").unique("id")
    masked.drop("embedding").join(of_draw, on="id").sort("id").write_parquet(place.sample)
    for old in place.sheets.glob("coder-*.html"):
        old.unlink()
    for one in made:
        whole(place.sheets / f"coder-{one.coder}.html", sheet_page(one))
    place.returned.mkdir(exist_ok=True)
    whole(place.folder / "names.csv", html.csv(_taken_out(masked, mask)))
    print(f"{count(len(made), 'sheet')} in {place.sheets}: {count(len(made[0].passages), 'passage')} each, "
          f"about {made[0].minutes} minutes, frames {', '.join(chosen)}")  # fmt: skip
    print(f"{count(int(masked['n_masked'].sum()), 'name')} taken out of {count(masked.height, 'passage')}; look them "
          f"over in {place.folder / 'names.csv'}")  # fmt: skip
    for line in still_told(identified(given, None, keep=masked["id"])):
        print(line)
    return place.sheets


def still_told(found: Guess) -> list[str]:
    """How far the side can be told from masked passages by a classifier, in lines."""
    rows = found.table.filter(pl.col("asked") == "all")
    unseen = {(r["side"], r["other"]): r["auc"] for r in rows.filter(pl.col("who") == UNSEEN).iter_rows(named=True)}
    lines = [
        "how far a classifier still tells sides apart (AUC: .5 chance, 1 always; in brackets, outlets it never saw):"
    ]
    for row in rows.filter(pl.col("who") == CLASSIFIER).iter_rows(named=True):
        apart = unseen.get((row["side"], row["other"]))
        pair = f"{readable(row['side'])}, {readable(row['other'])}"
        lines.append(f"  {pair:<36} {row['auc']:.2f}" + ("" if apart is None else f" ({apart:.2f})"))
    return lines


def _set_aside(place: Place) -> None:
    """Puts key, sample and returned files of an earlier draw into earlier/, so that nothing coded with them is lost."""
    if place.key.exists():
        folder = place.folder / "earlier" / read_key(place.key).draw
        folder.mkdir(parents=True, exist_ok=True)
        for path in (place.key, place.sample, place.draw, place.returned):
            if path.exists():
                path.replace(folder / path.name)


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
        do="Go on with those; or draw anew with --fresh: those and what came back of them go into earlier/.",
    )  # fmt: skip


def _taken_out(masked: pl.DataFrame, mask: masking.Mask) -> pl.DataFrame:
    """For the teacher to look over: each name that was replaced, by what, and in how many passages."""
    rows = [(text[start:end], tag) for text in masked["text"] for start, end, tag in set(masking.replaced(text, mask))]
    table = pl.DataFrame(rows, schema={"name": pl.String, "tag": pl.String}, orient="row")
    return table.group_by("name", "tag").len("passages").sort(["passages", "name"], descending=[True, False])
