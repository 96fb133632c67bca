"""A file that two write at once, or that cannot be written to its end."""

from pathlib import Path

import pytest

from core.whole_files import whole_file


def test_two_who_write_at_once_do_not_take_each_others_file(tmp_path: Path) -> None:
    target = tmp_path / "words.mo"
    with whole_file(target) as first:
        first.write(b"first")
        with whole_file(target, mode=0o640) as second:
            second.write(b"second")
        assert target.read_bytes() == b"second" and target.stat().st_mode & 0o777 == 0o640
    assert target.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [target]


def test_what_fails_halfway_leaves_what_stood_there(tmp_path: Path) -> None:
    target = tmp_path / "words.mo"
    target.write_bytes(b"old")
    with pytest.raises(OSError, match="full"), whole_file(target) as file:
        file.write(b"half")
        raise OSError("full")
    assert target.read_bytes() == b"old" and list(tmp_path.iterdir()) == [target]
