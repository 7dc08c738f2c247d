"""Publishes a built warehouse, and kills itself at the n-th file operation (0: never; it prints how many there were).

A test runs it in a process of its own: ``killed_publisher HOME BUILD TEXTS N``. The interpreter reports every file
operation to an audit hook, so the moments cover every step without a word about them in the code under test.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from publication.release import GateReport, publish
from tests.publication.candidate_warehouse import AS_OF

OPERATIONS = ("open", "os.chmod", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink")


def main(home: str, build: str, texts: str, kill_at: int) -> None:
    seen = 0

    def count(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        if event in OPERATIONS and any(str(argument).startswith(home) for argument in arguments):
            seen += 1
            if seen == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    gates = (GateReport("kpi", 12, 1), GateReport("release", 7, 0))
    publish(Path(home), build=Path(build), as_of=AS_OF, gates=gates, code_version="1.0", texts=Path(texts))
    print(seen)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
