"""`report`: every notebook of one study or several becomes a page; what has not changed is not run again.

Order: corpora are opened (and fetched) first, here, once. Then the first notebook of each study, which fills the
caches of vectors and results that its others read; then these, side by side. A page is written as soon as its
notebook has ended, whole or not at all, so that a stopped run leaves the finished ones.
"""

import copy
import hashlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from helpers.corpora import load
from helpers.errors import InputError
from helpers.paths import cache_folder, data_folder
from helpers.report import pack
from helpers.report.about import About, about, file_hash
from helpers.report.foot import foot
from helpers.report.index import Shelf, all_studies, of_all, study_index
from helpers.report.kernels import Ran, run_all
from helpers.report.page import Entry, Failure, Page, entry_of, page
from helpers.report.slides import deck
from helpers.results import fingerprint
from helpers.study import Study, open_study, studies

Say = Callable[[str], None]
_PARAMETER = re.compile(r"^STUDY\s*=.*$", flags=re.MULTILINE)


@dataclass(frozen=True)
class Job:
    """One notebook for one study. `key`: hash of all that its outputs depend on."""

    about: About
    entries: tuple[Entry, ...]
    entry: Entry
    notebook: NotebookNode
    key: str


def report(
    wanted: Iterable[str | Path] | str | Path,
    *,
    out: Path = Path("reports"),
    fresh: bool = False,
    workers: int | None = None,
    progress: Say | bool = True,
) -> Path:
    """Writes the pages of those studies into `out`/<study>/, their findings as slides beside them, and returns
    `out`/index.html, which leads to all.

    wanted    names or files of studies
    fresh     runs every notebook, also those of which nothing changed
    workers   notebooks at once; None: as many as there are cores
    progress  True: lines on stderr; a function: called with each line; False: silence

    Raises InputError when a study cannot be opened, and, after all else is written, when a page is incomplete."""
    opened = [open_study(name) for name in ([wanted] if isinstance(wanted, str | Path) else wanted)]
    _check(opened)
    say = progress if callable(progress) else _say if progress else lambda line: None
    shelves: dict[str, Shelf] = {}
    jobs: list[Job] = []
    trouble: list[str] = []
    for study in opened:
        try:
            jobs += _jobs(study, say)
        except InputError as error:
            trouble.append(f"{study.name}: {error}")
            shelves[study.name] = Shelf(study.name, study.title, None, (), {}, str(error))
    for job in jobs:
        shelves.setdefault(job.about.name, Shelf(job.about.name, job.about.title, job.about, job.entries, {}, None))
    try:
        _run(jobs, out=out, fresh=fresh, workers=workers or os.cpu_count() or 1, shelves=shelves, say=say)
    finally:
        for shelf in shelves.values():
            write(out / shelf.name / "index.html", study_index(shelf, zipped=f"../{shelf.name}.zip"))
        for study in opened:
            filled = shelves.get(study.name)
            if filled and filled.about and filled.pages:
                slides = deck(filled, filled.about)
                write(out / study.name / "slides.html", slides)
                write(out / f"{study.name}.zip", _zipped(filled, filled.about, study, slides))
        write(out / "index.html", all_studies(shelves.values(), out=out))
    for shelf in shelves.values():
        stopped = [made for made in shelf.pages.values() if made.failure]
        trouble += [f"{shelf.name}/{made.entry.file}: {made.failure.why}" for made in stopped if made.failure]
    if trouble:
        raise InputError(
            f"{len(trouble)} {'thing' if len(trouble) == 1 else 'things'} of this report did not come to an end",
            where=(out / "index.html").resolve().as_uri(),
            found="; ".join(trouble),
            do="The other pages are written. Mend what is named and run the same command again.",
        )
    return out / "index.html"


def write(path: Path, content: str | bytes) -> None:
    """Writes `content` whole or not at all; text as UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-", suffix=path.suffix)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode("utf-8", "replace"))
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _zipped(shelf: Shelf, shown: About, study: Study, slides: str) -> bytes:
    """The study's pages as they were made in this run, in a zip that opens without the others."""
    index, cited = study_index(shelf, zipped=None), foot(shown, **of_all(shelf.shown, shown))["cited"]
    members = pack.members(shelf.shown, index=index, title=shelf.title, cited=cited) | {"slides.html": slides}
    return pack.packed(shelf.name, members | pack.sources(study))


def notebooks_folder() -> Path:
    """The folder of the curated notebooks, beside the data folder."""
    return data_folder().resolve().parent / "notebooks"


def with_study(notebook: NotebookNode, study: str) -> NotebookNode:
    """A copy of `notebook` without outputs whose line `STUDY = ...` names `study`.

    Raises InputError where no cell has that line."""
    made = copy.deepcopy(notebook)
    found, line = False, f"STUDY = {study!r}"
    for cell in made.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            if not found and _PARAMETER.search(cell.source):
                cell.source, found = _PARAMETER.sub(lambda _: line, cell.source, count=1), True
    if not found:
        raise InputError("no cell has the line `STUDY = ...`", where="notebook", do='Add a cell `STUDY = "teaching"`.')
    return made


def _check(opened: list[Study]) -> None:
    names = [study.name for study in opened]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice or not names:
        raise InputError(
            f"two studies are named {twice!r}" if twice else "no study named",
            where="report",
            do="Give each study a name of its own (`name:` in its file)." if twice else "Name one, such as teaching.",
        )


def _jobs(study: Study, say: Say) -> list[Job]:
    folder = notebooks_folder()
    paths = sorted(path for path in folder.glob("[0-9][0-9]_*.ipynb"))
    if not paths:
        raise InputError("no notebook named NN_name.ipynb", where=folder, do="Run from the workbench's folder.")
    say(f"{study.name}: opening its corpus")
    corpus = load(study, progress=True)
    shown = about(study, table=corpus.table, parts=corpus.parts, left_out=corpus.left_out)
    for line in shown.missing:
        say(f"{study.name}: left out, {line}")
    inputs = [shown.record, fingerprint(corpus.table), *_files(study)]
    name = study.name if study.path in studies().values() else str(study.path.resolve())
    sources = [(path.stem, nbformat.read(path, as_version=4)) for path in paths]  # type: ignore[no-untyped-call]
    entries = tuple(entry_of(stem, source) for stem, source in sources)
    made = []
    for entry, (stem, source) in zip(entries, sources, strict=True):
        try:
            ready = with_study(source, name)
        except InputError as error:
            raise InputError(error.what, where=folder / f"{stem}.ipynb", do=error.do) from None
        cells = [(cell.cell_type, cell.source) for cell in ready.cells]
        made.append(Job(shown, entries, entry, ready, fingerprint([cells, inputs])))
    return made


def _files(study: Study) -> list[str]:
    """Hashes of the files beside the corpus that a run may read: study, codebooks, texts to be placed."""
    near = study.path.parent
    named = [near / study.codebook, Path(study.codebook)]
    for text in study.focus:
        named += [near / text, Path(text)]
    paths = [*sorted((data_folder() / "codebooks").glob("*")), *(path for path in named if path.is_file())]
    return [file_hash(study), *(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths if path.is_file())]


def _run(jobs: list[Job], *, out: Path, fresh: bool, workers: int, shelves: dict[str, Shelf], say: Say) -> None:
    finished = 0

    def keep(job: Job, notebook: NotebookNode, failure: Failure | None, how: str) -> None:
        nonlocal finished
        finished += 1
        made = page(notebook, entry=job.entry, entries=job.entries, about=job.about, failure=failure)
        write(out / job.about.name / job.entry.file, made.text)
        shelves[job.about.name].pages[job.entry.name] = made
        say(f"[{finished}/{len(jobs)}] {job.about.name}/{job.entry.name}: {how}")

    stale = []
    for job in jobs:
        kept = None if fresh else _kept(job)
        if kept is None:
            stale.append(job)
        else:
            keep(job, kept, None, "unchanged")
    first = {job.about.name: number for number, job in enumerate(stale) if job.entry == job.entries[0]}

    def done(number: int, ran: Ran) -> None:
        job, stopped = stale[number], ran.failure
        if stopped is None:
            _remember(job, ran.notebook)
        how = f"{ran.seconds:.0f} s" if stopped is None else f"stopped at cell {stopped.cell + 1}: {stopped.why}"
        keep(job, ran.notebook, stopped, how)

    if stale:
        say(f"running {len(stale)} of {len(jobs)} notebooks, {min(workers, len(stale))} at once")
        before = [first.get(job.about.name) for job in stale]
        after = [None if of == number else of for number, of in enumerate(before)]
        notebooks = [job.notebook for job in stale]
        run_all(notebooks, after=after, folder=notebooks_folder(), workers=workers, done=done)


def _place(job: Job) -> Path:
    return cache_folder() / "runs" / job.about.name / f"{job.entry.name}.json"


def _kept(job: Job) -> NotebookNode | None:
    """The outputs of an earlier run of the very same notebook on the very same inputs."""
    try:
        held = json.loads(_place(job).read_text(encoding="utf-8"))
        if held["key"] != job.key:
            return None
        made: NotebookNode = nbformat.from_dict(held["notebook"])  # type: ignore[no-untyped-call]
        return made
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(job: Job, notebook: NotebookNode) -> None:
    write(_place(job), json.dumps({"key": job.key, "notebook": notebook}))


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


__all__ = ["Page", "report", "with_study", "write"]
