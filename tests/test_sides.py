import itertools

import numpy as np
import pytest

from helpers.sides import COLOURS, MARKS, looks, readable

# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(colour: str) -> np.ndarray:
    part = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    low, high = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (high + 0.05) / (low + 0.05)


def oklab(rgb: np.ndarray) -> np.ndarray:
    cone = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    ) @ np.clip(rgb, 0, 1)
    return np.cbrt(cone) @ np.array(
        [
            [0.2104542553, 1.9779984951, 0.0259040371],
            [0.7936177850, -2.4285922050, 0.7827717662],
            [-0.0040720468, 0.4505937099, -0.8086757660],
        ]
    )


def test_fixed_sides_keep_their_colour_whatever_stands_beside_them():
    alone = looks(["western"])
    among = looks(["western", "un", "state_media", "african_union", "al_jazeera"])
    assert alone["western"] == among["western"]
    assert list(among) == ["state_media", "western", "un", "african_union", "al_jazeera"]
    assert [look.number for look in among.values()] == [0, 1, 2, 3, 4]


def test_readable_names():
    assert [readable(s) for s in ("state_media", "un", "al_jazeera", "ÅLAND", "")] == [
        "State media",
        "UN",
        "Al jazeera",
        "ÅLAND",
        "",
    ]


def test_many_sides_still_have_a_look():
    made = looks([f"side_{n:02d}" for n in range(20)])
    assert len(made) == 20
    assert {look.colour for look in made.values()} == set(COLOURS)
    assert len(COLOURS) == len(MARKS)


@pytest.mark.parametrize("ground", ["#ffffff", "#fcfbf8", "#15181c"])
def test_colours_stand_out_on_light_and_dark(ground):
    assert min(contrast(colour, ground) for colour in COLOURS) >= 3


def test_the_fixed_colours_differ_to_every_eye():
    for sight, matrix in SIGHT.items():
        seen = [oklab(np.array(matrix) @ linear(colour)) for colour in COLOURS[:3]]
        apart = min(100 * np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2))
        assert apart >= 12, sight
