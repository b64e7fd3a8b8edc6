"""Shapes in annotations are checked while tests run."""

from jaxtyping import install_import_hook

install_import_hook("simulation", "beartype.beartype")
