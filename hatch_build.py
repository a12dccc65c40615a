"""What the wheel says of itself: its extras, of which `locked` is what requirements.lock names."""

import re
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Extras(MetadataHookInterface):
    """The extras of pyproject.toml, and `locked`: the exact versions that were tested."""

    def update(self, metadata: dict[str, object]) -> None:
        """Adds all extras to the project's metadata."""
        lock = (Path(self.root) / "requirements.lock").read_text()
        # each requirement with its marker; the hashes, which metadata cannot hold, are indented
        locked = re.findall(r"(?m)^(\S+==.+?) *\\?$", lock)
        metadata["optional-dependencies"] = {**self.config["extras"], "locked": locked}
