"""The website for readers: a third child of the service, where `[website] serve` asks for one.

Whatever keeps it from being served is said in one line and tried again; the service goes on.
"""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from deployments.service.bind_address import within_reach
from deployments.service.client import WEBSITE_SERVER
from deployments.service.processes import Managed
from flows.settings.model import Settings
from notifications.addresses import loopback
from website.addresses import INDEX

STOP = 5.0  # seconds; the server itself gives answers under way two
NO_ADDRESS = {  # why one cannot be had, and what to do
    errno.EADDRINUSE: ("another program is using this address", "choose another port"),
    errno.EADDRNOTAVAIL: ("this machine does not have this address", "give one that it has"),
    errno.EAFNOSUPPORT: ("this machine does not use IPv6", "give an IPv4 address"),
    errno.EACCES: ("this user may not open this port", "choose a port above 1023"),
}


class WebsiteServer:
    """Keeps the website served as the settings say.

    Args:
        environment: of its process.
        folder: its working directory.
        log_file: gets its output.
        say: is given a line when there is something new to say.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        folder: Path,
        log_file: Path,
        say: Callable[[str], object],
    ) -> None:
        self._made = (environment, folder, log_file)
        self._say, self._said = say, ""
        self.managed = Managed(WEBSITE_SERVER, (), *self._made)

    def keep(self, settings: Settings) -> bool:
        """Start it, stop it or leave it, as it should be now; returns whether it did any."""
        before = self.managed.process
        command = _command(settings)
        if command != self.managed.command:
            self.managed.stop(STOP)
            self.managed = Managed(WEBSITE_SERVER, command, *self._made)
        refused = None
        if command and not self.managed.is_running() and self.managed.may_start():
            refused = refusal(settings.website.serve)
            if refused is None:
                self.managed.start()
        if refused or not command or self.managed.is_running():
            self._say_once(_line(settings, refused))
        return self.managed.process is not before

    def stop(self) -> None:
        """Stop it, if it runs."""
        self.managed.stop(STOP)

    def _say_once(self, line: str) -> None:
        if line != self._said:
            self._said = line
            self._say(line)


def address(serve: str) -> str:
    """Where this machine itself reaches the website.

    Args:
        serve: as in the settings, such as `127.0.0.1:4280`.
    """
    host, port = _host_and_port(serve)
    return f"http://{within_reach(host)}:{port}/"


def refusal(serve: str) -> tuple[str, str] | None:
    """Why this address cannot be listened on, and what to do; None: it can.

    Args:
        serve: as in the settings.
    """
    host, port = _host_and_port(serve)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        other = (str(error.strerror).partition(" (")[0], "give another address")
        return NO_ADDRESS.get(error.errno or 0, other)
    return None


def _host_and_port(serve: str) -> tuple[str, int]:
    host, _, port = serve.rpartition(":")
    return host.strip("[]"), int(port)


def _command(settings: Settings) -> tuple[str, ...]:
    """Of its process; empty: it is not to be served."""
    if not settings.website.serve:
        return ()
    host, port = _host_and_port(settings.website.serve)
    server = (sys.executable, "-m", "website.server")
    return (*server, host, str(port), str(settings.website_folder))


def _line(settings: Settings, refused: tuple[str, str] | None) -> str:
    """Where readers find the website, or why it is not served."""
    website = settings.website
    if refused:
        why, advice = refused
        what = f"the website is not served at {website.serve}: {why}"
        return f"{what}; {advice} in `serve` under [website]. We will keep trying."
    if not website.serve:
        file = settings.website_folder / INDEX
        return f"website for readers: {f'{website.url}/' if website.url else file}"
    served = address(website.serve)
    more = [f"served at {served}"] if website.url else []
    if not loopback(_host_and_port(website.serve)[0]):
        more.append("open to other machines")
    where = f"{website.url}/" if website.url else served
    return f"website for readers: {where}" + (f" ({', '.join(more)})" if more else "")
