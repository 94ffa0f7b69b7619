import nbformat.v4 as new
import pytest

from helpers.report import cells
from helpers.report.islands import Island


def parts(*made):
    return cells.parts(new.new_notebook(cells=list(made)), Island(config={}))


def code(source, *outputs):
    return new.new_code_cell(source, outputs=list(outputs))


def shown(data):
    return new.new_output("display_data", data)


def test_headings_become_contents_and_the_first_is_the_title():
    made = parts(
        new.new_markdown_cell("# A *title*\n\nText.\n\n## One & two\n\n### Deeper"),
        new.new_markdown_cell("## One & two"),
    )
    assert made.title == "A title"
    assert made.contents == [(2, "one-two", "One & two"), (3, "deeper", "Deeper"), (2, "one-two-2", "One & two")]
    assert "<h1>" not in "".join(made.body)


def test_code_is_folded_and_neighbours_share_a_fold():
    made = parts(code("a = 1"), code("b = 2\nb", new.new_output("stream", name="stdout", text="2\n")))
    assert len(made.body) == 2
    assert made.body[0].startswith('<details class="code"><summary>Code, 3 lines</summary>')
    assert made.body[1] == '<pre class="printed" tabindex="0">2</pre>'


def test_claims_and_run_records_are_collected():
    claim = {"grade": "claimed", "sentence": "So it is.", "reasons": ["why"], "topic": "t"}
    made = parts(code("x", shown({cells.CLAIM: claim, "text/html": "<p>other</p>"}), shown({cells.RUN: {"seed": 7}})))
    assert made.claims == [claim]
    assert made.run == {"seed": 7}
    assert "So it is." in made.body[1]
    assert "other" not in "".join(made.body)


@pytest.mark.parametrize(
    ("hostile", "expected"),
    [
        ("<script>x</script>ok", "ok"),
        ('<img src=x onerror="y">', ""),
        ('<p style="position:fixed" onclick="x" id="island">t</p>', "<p>t</p>"),
        ('<a href="javascript:x">t</a>', "<a>t</a>"),
        ('<a href="https://example.org/a">t</a>', '<a href="https://example.org/a">t</a>'),
        ("<svg onload=x><circle/></svg>", ""),
        ("<iframe src=x></iframe>", ""),
        ("<style>p{}</style>t", "t"),
        ("<form action=x><input></form>", ""),
        ('<base href="https://example.org">', ""),
    ],
)
def test_html_outputs_keep_only_what_a_page_knows(hostile, expected):
    assert cells.safe(hostile) == expected


def test_html_in_markdown_is_text():
    assert cells.markdown("<img src=x onerror=y> *a*") == "<p>&lt;img src=x onerror=y&gt; <em>a</em></p>\n"
    assert "javascript" not in cells.markdown("[t](javascript:x)")


def test_progress_bars_and_widgets_are_left_out():
    bar = new.new_output("stream", name="stderr", text="10%|#   | 1/10\rnote\n")
    widget = shown({"application/vnd.jupyter.widget-view+json": {}, "text/plain": "IntProgress()"})
    made = "".join(parts(code("x", bar, widget)).body)
    assert ">note</pre>" in made
    assert "1/10" not in made
    assert "IntProgress" not in made


def test_pictures_are_addresses_of_data():
    made = parts(code("x", shown({"image/png": "iVBORw0KGgo=\n", "text/plain": '"><script>'})))
    assert made.body[1] == (
        '<img class="picture" alt="&quot;&gt;&lt;script&gt;" src="data:image/png;base64,iVBORw0KGgo=">'
    )
    assert parts(code("x", shown({"image/png": 'x" onerror="y'}))).body[1:] == []
