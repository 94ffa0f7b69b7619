"""The rules of the house: what may import what, how long things may be, what may stand in a file."""

import ast
import fnmatch
import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "helpers"
MODULES = sorted(PACKAGE.rglob("*.py"))

GROUND = {
    "errors",
    "tables",
    "results",
    "paths",
    "study",
    "codebook",
    "sides",
    "html",
    "stylesheet",
    "phrases",
    "progress",
}
ORDER = ("corpora", "prepare", "encode", "analyse", "seminar", "charts", "report", "commands", "cli", "__main__")
SHARED = {"analyse": {"alike", "contrasts", "thresholds", "units", "association"}}
"""Package -> modules of it that every sibling may import (how to count, compare and weigh words); in other
packages siblings may import each other."""
EXCEPTIONS = {
    "analyse.alike": {"periods"},
    "analyse.thresholds": {"null_floor"},
    "analyse.theme_choices": {"composition", "erasure", "robustness", "themes"},
    "analyse.contrasts": {"draws"},
    "analyse.draws": {"bca", "null_floor", "resampling"},
    "analyse.null_floor": {"resampling"},
    "analyse.words": {"counted"},
    "analyse.context": {"over_time", "picking"},
    "analyse.themes": {"consensus", "labels", "neighbours"},
    "analyse.erasure": {"themes"},
    "analyse.over_time": {"intervals", "periods"},
    "analyse.before_after": {"changes", "intervals", "over_time", "resampling"},
    "analyse.changes": {"intervals", "null_floor", "resampling"},
    "analyse.debiased": {"null_floor", "resampling"},
    "analyse.term_texts": {"windows"},
    "analyse.embedding_regression": {"debiased", "term_texts", "windows"},
    "analyse.cosine_ratios": {"debiased", "resampling", "term_texts", "windows"},
    "analyse.nearest_windows": {"embedding_regression", "picking", "term_texts", "windows"},
    "analyse.framing": {"frames"},
    "analyse.heads": {"frames", "resampling"},
    "analyse.strata": {"consensus", "themes"},
    "analyse.reclustered": {"kitagawa", "resampling", "strata"},
    "analyse.decomposition": {"kitagawa", "reclustered", "strata", "themes"},
    "analyse.split_claims": {"claims", "decomposition", "wording"},
    "analyse.matched": {"strata", "themes"},
    "analyse.comparable": {"claims", "periods", "wording"},
    "analyse.portrait": {"claims", "comparable", "periods"},
    "analyse.place": {"copies", "frames", "themes", "typical"},
    "analyse.echoes": {"echo_kinds", "echo_rows", "echo_tests"},
    "analyse.echo_kinds": {"echo_null", "echo_pairs", "echo_rows", "echo_tests", "echo_voice"},
    "analyse.echo_null": {"echo_pairs", "echo_rows"},
    "analyse.echo_pairs": {"echo_rows"},
    "analyse.echo_tests": {"echo_rows"},
    "analyse.echo_voice": {"echo_pairs", "echo_rows"},
    "analyse.paraphrases": {"echo_pairs", "echo_rows"},
    "analyse.precursors": {"draws", "echo_rows", "echo_tests", "echoes"},
    "analyse.claims": {"*"},
    "analyse.robustness": {"*"},
    "analyse.robust_claims": {"claims", "robustness"},
    "analyse.topic_model": {"composition", "themes"},
}
"""Module -> siblings it may import all the same."""

LONGEST_MODULE, LONGEST_CELL, MOST_PARAMETERS, LARGEST_FILE = 320, 14, 6, 1_000_000
BINARY = {".png", ".jpg", ".ico", ".parquet", ".zip", ".gz", ".woff2"}

HOSTS = ("py" + "pi.org", "python" + "hosted.org", "npm" + "js.", "deb." + "debian", "download." + "pytorch")
HOSTS += ("anaconda." + "org", "conda." + "anaconda", "prefix." + "dev", "huggingface" + ".co/")
MACHINE = re.compile(
    r"(?<![\w.~/-])/(?:work/|opt/(?:wheels|pypi)|tmp/dev|root/|home/[a-z]\w*/|Users/\w+/)|\b[A-Z]:\\Users\\\w|\.py"
    + "env/"
)


def files():
    """Every file that is tracked or would be, as it stands in the folder."""
    try:
        told = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return []
    paths = [ROOT / name.decode() for name in told.stdout.split(b"\0") if name]
    return sorted(path for path in paths if path.is_file())


FILES = files()
TEXTS = [path for path in FILES if path.suffix not in BINARY]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
if not FILES:
    pytest.skip("the rules of files need a git checkout", allow_module_level=True)


def name_of(path):
    """analyse.frames for src/helpers/analyse/frames.py; analyse for its __init__."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path):
    """The modules of helpers that a module imports, anywhere in it, as dotted names without `helpers.`"""
    known = {name_of(module) for module in MODULES}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("helpers."):
                    yield alias.name.removeprefix("helpers.")
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: a relative import; write it from helpers on"
            if node.module and (node.module == "helpers" or node.module.startswith("helpers.")):
                base = node.module.removeprefix("helpers").removeprefix(".")
                for alias in node.names:
                    longer = f"{base}.{alias.name}".removeprefix(".")
                    yield longer if longer in known else base


def wrong_way(module, target):
    """Why `module` may not import `target`, or None."""
    if not target or not module or target == module:
        return None
    here, there = module.split(".")[0], target.split(".")[0]
    if there in GROUND:
        return None
    for name in (here, there):
        if name not in ORDER and name not in GROUND:
            return f"helpers.{name} has no place yet: put it into GROUND or ORDER of this test"
    if here in GROUND:
        return f"{module} is ground and may import only ground, not {target}"
    if ORDER.index(there) > ORDER.index(here):
        return f"{module} imports {target}, which stands to its right: {' -> '.join(ORDER)}"
    if here == there and here in SHARED and "." in module and "." in target:
        sibling = target.split(".")[1]
        if sibling not in SHARED[here] | EXCEPTIONS.get(module, set()) and "*" not in EXCEPTIONS.get(module, set()):
            return f"{module} imports its sibling {target}; only {', '.join(sorted(SHARED[here]))} are shared"
    return None


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_run_one_way(path):
    reasons = [wrong_way(name_of(path), target) for target in imported(path)]
    assert [reason for reason in reasons if reason] == []


def test_the_rule_of_imports_itself():
    assert wrong_way("corpora.load", "analyse.copies")
    assert wrong_way("tables", "corpora")
    assert wrong_way("analyse.frames", "charts.frames")
    assert wrong_way("analyse.frames", "analyse.words")
    assert not wrong_way("analyse.frames", "analyse.contrasts")
    assert not wrong_way("analyse.claims", "analyse.words")
    assert not wrong_way("charts.frames", "analyse.frames")
    assert not wrong_way("cli", "report") and not wrong_way("corpora.files", "corpora.dates")
    assert "corpora.load" in set(imported(PACKAGE / "corpora" / "__init__.py"))


def third_party(path):
    """Top-level modules that a module cannot do without: not those whose absence it catches, nor those for types."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    spared = set()
    for node in ast.walk(tree):
        caught = isinstance(node, ast.Try) and "ImportError" in "".join(ast.unparse(h) for h in node.handlers)
        if caught or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)):
            spared |= {id(inner) for body in node.body for inner in ast.walk(body)}
    for node in ast.walk(tree):
        if id(node) not in spared:
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            yield from (n.split(".")[0] for n in names if n.split(".")[0] not in {*sys.stdlib_module_names, "helpers"})


def test_what_is_imported_is_declared():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    declared = {canonicalize_name(Requirement(r).name) for r in tomllib.loads(text)["project"]["dependencies"]}
    provides = metadata.packages_distributions()
    needed = {(name, name_of(path)) for path in MODULES for name in third_party(path)}
    assert len(needed) > 30
    absent = [one for one in sorted(needed) if not declared & {canonicalize_name(d) for d in provides.get(one[0], [])}]
    assert absent == [], "name it in pyproject.toml, then: python make.py environment and lock"


def public(path):
    """(qualified name, node) of each public function and class of a module, methods included."""
    todo = [("", node) for node in ast.parse(path.read_text(encoding="utf-8")).body]
    while todo:
        above, node = todo.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield above + node.name, node
            if isinstance(node, ast.ClassDef):
                todo += [(f"{node.name}.", inner) for inner in node.body]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_are_short_and_documented(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_MODULE
    assert not text.strip() or ast.get_docstring(ast.parse(text)), "the head of the module says why it exists"
    assert [name for name, node in public(path) if not ast.get_docstring(node)] == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_public_functions_take_few_parameters(path):
    many = []
    for name, node in public(path):
        if not isinstance(node, ast.ClassDef):
            given = node.args
            names = [a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
            if len([n for n in names if n not in ("self", "cls")]) > MOST_PARAMETERS:
                many.append(name)
    assert many == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebooks_are_short_and_carry_no_output(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    for number, cell in enumerate(cells, 1):
        if cell["cell_type"] != "code":
            continue
        source = "".join(cell["source"])
        where = f"{path.name}, cell {number}"
        assert cell["outputs"] == [] and cell["execution_count"] is None, f"{where}: outputs are not committed"
        assert len(source.splitlines()) <= LONGEST_CELL, f"{where}: too long"
        defined = re.findall(r"^\s*(?:async\s+)?(?:def|class)\s+(\w+)", source, re.M)
        assert not defined, f"{where}: {defined[0]} belongs into helpers"


def test_no_path_of_a_machine_and_no_registry_in_any_file():
    found = []
    for path in TEXTS:
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {host}" for host in HOSTS if host in text]
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in MACHINE.finditer(text)]
    assert found == []


@pytest.mark.parametrize("path", ["/work" + "/main", "C:" + "\\Users\\ada", "/home" + "/ada/x", "'/root" + "/x'"])
def test_a_path_of_a_machine_is_recognised(path):
    assert MACHINE.search(f"see {path}")
    assert not MACHINE.search("the group/work/plan, src/root/x and ~/home/ada/x")


def test_files_are_small_utf8_and_have_plain_line_ends():
    for path in FILES:
        assert path.stat().st_size <= LARGEST_FILE, f"{path.relative_to(ROOT)} is over 1 MB"
    for path in TEXTS:
        raw = path.read_bytes()
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise AssertionError(f"{path.relative_to(ROOT)} is not UTF-8: {error}") from None
        assert b"\r\n" not in raw, f"{path.relative_to(ROOT)} has CRLF line ends"


def test_every_data_file_has_a_row():
    page = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    rows = [name for line in page.splitlines() if line.startswith("|") for name in re.findall(r"`([^`]+)`", line)]
    names = [p.relative_to(ROOT / "data").as_posix() for p in FILES if p.is_relative_to(ROOT / "data")]
    assert [n for n in names if n != "README.md" and not any(fnmatch.fnmatch(n, row) for row in rows)] == []
