"""Every code block of the README and of the pages is run, but for what a mark before it says and why."""

from pathlib import Path

import pytest

from tests.docs.blocks import PAGES, ROOT, Block, blocks
from tests.docs.copying import copied
from tests.docs.running import lines_run, prepare, run_page

_WITH_BLOCKS = [page for page in PAGES if blocks(page)]


@pytest.mark.parametrize("page", _WITH_BLOCKS, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_blocks_of_a_page_run(page: Path, tmp_path: Path) -> None:
    prepare(tmp_path)
    assert run_page(blocks(page), tmp_path) == []


def _page(folder: Path, text: str) -> Path:
    page = folder / "page.md"
    page.write_text(text)
    return page


def _wrong(folder: Path, text: str) -> list[str]:
    return run_page(blocks(_page(folder, text)), folder)


def test_blocks_and_marks_are_found(tmp_path: Path) -> None:
    text = (
        "# T\n\nText\n\n    one\n    two\n\n- a list\n\n    goes on\n\n<!-- skip: a camera -->\n```sh\nthree\n```\n\n"
        '<!-- skip "git clone": the network -->\n<!-- error: 2 -->\n\n```bash\ngit clone a\nfour \\\n  five\n```\n\n```python\nx\n```\n'
    )
    found = blocks(_page(tmp_path, text))
    assert [(block.line, block.language, block.code, block.skip, block.error) for block in found] == [
        (5, "sh", "one\ntwo\n", None, None),
        (14, "sh", "three\n", "a camera", None),
        (21, "bash", "git clone a\nfour \\\n  five\n", None, "2"),
        (27, "python", "x\n", None, None),
    ]
    assert lines_run(found[2]) == "four    five\n"


@pytest.mark.parametrize(
    "text",
    [
        "<!-- skip: a camera -->\n\nText\n",
        "<!-- skip: a camera -->\n",
        "<!-- skip a camera -->\n\n    x\n",
        '<!-- skip "y": a camera -->\n\n    x\n',
        '<!-- error "x": 2 -->\n\n    x\n',
    ],
)
def test_a_mark_that_marks_nothing_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"page\.md"):
        blocks(_page(tmp_path, text))


def test_a_block_that_fails_is_found(tmp_path: Path) -> None:
    assert _wrong(tmp_path, "    true\n    false\n    true\n") == ["page.md:1: exit status 1, not 0: "]
    assert _wrong(tmp_path, "    false | true\n") == ["page.md:1: exit status 1, not 0: "]
    assert _wrong(tmp_path, '    word="no"\n\nText\n\n    test $word = yes\n') == ["page.md:5: exit status 1, not 0: "]
    assert _wrong(tmp_path, '    word="yes"\n\nText\n\n    test $word = yes\n') == []
    assert _wrong(tmp_path, "<!-- error: 3 -->\n\n    exit 3\n") == []
    assert _wrong(tmp_path, "<!-- error: 3 -->\n\n    exit 2\n") == ["page.md:3: exit status 2, not 3: "]
    assert _wrong(tmp_path, "```text\nwords\n```\n") == [
        "page.md:2: a block of 'text' cannot be run; say why by a mark: <!-- skip: reason -->"
    ]


def test_python_blocks_share_names_and_end_as_they_are_marked(tmp_path: Path) -> None:
    first, second = "```python\nname = 1\n```\n\n", "```python\nassert name == {}\n```\n"
    assert _wrong(tmp_path, first + second.format(1)) == []
    assert _wrong(tmp_path, first + second.format(2)) == ["page.md:2: exit status 1, not 0 (line 6): AssertionError"]
    assert _wrong(tmp_path, "<!-- given: frame = 7 -->\n```python\nassert frame == 7\n```\n") == []
    raising = "<!-- error: ValueError -->\n```python\nint('x' * name)\n```\n"
    assert _wrong(tmp_path, first + raising) == []
    assert len(_wrong(tmp_path, first + raising.replace("'x'", "'1'"))) == 1
    assert len(_wrong(tmp_path, first + raising.replace("ValueError", "KeyError"))) == 1


@pytest.mark.parametrize(
    ("language", "right", "wrong"),
    [
        ("json", '{\n"a": 1\n}', '{"a": }'),
        ("jsonl", '{"a": 1}\n{"a": 2}', '{"a": 1}\n{'),
        ("ini", "[Service]\nUser=pi", "User=pi"),
        ("toml", 'source = ["a.mp4", "b.mp4"]', "sauce = 1"),
    ],
)
def test_files_that_are_shown_are_read(language: str, right: str, wrong: str, tmp_path: Path) -> None:
    assert _wrong(tmp_path, f"```{language}\n{right}\n```\n") == []
    assert len(_wrong(tmp_path, f"```{language}\n{wrong}\n```\n")) == 1


def test_a_skipped_configuration_still_has_to_be_toml(tmp_path: Path) -> None:
    assert _wrong(tmp_path, "<!-- skip: another program's -->\n```toml\nsauce = 1\n```\n") == []
    assert len(_wrong(tmp_path, "<!-- skip: another program's -->\n```toml\nsauce =\n```\n")) == 1


def test_a_file_that_is_shown_is_shown_as_it_is(tmp_path: Path) -> None:
    file = "examples/adding/backend.py"
    text = (ROOT / file).read_text()
    assert _wrong(tmp_path, f"<!-- file: {file} -->\n```python\n{text}```\n") == []
    assert _wrong(tmp_path, f"<!-- file: {file} -->\n```python\n{text}x\n```\n") == [
        f"page.md:3: is not {file} as it is now; run: python -m tests.docs.copying"
    ]
    assert _wrong(tmp_path, "<!-- file: examples/none.py -->\n```python\nx\n```\n") == [
        "page.md:3: shows examples/none.py, which is not there"
    ]


def test_a_file_is_copied_into_its_block(tmp_path: Path) -> None:
    file = "examples/adding/backend.py"
    page = _page(tmp_path, f"# T\n\n<!-- file: {file} -->\n```python\nold\n\nlines\n```\n\nAfter\n")
    assert copied(page) == f"# T\n\n<!-- file: {file} -->\n```python\n{(ROOT / file).read_text()}```\n\nAfter\n"


def test_the_marks_leave_something_to_run() -> None:
    found: list[Block] = [block for page in PAGES for block in blocks(page) if not block.skip]
    commands = [line for block in found if block.language == "sh" for line in lines_run(block).splitlines()]
    assert len([line for line in commands if line.startswith(("edge-caption", "python"))]) > 15
    assert len([block for block in found if block.language == "python" and block.file is None]) > 2
