"""The lesson adds up to 90 minutes, or says by how much it does not."""

import pytest

from helpers.codebook import Codebook, Frame
from helpers.seminar.plan import FIXED, Class, lesson

BOOK = Codebook(
    "test", "test.yml",
    {name: Frame(name, name.capitalize(), "A definition.", (), (), ("yes " + name,), counter) for name, counter in
     (("rights", ("no rights",)), ("growth", ()))}, {},
)  # fmt: skip


def made(minutes):
    held = Class(12, 26, minutes, ("growth", "rights"), "--coders 12")
    return lesson("A study", study="town", sides=("state_media", "un"), codebook=BOOK, held=held, traps=())


@pytest.mark.parametrize(
    ("minutes", "traps", "whole", "too_long"),
    [
        # 53 minutes are fixed (8 + 10 + 5 + 12 + 14 + 4); a sheet of 20 takes 22 of the other 37, which leaves 15.
        (20, 15, 90, 0),
        (25, 10, 90, 0),
        # A sheet of 40 takes 42, traps their least of 10: 53 + 42 + 10 = 105.
        (40, 10, 105, 15),
    ],
)
def test_minutes_by_hand(minutes, traps, whole, too_long):
    plan = made(minutes)
    lengths = {step.name: step.minutes for step in plan.steps}
    assert lengths["code"] == minutes + 2 and lengths["traps"] == traps
    assert (plan.minutes, plan.too_long) == (whole, too_long)


def test_each_step_begins_where_the_one_before_ends():
    plan = made(20)
    assert [step.name for step in plan.steps] == list(FIXED)
    at = 0
    for step in plan.steps:
        assert step.at == at and step.minutes > 0
        at += step.minutes


def test_practice_is_a_statement_with_the_frame_and_one_without_where_there_is_one():
    plan = made(20)
    assert [(frame.name, yes, no) for frame, yes, no in plan.practice] == [
        ("growth", "yes growth", ""), ("rights", "yes rights", "no rights")
    ]  # fmt: skip
    assert plan.sides == ("State media", "UN")
