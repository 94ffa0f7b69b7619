"""A study: the one YAML file a user edits to ask a new question, read into a frozen Study.

Every error names the file and the line.
"""

import datetime
import difflib
import re
import reprlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from helpers.errors import InputError
from helpers.paths import data_folder


@dataclass(frozen=True)
class Event:
    """A dated rule on charts of time."""

    date: datetime.date
    label: str


@dataclass(frozen=True)
class ThemeChoices:
    """What a study says of its themes: how many (None: from the number of passages), the user's
    names by number, and groups of numbers to be merged."""

    count: int | None = None
    names: dict[int, str] = field(default_factory=dict)
    merge: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class Study:
    """A question asked of texts. The fields are the keys of the file; see data/README.md."""

    name: str
    path: Path
    title: str
    corpus: tuple[str, ...]
    sides: dict[str, tuple[str, ...]]
    between: tuple[datetime.date, datetime.date] | None = None
    query: str | None = None
    same_house: dict[str, tuple[str, ...]] = field(default_factory=dict)
    codebook: str = "governance.yml"
    terms: dict[str, str] = field(default_factory=dict)
    words: int = 80
    voice: str = "outlet"
    copies: str = "one"
    encoder: str = "default"
    themes: ThemeChoices = ThemeChoices()
    events: tuple[Event, ...] = ()
    focus: tuple[str, ...] = ()
    note: str = ""
    seed: int = 7

    def term(self, name: str) -> str:
        """The regular expression of a term. Raises InputError where the study has no such term."""
        if name not in self.terms:
            raise InputError(
                f"the study has no term {name!r}",
                where=self.path,
                expected=", ".join(self.terms) or "a key `terms:`",
                do=f'Add it under `terms:`, for example  {name}: "{name}".',
            )
        return self.terms[name]

    def side_of(self, label: str) -> str | None:
        """The side that lists `label` (an outlet, speaker or country), or None."""
        return next((side for side, members in self.sides.items() if label in members), None)


KEYS = {
    "name": "a short name: letters, digits, - and _",
    "title": "one line for the page's head",
    "corpus": "a corpus of corpora.yml, or paths of your own files; one or a list",
    "between": "[first day, last day]",
    "query": "a regular expression that selects documents",
    "sides": "side: [outlets, speakers or countries]",
    "same_house": "house: [editions that count as one outlet]",
    "codebook": "a file in data/codebooks, or a path",
    "terms": "term: regular expression",
    "passages": "{words: 40-120}",
    "voice": "outlet, quoted or all",
    "copies": "all, one or original",
    "encoder": "default, fast, a Hugging Face name, or a folder",
    "themes": "{count: number, names: {number: name}, merge: [[numbers]]}",
    "events": "list of {date: day, label: text}",
    "focus": "paths of texts to be placed among the passages",
    "note": "a sentence or two for the page's head",
    "seed": "a whole number",
}


def studies() -> dict[str, Path]:
    """Name and file of every study in the data folder."""
    return {path.stem: path for path in sorted((data_folder() / "studies").glob("*.yml"))}


def open_study(name: str | Path) -> Study:
    """The study of that name in data/studies, or in that YAML file.

    Raises InputError naming file and line where the file is not as it must be."""
    path = Path(name)
    if path.suffix not in (".yml", ".yaml"):
        known = studies()
        if str(name) not in known:
            near = difflib.get_close_matches(str(name), known, n=1)
            raise InputError(
                f"no study {str(name)!r}",
                where=data_folder() / "studies",
                expected=", ".join(known) or "a .yml file",
                do=f"Did you mean {near[0]!r}?" if near else "`workbench study new NAME --corpus PATH` makes one.",
            )
        path = known[str(name)]
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError("no such file", where=path, do="Check the path of the study.") from None
    except OSError as error:
        raise InputError("cannot be read", where=path, found=error.strerror, do="Give a file.") from None
    except UnicodeDecodeError as error:
        raise InputError("not UTF-8 text", where=path, found=error.reason, do="Save the file as UTF-8.") from None
    return parse_study(text, path=path)


def parse_study(text: str, *, path: Path) -> Study:
    """A Study from the text of its YAML file; `path` is for messages and relative corpora."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        given = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, RecursionError) as error:
        # A tag such as !!int on what is no number comes out of the library as whatever error it ran into.
        mark = getattr(error, "problem_mark", None)
        where = f"{path}, line {mark.line + 1}" if mark else path
        raise InputError(
            "not valid YAML",
            where=where,
            found=getattr(error, "problem", None) or str(error) or type(error).__name__,
            do="Check indentation, colons and quotes on that line and the one above it.",
        ) from None
    if not isinstance(given, dict):
        raise InputError("a study is a list of `key: value` lines", where=path, do="See data/studies/teaching.yml.")
    return _Reader(path, node, given).study()


class _Reader:
    """Checks the parsed file key by key; knows the line of each for the errors."""

    def __init__(self, path: Path, node: Any, given: dict[str, Any]) -> None:
        self.path, self.given = path, given
        self.lines: dict[str, int] = {}
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if key.value in self.lines:
                first = f"the first on line {self.lines[key.value]}"
                raise InputError(
                    f"{key.value!r} comes twice", where=f"{path}, line {line}", found=first, do="Keep one."
                )
            self.lines[key.value] = line

    def wrong(self, key: str, *, found: object, expected: object = None, do: str | None = None) -> InputError:
        line = self.lines.get(key)
        where = f"{self.path}, line {line}" if line else self.path
        return InputError(
            f"{key!r} is not as it must be", where=where, expected=expected or KEYS[key], found=found, do=do
        )

    def study(self) -> Study:
        for key in self.given:
            if key not in KEYS:
                near = difflib.get_close_matches(str(key), KEYS, n=1)
                raise InputError(
                    f"unknown key {key!r}",
                    where=f"{self.path}, line {self.lines.get(key, '?')}",
                    expected="one of " + ", ".join(KEYS),
                    do=f"Did you mean {near[0]!r}?" if near else None,
                )
        name = self.text("name", self.path.stem)
        if not re.fullmatch(r"[\w-]{1,60}", name):
            raise self.wrong("name", found=_shown(name))
        corpus = self.texts("corpus")
        sides = self.lists("sides")
        if not corpus:
            raise self.wrong("corpus", found="nothing", do="Add a line such as `corpus: [teaching]`.")
        if not sides:
            raise self.wrong("sides", found="nothing", do="Add the sides and the outlets of each.")
        for side, members in sides.items():
            for member in members:
                other = next((s for s, m in sides.items() if s != side and member in m), None)
                if other:
                    found = f"{member!r} under both {other!r} and {side!r}"
                    raise self.wrong("sides", found=found, expected="each outlet on one side")
        return Study(
            name=name,
            path=self.path,
            title=self.text("title", name),
            corpus=corpus,
            sides=sides,
            between=self.between(),
            query=self.pattern("query", self.given.get("query")),
            same_house=self.lists("same_house"),
            codebook=self.text("codebook", "governance.yml"),
            terms={term: self.pattern("terms", p) or "" for term, p in self.mapping("terms").items()},
            words=self.number(self.mapping("passages"), "words", 80, low=40, high=120, key="passages"),
            voice=self.one_of("voice", "outlet", ("outlet", "quoted", "all")),
            copies=self.one_of("copies", "one", ("all", "one", "original")),
            encoder=self.text("encoder", "default"),
            themes=self.themes(),
            events=self.events(),
            focus=self.texts("focus"),
            note=self.text("note", ""),
            seed=self.number(self.given, "seed", 7, low=0, high=2**31, key="seed"),
        )

    def text(self, key: str, default: str) -> str:
        value = self.given.get(key, default)
        if not isinstance(value, str):
            raise self.wrong(key, found=_shown(value))
        return value.strip()

    def one_of(self, key: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.given.get(key, default)
        if value not in allowed:
            raise self.wrong(key, found=_shown(value))
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.given.get(key) or []
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self.wrong(key, found=_shown(value))
        return tuple(value)

    def mapping(self, key: str) -> dict[str, Any]:
        value = self.given.get(key) or {}
        if not isinstance(value, dict):
            raise self.wrong(key, found=_shown(value))
        return {str(k): v for k, v in value.items()}

    def lists(self, key: str) -> dict[str, tuple[str, ...]]:
        made = {}
        for name, members in self.mapping(key).items():
            members = [members] if isinstance(members, str) else members or []
            if not isinstance(members, list):
                raise self.wrong(key, found=f"{name}: {_shown(members)}")
            made[name] = tuple(str(m) for m in members)
        return made

    def pattern(self, key: str, value: Any) -> str | None:
        if value is None:
            return None
        try:
            re.compile(value)
        except (re.error, TypeError, OverflowError, RecursionError) as error:
            raise self.wrong(
                key,
                found=f"{_shown(value)} ({error})",
                do="A plain word is a valid expression; \\w* matches any ending.",
            ) from None
        return value

    def number(self, given: dict[str, Any], name: str, default: int, *, low: int, high: int, key: str) -> int:
        value = given.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.wrong(
                key, found=f"{name}: {_shown(value)}", expected=f"{name}: a whole number from {low} to {high}"
            )
        return value

    def between(self) -> tuple[datetime.date, datetime.date] | None:
        value = self.given.get("between")
        if value is None:
            return None
        days = value if isinstance(value, list) else []
        if len(days) != 2 or not all(type(d) is datetime.date for d in days) or days[0] > days[1]:
            raise self.wrong("between", found=_shown(value), expected="[2017-01-01, 2017-12-31], the earlier day first")
        return days[0], days[1]

    def themes(self) -> ThemeChoices:
        given = self.mapping("themes")
        unknown = set(given) - {"count", "names", "merge"}
        if unknown:
            raise self.wrong("themes", found=", ".join(sorted(unknown)))
        count = self.number(given, "count", 0, low=0, high=200, key="themes") or None
        names = given.get("names") or {}
        if not isinstance(names, dict) or not all(_is_number(k) and isinstance(v, str) for k, v in names.items()):
            raise self.wrong("themes", found=f"names: {_shown(names)}", expected="names: {number: name}")
        merge = given.get("merge") or []
        if not isinstance(merge, list) or not all(isinstance(g, list) and all(map(_is_number, g)) for g in merge):
            raise self.wrong("themes", found=f"merge: {_shown(merge)}", expected="merge: [[1, 4], [2, 7]]")
        return ThemeChoices(count, dict(names), tuple(tuple(group) for group in merge if group))

    def events(self) -> tuple[Event, ...]:
        made = []
        given = self.given.get("events") or []
        if not isinstance(given, list):
            raise self.wrong("events", found=_shown(given))
        for entry in given:
            if not isinstance(entry, dict) or type(entry.get("date")) is not datetime.date or not entry.get("label"):
                raise self.wrong("events", found=_shown(entry))
            made.append(Event(entry["date"], str(entry["label"])))
        return tuple(made)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _shown(value: object) -> str:
    """`value` as it was read, cut short: a few lines of YAML can stand for more than fits into memory."""
    short = reprlib.Repr()
    short.maxstring = short.maxother = 80
    return short.repr(value)
