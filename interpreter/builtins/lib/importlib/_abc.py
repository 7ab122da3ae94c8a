"""The base that other modules of the package import without the rest."""

from importlib.abc import Loader
