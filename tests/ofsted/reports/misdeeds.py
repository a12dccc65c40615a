"""What code that a file has smuggled into the worker would try, each on what a test laid out."""

import ctypes
import errno
import os
import resource
import signal
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path

PTRACE_ATTACH = 16
LIBC = ctypes.CDLL(None, use_errno=True)


def connect(kind: int, family: int, address: object) -> None:
    with socket.socket(family, kind) as ours:
        ours.connect(address)
        ours.send(b"hello")


def listen() -> None:
    with socket.socket() as ours:
        ours.bind(("127.0.0.1", 0))


def fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def trace(pid: int) -> None:
    if LIBC.ptrace(ctypes.c_long(PTRACE_ATTACH), ctypes.c_long(pid), None, None) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")


def misdeeds(folder: Path, port: int, pid: int) -> dict[str, Callable[[], object]]:
    """By name; in an order in which none that is done takes from a later one what it needs.

    Args:
        folder: has the files `planted` and `program`, the folder `empty`, a listening `socket`.
        port: of 127.0.0.1, on which a server waits for TCP and for UDP.
        pid: of another process.
    """
    planted, here = folder / "planted", ("127.0.0.1", port)
    stream, packet = socket.SOCK_STREAM, socket.SOCK_DGRAM
    return {
        "read a file": planted.read_text,
        "list a folder": partial(os.listdir, folder),
        "ask for a file's size": partial(os.stat, planted),
        "write a new file": partial((folder / "new").write_text, "new"),
        "write to a file": partial(planted.write_text, "changed"),
        "change a file's rights": partial(planted.chmod, 0o777),
        "make a folder": (folder / "made").mkdir,
        "rename a file": partial(planted.rename, folder / "renamed"),
        "remove a folder": (folder / "empty").rmdir,
        "connect by TCP": partial(connect, stream, socket.AF_INET, here),
        "listen for TCP": listen,
        "send by UDP": partial(connect, packet, socket.AF_INET, here),
        "connect to a Unix socket": partial(
            connect, stream, socket.AF_UNIX, str(folder / "socket")
        ),
        "start a process": fork,
        "run a program": partial(os.execv, folder / "program", ["program"]),
        "limit another process": partial(resource.prlimit, pid, resource.RLIMIT_CORE, (0, 0)),
        "trace another process": partial(trace, pid),
        "find another process": partial(os.kill, pid, 0),
        "end another process": partial(os.kill, pid, signal.SIGTERM),
    }


def outcomes(folder: str, port: int, pid: int) -> dict[str, str]:
    """Try each; the name of the error that refused it, or `done`."""
    found = {}
    for name, do in misdeeds(Path(folder), port, pid).items():
        try:
            do()
        except OSError as error:
            found[name] = errno.errorcode[error.errno or 0]
        else:
            found[name] = "done"
    return found
