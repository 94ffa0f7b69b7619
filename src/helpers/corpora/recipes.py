"""The corpora that can be fetched, as listed in data/corpora.yml."""

import difflib
from dataclasses import dataclass

import yaml

from helpers.errors import InputError
from helpers.paths import data_folder


@dataclass(frozen=True)
class Recipe:
    """One entry of corpora.yml: what the corpus is and how it is had."""

    name: str
    what: str
    licence: str
    size: str
    where: str
    sha256: str | None
    reader: str
    constructed: bool
    select: dict[str, str] | None = None


def recipes() -> dict[str, Recipe]:
    """Name -> recipe, in the order of the file. Raises InputError where the file is not as it must be."""
    path = data_folder() / "corpora.yml"
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {name: Recipe(name=name, **entry) for name, entry in given.items()}
    except (OSError, yaml.YAMLError, TypeError, AttributeError) as error:
        raise InputError(
            "the list of corpora cannot be read",
            where=path,
            found=str(error).splitlines()[0],
            do="Restore the file as it ships with the workbench.",
        ) from None


def recipe(name: str) -> Recipe:
    """The recipe of that name. Raises InputError naming the corpora there are."""
    known = recipes()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        raise InputError(
            f"no corpus {name!r}",
            expected=", ".join(known),
            do=f"Did you mean {near[0]!r}?"
            if near
            else "Your own files need no fetching: name their path in the study.",
        )
    return known[name]
