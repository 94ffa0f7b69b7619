"""Where things stand: the shipped data, the user's cache, the reports.

WORKBENCH_DATA and WORKBENCH_CACHE move the first two.
"""

import os
from pathlib import Path

from platformdirs import user_cache_path

from helpers.errors import InputError


def data_folder() -> Path:
    """The folder with studies/, codebooks/ and teaching/: WORKBENCH_DATA, or the nearest one
    above the working directory, or the one beside this package.

    Raises InputError where there is none."""
    named = os.environ.get("WORKBENCH_DATA")
    here = Path.cwd()
    candidates = (
        [Path(named)]
        if named
        else [folder / "data" for folder in (here, *here.parents, Path(__file__).resolve().parents[2])]
    )
    for folder in candidates:
        if (folder / "studies").is_dir():
            return folder
    raise InputError(
        "no data folder with studies/ in it",
        where=named or here,
        do="Run from the workbench's folder, or set WORKBENCH_DATA to its data folder.",
    )


def cache_folder() -> Path:
    """The folder for what can be had or computed again (corpora, vectors, results); made if absent."""
    named = os.environ.get("WORKBENCH_CACHE")
    folder = Path(named) if named else user_cache_path("text-workbench", appauthor=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            "the cache folder cannot be made",
            where=folder,
            found=error.strerror,
            do="Set WORKBENCH_CACHE to a folder that you can write to.",
        ) from error
    return folder
