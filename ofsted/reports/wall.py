"""The walls around the process that reads files: no file, no network, no other process.

A file that is made for it may have PDFium run code, with all the rights of the user that we run
as. Behind these walls such code is left with the processor, some memory and the pipes to its
caller. None needs another one; each goes up where the system offers it:

- resource limits (Unix): no file or socket can be opened, no process started (but by root);
- Landlock (Linux 5.13): no file can be read, written, listed, created, removed or run, whoever
  asks; no TCP (6.7); no signals to other processes and no abstract Unix sockets (6.12); no Unix
  sockets that others listen on (7.1). Asking for the properties of a file is not seen by it;
- seccomp (Linux with libseccomp): no system call at all but those that reading needs.

A wall holds in the thread that puts it up and in what that thread starts, and cannot be taken
down. Nothing is imported behind it.

Both are called directly: where nothing is allowed, Landlock is two system calls, and packages
for it and for libseccomp start other programs to find the C library (20 ms a worker).
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

try:
    import resource
except ImportError:
    resource = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Walls:
    """Which walls stand, and why the others do not, with what to do about it."""

    standing: tuple[str, ...]
    missing: tuple[str, ...]


class _NoWallError(Exception):
    """The system does not offer this wall; the text says why."""


def put_up() -> Walls:
    """Put up every wall that the system offers, for this thread and what it starts."""
    standing: list[str] = []
    missing: list[str] = []
    _libseccomp()  # a file, so it is opened while files can be
    for name, build in _BUILDERS.items():
        try:
            standing.append(f"{name}{build()}")
        except _NoWallError as error:
            missing.append(f"{name}: {error}")
        except OSError as error:
            missing.append(f"{name}: {_WHY.get(error.errno or 0, error.strerror)}")
    return Walls(tuple(standing), tuple(missing))


_NOT_ALLOWED = "it is not allowed here; allow its system calls to this service or container"
_WHY = {
    errno.ENOSYS: "this kernel does not have it; use Linux 5.13 or later",
    errno.EOPNOTSUPP: "it is switched off; add it to the kernel's `lsm=` parameter",
    errno.EPERM: _NOT_ALLOWED,
}


# --- Landlock: linux/landlock.h

_CREATE_RULESET, _RESTRICT_SELF = 444, 446
_VERSION = 1  # asks `_CREATE_RULESET` for the version alone
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16, 9: 17}  # how many there are from a version on
_TCP_SINCE, _SCOPES_SINCE = 4, 6
_BOTH = 0b11  # bind and connect; signals and abstract sockets


def _landlock() -> str:
    """Every right that this kernel knows is taken, and none is given back."""
    if sys.platform != "linux":
        raise _NoWallError("only Linux has it")
    version = _call(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION))
    rights = max(number for since, number in _FILE_RIGHTS.items() if since <= version)
    taken = (ctypes.c_uint64 * 3)(
        (1 << rights) - 1,
        _BOTH if version >= _TCP_SINCE else 0,
        _BOTH if version >= _SCOPES_SINCE else 0,
    )
    size = ctypes.c_size_t(ctypes.sizeof(taken))
    rules = _call(_CREATE_RULESET, ctypes.byref(taken), size, ctypes.c_uint32(0))
    try:
        _gain_no_rights()
        _call(_RESTRICT_SELF, ctypes.c_int(rules), ctypes.c_uint32(0))
    finally:
        os.close(rules)
    return f" ABI {version}"


def _gain_no_rights() -> None:
    """Landlock asks for it: nothing that is run from here on has more rights than we have."""
    ctypes.CDLL(None).prctl(38, *map(ctypes.c_ulong, (1, 0, 0, 0)))  # PR_SET_NO_NEW_PRIVS


def _call(number: int, *values: object) -> int:
    """A system call.

    Raises:
        OSError: it was refused.
    """
    syscall = ctypes.CDLL(None, use_errno=True).syscall
    syscall.restype = ctypes.c_long
    result = int(syscall(ctypes.c_long(number), *values))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


# --- resource limits

_SAID = 1 << 16  # bytes that the process may write to its error output


def _limits() -> str:
    """What is open stays open; nothing else can be opened."""
    if resource is None:
        raise _NoWallError("only Unix has them")
    for name, most in (("NPROC", 0), ("FSIZE", _SAID), ("CORE", 0), ("NOFILE", 0)):
        if (kind := getattr(resource, f"RLIMIT_{name}", None)) is not None:
            _, hard = resource.getrlimit(kind)
            allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (allowed, allowed))
    return ""


# --- seccomp: seccomp.h

_LIBRARY = "libseccomp.so.2"
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_EQUAL = 4
_MEMORY = ("brk", "mmap", "mmap2", "mremap", "munmap", "mprotect", "madvise")
_PIPES = ("read", "readv", "write", "writev", "lseek", "_llseek", "close")
_SIGNALS = ("rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall")
_TIME = ("alarm", "setitimer", "clock_gettime", "clock_gettime64", "gettimeofday", "time")
_ITSELF = (
    *("getpid", "gettid", "getrandom", "getrusage", "getrlimit", "setrlimit", "ugetrlimit"),
    *("futex", "futex_time64", "sched_yield", "exit", "exit_group"),
)
_NEEDED = (*_MEMORY, *_PIPES, *_SIGNALS, *_TIME, *_ITSELF)


class _Argument(ctypes.Structure):
    """A condition on one argument of a call: `struct scmp_arg_cmp`."""

    _fields_ = (
        ("position", ctypes.c_uint),
        ("comparison", ctypes.c_int),
        ("value", ctypes.c_uint64),
        ("other", ctypes.c_uint64),
    )


def _seccomp() -> str:
    """Whatever reading does not need is refused as not permitted."""
    if sys.platform != "linux":
        raise _NoWallError("only Linux has it")
    library = _libseccomp()
    if library is None:
        raise _NoWallError(f"{_LIBRARY} is not installed; install it (Debian: libseccomp2)")
    library.seccomp_init.restype = ctypes.c_void_p
    rules = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(_REFUSE)))
    try:
        for name in _NEEDED:
            _allow(library, rules, name)
        _allow(library, rules, "prlimit64", 0)  # its own limits
        _allow(library, rules, "tgkill", os.getpid())  # how `abort` ends a process
        if library.seccomp_load(rules) < 0:  # it does not say why
            raise _NoWallError(f"this kernel does not have it, or {_NOT_ALLOWED}")
    finally:
        library.seccomp_release(rules)
    return ""


@cache
def _libseccomp() -> ctypes.CDLL | None:
    with suppress(OSError):
        return ctypes.CDLL(_LIBRARY)
    return None


def _allow(library: ctypes.CDLL, rules: ctypes.c_void_p, name: str, *first: int) -> None:
    """Allow a call, if this processor has it; with this first argument alone where one is given."""
    number = library.seccomp_syscall_resolve_name(name.encode())
    if number < 0:
        return
    conditions = (_Argument * len(first))(*(_Argument(0, _EQUAL, value, 0) for value in first))
    _checked(
        library.seccomp_rule_add_array(
            rules, ctypes.c_uint32(_ALLOW), number, len(first), conditions
        )
    )


def _checked(result: int) -> None:
    """Raise what libseccomp gives back as a negative number."""
    if result < 0:
        raise OSError(-result, os.strerror(-result))


# In this order: Landlock opens a file, so to speak, and nothing goes up behind seccomp.
_BUILDERS: dict[str, Callable[[], str]] = {
    "Landlock": _landlock,
    "resource limits": _limits,
    "seccomp": _seccomp,
}
