"""The logs of the service's processes stay short while these write on."""

from __future__ import annotations

import subprocess
import sys

from deployments.service import logs

WRITES = """
import sys
for line in sys.stdin:
    print(line, end="", flush=True)
"""


def test_a_log_over_the_limit_is_emptied_while_its_process_writes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "LIMIT", 20)
    log, short = tmp_path / "server.log", tmp_path / "worker.log"
    short.write_text("short\n")
    with log.open("ab") as opened:
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITES], stdin=subprocess.PIPE, stdout=opened, text=True
        )

    def write(*lines):
        for line in lines:
            writer.stdin.write(f"{line}\n")
            writer.stdin.flush()
            while not log.read_text().endswith(f"{line}\n"):
                assert writer.poll() is None

    with writer:
        write("a" * 15, "b" * 15)
        logs.rotate(tmp_path)
        write("c" * 15)
        logs.rotate(tmp_path)
        write("d" * 15)
        logs.rotate(tmp_path)
        write("e")
        writer.stdin.close()
    assert log.read_text() == "e\n"
    assert (tmp_path / "server.log.old").read_text().split() == ["c" * 15, "d" * 15]
    assert short.read_text() == "short\n"
    assert len([*tmp_path.iterdir()]) == 3


def test_before_the_first_start_there_is_nothing_to_rotate(tmp_path):
    logs.rotate(tmp_path / "logs")
