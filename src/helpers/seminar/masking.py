"""Passages without the names that give away who wrote them: outlets, states, capitals, persons.

A coder who knows whose text it is codes the outlet and not the text. Names are replaced by neutral tags, so that
the sentence still reads. Three sources: a list of states, demonyms, capitals and news agencies (data/states.csv,
data/names.csv), the study's own labels (outlets, speakers, countries), and the corpus itself: whoever stands behind
a title, and any name that comes from one side. How much the rest still gives away is another module's question
(helpers.seminar.guess).
"""

import calendar
import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from helpers.paths import data_folder
from helpers.tables import need

TAGS = ("outlet", "country", "place", "person", "name", "address")
FEWEST_DOCUMENTS = 3
"""Documents in which a name must stand before it is said to come from one side; with two, any name would."""
ONE_SIDED = 2 / 3
"""A name comes from one side when this share of its occurrences lies there, sides counted as if equally large."""
COMMON = 0.2
"""A capitalised word that is also written small so often (per capitalised occurrence) is a word and no name."""

PERSONS_ARE_WRITTEN_SMALL = 0.02
"""The same for what stands behind a title: Secretary General Assembly is no name."""


_TITLES = (
    "President|Vice President|Prime Minister|Deputy Prime Minister|Premier|Vice Premier|Chancellor|Taoiseach|King|"
    "Queen|Emperor|Emir|Sheikh|Sultan|Crown Prince|Prince|Ayatollah|Supreme Leader|General Secretary|"
    "Secretary-General|Secretary General|Secretary of State|Secretary|Chairman|Chairwoman|Foreign Minister|"
    "Minister|Deputy Minister|Ambassador|Envoy|Senator|Congressman|Congresswoman|Governor|Mayor|Commissioner|"
    "High Representative|Speaker|"
    "Judge|Colonel|Admiral|Captain|Professor|Dr|Mr|Mrs|Ms|Sir|Dame|Lord|Lady|Comrade|"
    "[Ss]pokesman|[Ss]pokeswoman|[Ss]pokesperson|[Pp]resident|[Mm]inister|[Aa]mbassador|[Ss]enator|[Cc]hairman"
)
_RULERS = ("Chancellor", "Premier", "Taoiseach", "Ayatollah", "Supreme Leader", "Emir", "Comrade", "General Secretary")
"""Titles that name a state even without a person behind them."""
_WORD = r"[^\W\d_a-z][\w’'-]*"
_NAME = rf"{_WORD}(?: (?:(?:of|for|de|al|bin|van|von)(?: the)? )?{_WORD})*"
_TITLED = re.compile(rf"(?<![\w-])(?:{_TITLES})\.? ((?:[^\W\d_a-z]\.? ?)?{_WORD}(?: {_WORD}){{0,2}})")
_PERSON = rf"{_WORD}(?: {_WORD}){{1,3}}"
_SPEAKS = re.compile(rf"\b(?:said|says|told) ({_PERSON})|(?<=[ \"”“])({_PERSON}),? (?:said|says|told)\b")
_INSIDE = re.compile(rf"(?<=[a-z0-9,;:)] ){_NAME}")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\b[\w.+-]+@[\w-]+\.\w[\w.]*|(?<!\w)@\w{2,}")
_CALENDAR = frozenset([*calendar.day_name, *calendar.month_name, *calendar.month_abbr, "Sept", "I"])
_ENDINGS = r"(?:n|ns|an|ans|ian|ians|i|is|ish|ese|er|ers)?"
"""What makes a demonym of the name of a state that no list has: Tavaria, Tavarian, Tavarians."""


@dataclass(frozen=True)
class Mask:
    """What is replaced: `names`, name -> tag (one of TAGS); `states`, names of states whose demonyms go too."""

    names: dict[str, str]
    states: tuple[str, ...]
    pattern: re.Pattern[str]


def learn(passages: pl.DataFrame) -> Mask:
    """The mask of a study, from its passages (or documents): columns text, side, outlet; document_id (or id), speaker,
    country and copy_cluster where there. Copies of one text are one document. Raises InputError where a column is
    absent."""
    need(passages, ["text", "side", "outlet"], where="masking", do="Pass the study's passages.")
    names = dict(_listed())
    counts = _Counted(passages)
    for name in counts.one_sided():
        names.setdefault(name, "person" if _TITLED.search(name) else "name")
    for person in counts.persons():
        names[person] = "person" if names.get(person) in (None, "name") else names[person]
    for speaker in _values(passages, "speaker"):
        names.setdefault(speaker, "person")
    states = tuple(sorted({c for c in _values(passages, "country") if c.isalpha() or " " in c}))
    names |= dict.fromkeys((state for state in states if len(state) > 3), "country")
    for outlet in _values(passages, "outlet"):
        names |= dict.fromkeys(_forms(outlet), "outlet")
    return Mask(names, states, _pattern(names, states))


def masked(text: str, mask: Mask) -> str:
    """`text` with every name replaced by its tag in square brackets: "[country]", "[person]"."""
    made, last = [], 0
    for start, end, tag in replaced(text, mask):
        made += [text[last:start], f"[{tag}]"]
        last = end
    joined = "".join(made) + text[last:]
    return re.sub(r"(\[\w+\])(?: \1)+", r"\1", joined)


def replaced(text: str, mask: Mask) -> list[tuple[int, int, str]]:
    """(start, end, tag) of what `masked` replaces, in order, never overlapping."""
    found = [(m.start(), m.end(), "address") for m in _ADDRESS.finditer(text)]
    found += [(m.start(1), m.end(1), "person") for m in _TITLED.finditer(text)]
    found += [(*m.span(m.lastindex or 0), "person") for m in _SPEAKS.finditer(text)]
    found += [(m.start(), m.end(), _tag(m.group(), mask)) for m in mask.pattern.finditer(text)]
    kept: list[tuple[int, int, str]] = []
    # Of tags for the same words the one that a list knows.
    for start, end, tag in sorted(found, key=lambda span: (span[0], -span[1], span[2] in ("person", "name"))):
        if kept and start < kept[-1][1]:
            continue
        kept.append((start, end, tag))
    return kept


def mask_passages(passages: pl.DataFrame, mask: Mask) -> pl.DataFrame:
    """`passages` with the column `masked` (text without names) and `n_masked` (how many names went)."""
    need(passages, ["text"], where="masking", do="Pass the study's passages.")
    texts = passages["text"].to_list()
    return passages.with_columns(
        masked=pl.Series([masked(text, mask) for text in texts], dtype=pl.String),
        n_masked=pl.Series([len(replaced(text, mask)) for text in texts], dtype=pl.Int32),
    )


def gazetteer() -> Iterator[tuple[str, str]]:
    """(name, tag) of every state, demonym, capital and news agency in data/states.csv and data/names.csv."""
    with (data_folder() / "states.csv").open(encoding="utf-8", newline="") as opened:
        yield from ((row["name"], "country") for row in csv.DictReader(opened))
    with (data_folder() / "names.csv").open(encoding="utf-8", newline="") as opened:
        yield from ((row["name"], row["tag"]) for row in csv.DictReader(opened))


def _listed() -> Iterator[tuple[str, str]]:
    yield from gazetteer()
    yield from ((title, "person") for title in _RULERS)


def _values(passages: pl.DataFrame, column: str) -> list[str]:
    if column not in passages.columns:
        return []
    return sorted({str(value).strip() for value in passages[column].drop_nulls().unique()} - {""})


def _forms(outlet: str) -> set[str]:
    """An outlet's name, with and without its article, and what is left of it without a word for its kind."""
    bare = re.sub(r"^The ", "", outlet)
    short = re.sub(r" (?:Agency|News Agency|Broadcasting|Courier|Review|Post|Ledger|Daily|News|Times|Press)$", "", bare)
    return {outlet, bare, short if len(short) > 2 and " " in short else bare}


def _tag(found: str, mask: Mask) -> str:
    name = " ".join(found.split())
    held = mask.names.get(name) or mask.names.get(_as_written(name, mask))
    if held in (None, "name") and _stem(name) in {_stem(state) for state in mask.states}:
        return "country"
    return held or "name"


def _stem(name: str) -> str:
    """What a state and its demonym share: Tavaria, Tavarians -> tavar. A name too short to have one is its own."""
    stem = re.sub(rf"[aeiou]*{_ENDINGS}$", "", name.lower())
    return stem if len(stem) > 2 else name


def _as_written(upper: str, mask: Mask) -> str:
    return next((name for name in mask.names if name.upper() == upper), upper)


def _pattern(names: Iterable[str], states: Iterable[str]) -> re.Pattern[str]:
    """Every name, the longest first, as written and in capitals; states that no list has with their demonyms."""
    written = {name for name in names if len(name) > 1}
    written |= {name.upper() for name in written if len(name) > 3}
    parts = [re.escape(name).replace(r"\ ", r"\s+") for name in sorted(written, key=lambda n: (-len(n), n))]
    parts = [rf"{re.escape(s.rstrip('aeiou'))}[aeiou]?{_ENDINGS}" for s in states if len(s) > 4] + parts
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)")


class _Counted:
    """The capitalised names of a corpus, by document and side, read once."""

    def __init__(self, passages: pl.DataFrame) -> None:
        document = next((c for c in ("document_id", "id") if c in passages.columns), None)
        which = [pl.col(c) for c in ("copy_cluster", document) if c and c in passages.columns]
        unit = pl.coalesce(which) if which else pl.int_range(pl.len()).cast(pl.String)
        self.where: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self.titled: set[str] = set()
        self.words: Counter[str] = Counter()
        units: dict[str, set[str]] = defaultdict(set)
        for text, side, one in passages.select("text", "side", unit.alias("unit")).iter_rows():
            units[side].add(one)
            self.words.update(re.findall(r"[^\W\d_]+", text))
            self.titled.update(_TITLED.findall(text))
            for name in _INSIDE.findall(text):
                self.where[re.sub(r"['’]s?$", "", name)].add((side, one))
        self.sizes = {side: len(held) for side, held in units.items()}

    def one_sided(self) -> Iterator[str]:
        """Names that stand in enough documents, most of them of one side."""
        for name, places in self.where.items():
            if len({one for _, one in places}) < FEWEST_DOCUMENTS or self.common(name):
                continue
            by_side = Counter(side for side, _ in places)
            rates = [n / self.sizes[side] for side, n in by_side.items()]
            if max(rates) >= ONE_SIDED * sum(rates):
                yield name

    def persons(self) -> Iterator[str]:
        """Whoever stands behind a title, by each part of the name; not what is a word or an abbreviation."""
        for whole in self.titled:
            for part in re.sub(r"['’]s?$", "", whole).split():
                name = part.rstrip(".")
                seldom = self.words[name.lower()] <= PERSONS_ARE_WRITTEN_SMALL * self.words[name]
                if len(name) > 1 and not name.isupper() and seldom and not self.common(name):
                    yield name

    def common(self, name: str) -> bool:
        """Whether `name` is one word that is also written small, or a day or month."""
        if re.split("['’]", name)[0] in _CALENDAR or len(name) < 2:
            return True
        return " " not in name and self.words[name.lower()] > COMMON * self.words[name]
