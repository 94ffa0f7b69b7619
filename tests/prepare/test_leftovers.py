"""Lines that are no text, and sentences that look like it and must stay."""

import time

import pytest

from helpers.prepare.leftovers import is_leftover, stretches

LEFTOVERS = [
    "",
    "   ",
    "* * *",
    "By Mara Quill and Tom Ashby",
    "By Oren Vasht, Special to Meridian Daily | Photo: Port Senn Harbour Office | Share this article | Print",
    "Reporting by Ilse Brandt; Editing by Per Lund",
    "Photo: Harbour Office",
    "Read more: The ferry that never sailed",
    "Related stories",
    "Share this article",
    "Subscribe to our newsletter",
    "Copyright 2017 The Northgate Post",
    "© 2017 The Northgate Post. All rights reserved.",
    "Updated: 12:45, 3 March 2017",
    "Monday, 6 March 2017",
    "Follow @northgatepost",
    "news@northgate.example",
    "https://northgate.example/story/1",
    "Home | World | Opinion | Sport",
    "WORLD NEWS TODAY",
    "A heading without an end",
    "全球治理新闻",
    "HomeNewsHarboursOpinionLettersTide TablesMost read: Ferry fares to rise in MarchJobs at seaBack to top",
]

SENTENCES = [
    "The council met.",
    "“We will not yield.”",
    "By the spring of 2017 the two governments had agreed on a common text.",
    "Read more than one newspaper, she told the students who had come to listen, and ask whose voice it is.",
    "Follow the money and the treaty falls apart.".replace("Follow", "They follow"),
    "The reporters shared a photo of the harbour with the editors of three newspapers, who printed it.",
    "McDonald, O'Hara and DeWitt signed the accord in the MacArthur room.",
    "The U.N. and the E.U. agreed.",
    "这是一个完整的句子。",
    "各国应当共同努力推动全球治理体系改革" * 2,
    "The iPhone and the YouTube channel belonged to the same ministry, investigators found much later.",
    " ".join(["word"] * 30),
]


@pytest.mark.parametrize("line", LEFTOVERS)
def test_leftovers_are_known_by_their_form(line):
    assert is_leftover(line) is True


@pytest.mark.parametrize("line", SENTENCES)
def test_sentences_stay(line):
    assert is_leftover(line) is False


@pytest.mark.parametrize(
    "line",
    [
        "| " + "a" * 60_000,
        "@" * 60_000,
        "|" * 60_000 + "a",
        "A" * 60_000 + "b",
        "aB" * 30_000,
        "By " + "x" * 60_000,
        '"' * 60_000,
        "a." * 30_000,
    ],
)
def test_no_line_takes_long(line):
    began = time.process_time()
    is_leftover(line)
    assert time.process_time() - began < 1


KEPT = "The harbour council met again on Tuesday, and its chair asked for two more ships."
CAPTION = "Dockers wait for the ferry in Port Senn on Monday, 6 March 2017."

CAPTIONED = [
    (KEPT, [KEPT]),
    (f"{CAPTION} [Photo/Agencies]", []),
    (f"{CAPTION} [Photo by Mara Quill / Meridian Daily] {KEPT}", [KEPT]),
    (f"{CAPTION} (Photo: Mara Quill, EPA)", []),
    (f"FILE - {CAPTION} (AP Photo/Mara Quill, File)", []),
    (f"{CAPTION} (Xinhua/Mara Quill) PORT SENN (Xinhua) -- {KEPT}", [f"PORT SENN (Xinhua) -- {KEPT}"]),
    (f"[Photo/VCG] {KEPT}", [KEPT]),
    (f"{CAPTION} Photograph: Mara Quill/AFP/Getty Images", []),
    (f"{CAPTION} | Mara Quill/Getty Images", []),
    (f"Photos: Ferries Ferries – {CAPTION} Hide Caption 1 of 2 Photos: {CAPTION} Hide Caption 2 of 2", []),
    (f"{KEPT} JUST WATCHED Ferry sinks Replay More Videos ... MUST WATCH Ferry sinks 01:49 {KEPT}", [KEPT, KEPT]),
    ("Enlarge this image", []),
    (f"{KEPT} " * 8 + f"{CAPTION} [Photo/Agencies] {KEPT}", [" ".join([KEPT] * 8), KEPT]),
    ("The author is a research fellow at the Harbour Institute in Port Senn and a former diplomat.", []),
    (f"{KEPT} The authors are professors of law. The views expressed here are their own.", [KEPT]),
    (f"{KEPT} The opinions expressed here are those of the author.", [KEPT]),
    (f"They hide captions, watched photos and print ([Photo] stands for nothing). {KEPT}", None),
]


@pytest.mark.parametrize("line, kept", CAPTIONED)
def test_captions_are_cut_out_by_their_credits(line, kept):
    found = list(stretches(line))
    assert all(line[at : at + len(part)] == part for at, part in found)
    if kept is not None:
        assert [part.strip() for _, part in found if part.strip()] == kept


@pytest.mark.parametrize(
    "line",
    [
        "The paper prints a photo (a photograph, rather) of the two presidents every year (Xinhua).",
        "He read the caption, and asked them to watch what must be watched: 01:49 of it.",
        "The council's photos [of the harbour] were lost | and found again.",
        "The author is at her best when she writes of ships, and the book is short.",
        "The author is a professor, and " + "her book is long and read by many who know the harbour; " * 12,
        "The photo: a man on a quay, who waits. The ship does not come.",
    ],
)
def test_sentences_about_pictures_stay(line):
    assert list(stretches(line)) == [(0, line)]


@pytest.mark.parametrize(
    "line",
    [
        "The author is a " * 4_000,
        "[Photo " * 9_000,
        "(AP Photo/" * 6_000,
        "JUST WATCHED " * 5_000,
        "| x " * 15_000,
        "a. " * 20_000 + "[Photo/X]",
    ],
)
def test_no_line_takes_long_to_cut(line):
    began = time.process_time()
    list(stretches(line))
    assert time.process_time() - began < 1
