"""The log file: small, for its owner alone, and without anything of anybody's."""

import os
import threading
from pathlib import Path

from altlens_host import log as log_module
from altlens_host.errors import CacheCorruptError, WorkerDiedError
from altlens_host.log import Log

SECRET = "A caption at https://example.org/ in /home/somebody"


def test_a_line_is_a_time_and_the_kind_of_trouble(tmp_path: Path) -> None:
    """Not what the error says of this one case."""
    path = tmp_path / "altlens" / "host.log"

    Log(lambda: path).warn(CacheCorruptError(SECRET))

    (line,) = path.read_text().splitlines()
    assert line.endswith(" 704 cache_corrupt")
    assert line[:4].isdigit()


def test_nothing_is_made_while_nothing_is_wrong(tmp_path: Path) -> None:
    """No file, no folder, and the path is not even asked for."""
    Log(lambda: tmp_path.joinpath("altlens", "host.log"))

    assert list(tmp_path.iterdir()) == []


def test_the_log_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Under the umask that the host sets at its start."""
    path = tmp_path / "altlens" / "host.log"
    before = os.umask(0o077)
    try:
        Log(lambda: path).warn(WorkerDiedError(SECRET))
    finally:
        os.umask(before)

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_the_log_stays_small(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """The oldest lines go."""
    monkeypatch.setattr(log_module, "MAX_BYTES", 1000)
    log = Log(lambda: tmp_path / "host.log")

    for _ in range(100):
        log.warn(WorkerDiedError(SECRET))

    files = sorted(tmp_path.iterdir())
    assert [path.name for path in files] == ["host.log", "host.log.1"]
    assert all(path.stat().st_size <= 1000 for path in files)


def test_threads_write_whole_lines(tmp_path: Path) -> None:
    """The cache and two workers may all have something to say."""
    log = Log(lambda: tmp_path / "host.log")

    def write() -> None:
        for _ in range(20):
            log.warn(WorkerDiedError(SECRET))

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    lines = (tmp_path / "host.log").read_text().splitlines()
    assert len(lines) == 80
    assert all(line.endswith(" 402 worker_died") for line in lines)


def test_a_log_that_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    """A file stands where its folder should be."""
    (tmp_path / "altlens").write_bytes(b"")

    Log(lambda: tmp_path / "altlens" / "host.log").warn(WorkerDiedError(SECRET))

    assert (tmp_path / "altlens").read_bytes() == b""
