import pytest

from helpers import progress


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(progress, "AFTER", 0.0)


def test_a_bar_counts_what_is_done_and_goes_away(capsys):
    assert list(progress.steps(iter("abc"), total=3, name="letters")) == ["a", "b", "c"]
    told = capsys.readouterr().err
    assert "letters:" in told and "/3" in told
    assert told.endswith("\r")


def test_what_is_quick_has_no_bar(capsys, monkeypatch):
    monkeypatch.setattr(progress, "AFTER", 60.0)
    assert list(progress.steps(range(3), total=3, name="numbers")) == [0, 1, 2]
    assert "numbers" not in capsys.readouterr().err


def test_a_page_has_none(capsys, monkeypatch):
    monkeypatch.setenv("WORKBENCH_REPORT", "1")
    assert list(progress.steps(range(3), total=3, name="numbers")) == [0, 1, 2]
    assert capsys.readouterr().err == ""


def test_stopped_work_leaves_no_bar(capsys):
    def work():
        yield 1
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(progress.steps(work(), total=2, name="numbers"))
    assert capsys.readouterr().err.endswith("\r")
