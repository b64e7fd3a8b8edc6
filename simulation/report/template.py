"""The templates of pages, with the style sheet that they share."""

from __future__ import annotations

from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

__all__ = ["template"]


def template(name: str) -> Any:
    """A page's template, with its style sheet at hand as ``style()``."""

    def load(file: str) -> str:
        return resources.files("simulation.report").joinpath(file).read_text(encoding="utf-8")

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["unbroken"] = lambda text: text.replace(" %", "\N{NO-BREAK SPACE}%")
    environment.globals["style"] = lambda: Markup(load("style.css"))
    return environment.from_string(load(name))
