"""The table of roles and rights in docs/trust.md, made from the code so that it cannot say anything else."""

from __future__ import annotations

from prisons.access import RIGHTS_OF_ROLE, RIGHTS_OF_SUPERUSER, SIDE_OF_ROLE, Right

START, END = "<!-- roles: made from the code -->", "<!-- end of roles -->"


def as_markdown() -> str:
    """One row per right, one column per role; the installer of the program last."""
    columns = [
        *((str(role), rights) for role, rights in RIGHTS_OF_ROLE.items()),
        ("installer", RIGHTS_OF_SUPERUSER),
    ]
    sides = [str(SIDE_OF_ROLE[role]) for role in RIGHTS_OF_ROLE]
    lines = [
        _row("right", *(name for name, _rights in columns)),
        _row(*("---" for _cell in range(len(columns) + 1))),
        _row("*side*", *sides, "none"),
        *(_row(right, *("yes" if right in rights else "" for _name, rights in columns)) for right in Right),
    ]
    return "\n".join([START, *lines, END])


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
