"""Two of Ofsted's reports on Sutton, as text, and their index.

Contains public sector information licensed under the Open Government Licence v3.0.
Source: Ofsted.
"""

from importlib.resources import files
from importlib.resources.abc import Traversable


def folder() -> Traversable:
    """Where the seeds and their `index.csv` lie, in a checkout and in an installed wheel alike."""
    return files(__name__)
