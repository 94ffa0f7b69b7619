import pytest

from helpers.analyse.claims import Claim
from helpers.charts import claims


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Claim]:
    found: list[Claim] = []
    monkeypatch.setattr("IPython.display.display", found.append)
    return found


def test_what_is_withheld_as_a_whole_is_told_in_its_own_words(shown: list[Claim]) -> None:
    whole = Claim("order", "withheld", "How the sides frame ‘order’ is not compared.", ("2 of 2 documents have it",))
    claims.tell([whole], topic="frames")
    assert shown == [whole]


def test_what_is_withheld_of_a_pair_is_counted(shown: list[Claim]) -> None:
    pair = {"side": "east", "other": "west"}
    told = Claim("sovereignty", "described", "East more than West.", (), {**pair, "low": 0.1, "high": 0.5})
    silent = Claim("rights", "withheld", "Withheld.", ("no larger than the controls",), pair)
    whole = Claim("order", "withheld", "Not compared.", ("2 of 2 documents have it",))
    claims.tell([told, silent, whole], topic="frames")
    assert shown[:2] == [told, whole]
    assert shown[2].sentence == "Of 2 contrasts of frames, 1 is withheld."
    assert shown[2].reasons == ("between East and West, no larger than the controls: rights",)
