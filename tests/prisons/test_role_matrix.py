from pathlib import Path

from prisons.role_matrix import END, START, as_markdown


def test_the_table_of_roles_is_the_code():
    """Print `as_markdown()` and put it there when this fails on purpose."""
    text = Path("docs/trust.md").read_text(encoding="utf-8")
    assert text.count(START) == text.count(END) == 1
    assert text[text.index(START) : text.index(END) + len(END)] == as_markdown()
