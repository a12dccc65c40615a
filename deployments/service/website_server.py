"""The website for readers: a third child of the service, where `[website] serve` asks for one.

Whatever keeps it from being served is said in one line and tried again; the service goes on.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from deployments.service.bind_address import host_and_port, local_address, refusal
from deployments.service.client import WEBSITE_SERVER
from deployments.service.processes import Managed
from flows.settings.model import Settings
from notifications.addresses import loopback
from website.addresses import INDEX

STOP = 5.0  # seconds; the server itself gives answers under way two


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


def _command(settings: Settings) -> tuple[str, ...]:
    """Of its process; empty: it is not to be served."""
    if not settings.website.serve:
        return ()
    host, port = host_and_port(settings.website.serve)
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
    served = local_address(website.serve)
    more = [f"served at {served}"] if website.url else []
    if not loopback(host_and_port(website.serve)[0]):
        more.append("open to other machines")
    where = f"{website.url}/" if website.url else served
    return f"website for readers: {where}" + (f" ({', '.join(more)})" if more else "")
