"""The commands: `workbench report | slides | lab | fetch | read | study new | seminar | doctor`.

Exit status: 0 done, 1 a fault of the workbench (or a FAIL of the doctor), 2 something to be put
right by the user, 130 stopped with Ctrl-C. Nothing heavy is imported before a command asks for it.
"""

import argparse
import errno
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from helpers.errors import InputError

SHIPPED = ("teaching", "world-2017")
"""The studies that `workbench report` builds when none is named."""
READ = (
    "files or folders: CSV, TSV, JSON, JSONL, Parquet, TXT, HTML, DOCX, PDF, RTF, ZIP; "
    "exports of Nexis Uni, Factiva and ProQuest are told by themselves"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command line; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows console in cp1252 cannot show every outlet's name, and must not crash over it.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    parser = _parser()
    given, more = parser.parse_known_args(arguments)
    if more and given.run is not _lab:
        parser.error(f"unrecognized arguments: {' '.join(more)}")
    given.more = more
    return guarded(lambda: given.run(given) or 0)


def guarded(action: Callable[[], int]) -> int:
    """Runs `action`, turning what goes wrong into a line on stderr and an exit status."""
    try:
        return action()
    except KeyboardInterrupt:
        _say("stopped. What was done is kept; the same command goes on from there.")
        return 130
    except BrokenPipeError:  # the reader of our output (head, less) has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if isinstance(error, InputError):
            _say(f"error: {error}")
        elif _disk_is_full(error):
            _say(f"error: the disk is full{_named(error)}. Free some space and run the same command again.")
        elif isinstance(error, OSError) and error.filename and error.errno in _REFUSED:
            _say(f"error: {error.strerror}{_named(error)}. Check the path and your right to read and write there.")
        else:
            what = f"{type(error).__name__}: {str(error).splitlines()[0][:200] if str(error) else 'no message'}"
            _say(f"error: something went wrong inside the workbench ({what}). Details: {_log(error)}")
            return 1
        return 2


_REFUSED = {
    *(errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST),
    *(errno.ENAMETOOLONG, errno.EINVAL, errno.EBUSY),
}


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _named(error: BaseException) -> str:
    name = getattr(error, "filename", None)
    return f": {name}" if name else ""


def _disk_is_full(error: BaseException | None) -> bool:
    """Whether the error, or one that caused it, is that the disk is full; other libraries' included."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
            return True
        if any(sign in str(error).lower() for sign in ("no space left on device", "disk is full", "os error 112")):
            return True
        error = error.__cause__ or error.__context__
    return False


def _log(error: Exception) -> Path | str:
    """Writes the traceback to a file and returns its path."""
    from helpers.paths import cache_folder

    text = "".join(traceback.format_exception(error))
    name = f"error-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    head = f"workbench {_version()}, Python {sys.version}\n{sys.argv}\n\n"
    for place in (lambda: cache_folder() / "logs", lambda: Path(tempfile.gettempdir())):
        try:
            folder = place()
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(head + text, encoding="utf-8", errors="replace")
            return folder / name
        except (OSError, InputError):
            continue
    return "\n" + text


class _Version(argparse.Action):
    """Looks the version up only when asked: that takes longer than all the rest of the start."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print(f"workbench {_version()}")
        parser.exit()


def _version() -> str:
    from importlib import metadata

    try:
        return metadata.version("text-workbench")
    except metadata.PackageNotFoundError:
        return "not installed"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="workbench",
        description="Compare how different sides write about the same thing.",
        epilog="Begin with `workbench report teaching`, or `workbench lab`. Each command has --help.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and stop")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], int | None], text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        made.set_defaults(run=run)
        return made

    report = command("report", _report, "run every notebook of a study and write pages that open offline")
    report.add_argument("studies", nargs="*", metavar="STUDY", help=f"name or .yml file; default: {' '.join(SHIPPED)}")
    report.add_argument(
        "--out", type=Path, default=Path("reports"), metavar="DIR", help="folder for the pages (reports)"
    )
    report.add_argument("--fresh", action="store_true", help="compute again what is kept from earlier runs")

    slides = command("slides", _slides, "write the findings of a study as slides, one finding a slide, with its chart")
    slides.add_argument("study", metavar="STUDY", help="name or .yml file")
    slides.add_argument(
        "--out", type=Path, default=Path("reports"), metavar="DIR", help="folder for the pages (reports)"
    )
    slides.epilog = "They are made from the report's own results; what has not been run yet is run first."

    lab = command("lab", _lab, "open JupyterLab on the notebooks")
    lab.epilog = "Other options, such as --no-browser or --port=8890, are passed on to JupyterLab."

    fetch = command("fetch", _fetch, "bring a corpus of data/corpora.yml to this machine")
    fetch.add_argument("corpus", metavar="CORPUS", help="such as news-2017, un-general-debate or ai-governance")
    fetch.add_argument(
        "--from", dest="source", type=Path, metavar="PATH", help="an archive or folder you have; pages you saved"
    )

    read = command("read", _read, "turn your own files into a table of documents")
    read.add_argument("paths", nargs="+", metavar="PATH", help=READ)
    read.add_argument("--out", type=Path, required=True, metavar="FILE.parquet", help="the table to write")
    read.add_argument("--side", help="side of every document, such as state_media")
    read.add_argument("--outlet", help="outlet of every document")
    read.add_argument("--date", help="date of every document: 2024-03-26, 2024-03 or 2024")

    read.add_argument(
        "--fetch",
        action="store_true",
        help="fetch the pages of a list of addresses, slowly, where robots.txt allows it",
    )

    study = commands.add_parser("study", help="make a study file", description="Make a study file.")
    new = study.add_subparsers(metavar="COMMAND", required=True).add_parser(
        "new", help="write data/studies/NAME.yml with the outlets found, sides to be filled in"
    )
    new.add_argument("name", metavar="NAME", help="letters, digits, - and _")
    new.add_argument("--corpus", nargs="+", required=True, metavar="PATH", help="files, folders, or corpora by name")
    new.add_argument("--force", action="store_true", help="overwrite a study of that name")
    new.set_defaults(run=_study_new)

    _seminar_parser(commands)

    doctor = command("doctor", _doctor, "say what is installed and whether it is as it should be")
    doctor.add_argument(
        "--warm", action="store_true", help="also load the encoder and charts once, so that first use is fast"
    )
    return parser


def _seminar_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    seminar = commands.add_parser(
        "seminar",
        help="a lesson: a class codes passages without knowing whose they are",
        description="A lesson in which a class codes passages without knowing whose they are. In this order: plan "
        "(a lesson of 90 minutes, and exercises), sheet (a page for each student), codes (read what came back), "
        "reveal (a page to show the class). Everything is put into seminar/STUDY/.",
        epilog="Begin with `workbench seminar plan teaching`: its texts are constructed, and the answers are known.",
    )
    steps = seminar.add_subparsers(metavar="STEP", required=True)

    def step(name: str, text: str) -> argparse.ArgumentParser:
        made = steps.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        made.add_argument("study", metavar="STUDY", help="name or .yml file")
        made.add_argument("--out", type=Path, default=Path("seminar"), metavar="DIR", help="folder (seminar)")
        made.set_defaults(run=_seminar, step=name)
        return made

    plan = step("plan", "write a lesson plan to print, and exercises with and without their solutions")
    sheet = step(
        "sheet", "draw passages, take the names out, and write a page for each student, for any device or paper"
    )
    for one in (plan, sheet):
        one.add_argument("--coders", type=int, metavar="N", help="students (12)")
        one.add_argument("--common", type=int, metavar="N", help="passages that everybody reads (20)")
        one.add_argument("--own", type=int, metavar="N", help="passages that one student alone reads (6)")
        one.add_argument(
            "--frames", metavar="A,B,...", default="", help="frames to code, or all (the four that differ most)"
        )
    sheet.add_argument(
        "--fresh", action="store_true", help="draw anew; files coded on earlier sheets are not read then"
    )
    for one in (
        step("codes", "read the files that came back, say what is odd, and how far coders and machine agree"),
        step("reveal", "write the page on which the class sees who wrote what, and what its codes change"),
    ):
        one.add_argument(
            "--from", dest="source", type=Path, metavar="DIR", help="folder of files (seminar/STUDY/returned)"
        )


def _report(given: argparse.Namespace) -> None:
    from helpers.report import report

    page = Path(report(given.studies or list(SHIPPED), out=given.out, fresh=given.fresh, progress=_say))
    page = page / "index.html" if page.is_dir() else page
    print(f"open {page.resolve().as_uri()}")


def _slides(given: argparse.Namespace) -> None:
    from helpers.report import report
    from helpers.study import open_study

    report([given.study], out=given.out, progress=_say)
    print(f"open {(given.out / open_study(given.study).name / 'slides.html').resolve().as_uri()}")


def _lab(given: argparse.Namespace) -> int:
    from helpers.paths import data_folder

    root = data_folder().resolve().parent
    first = root / "notebooks" / "00_start_here.ipynb"
    page = "/lab/tree/notebooks" + (f"/{first.name}" if first.exists() else "")
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}", f"--LabApp.default_url={page}"]
    # It asks nothing of the internet, and begins without a question about news.
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.news_url=None"]
    if getattr(os, "geteuid", lambda: 1)() == 0:
        command.append("--allow-root")  # in a container; Jupyter refuses otherwise
    command += [option for option in given.more if option != "--"]
    # The environment's own kernel comes before one of the same name in the user's folder.
    child = subprocess.Popen(command, env={**os.environ, "JUPYTER_PREFER_ENV_PATH": "1"})
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue  # JupyterLab has had it too, and asks


def _fetch(given: argparse.Namespace) -> None:
    from helpers.corpora import fetch

    print(f"{given.corpus}: {fetch(given.corpus, source=given.source, retry=True)}")


def _read(given: argparse.Namespace) -> None:
    from helpers.commands.reading import read_into

    read_into(given.out, given.paths, side=given.side, outlet=given.outlet, date=given.date, fetch=given.fetch)


def _study_new(given: argparse.Namespace) -> None:
    from helpers.commands.new_study import new_study

    path = new_study(given.name, corpus=given.corpus, force=given.force)
    print(f"{path} written. Put the outlets under their sides, then: workbench report {given.name}")


def _seminar(given: argparse.Namespace) -> None:
    if given.step in ("codes", "reveal"):
        from helpers.commands import coded

        made = (coded.codes if given.step == "codes" else coded.reveal)(given.study, out=given.out, source=given.source)
    else:
        from helpers.commands import seminar

        numbers = {
            name: getattr(given, name) for name in ("coders", "common", "own") if getattr(given, name) is not None
        }
        frames = tuple(name.strip() for name in given.frames.split(",") if name.strip())
        wanted = seminar.Wanted(frames=frames, fresh=getattr(given, "fresh", False), **numbers)
        made = (seminar.plan if given.step == "plan" else seminar.sheet)(given.study, out=given.out, wanted=wanted)
    if made.suffix == ".html":
        print(f"open {made.resolve().as_uri()}")


def _doctor(given: argparse.Namespace) -> int:
    from helpers.commands.doctor import examine

    worst = 0
    for verdict in examine(warm=given.warm):
        print(verdict, flush=True)
        worst |= verdict.level == "FAIL"
    return int(worst)
