"""The templates of pages, with the style sheet that they share."""

from __future__ import annotations

from importlib import resources
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from simulation.report.display import split_estimate

__all__ = ["template"]


def template(name: str) -> Any:
    """A page's template, with its style sheet at hand as ``style()``."""

    def load(file: str) -> str:
        return resources.files("simulation.report").joinpath(file).read_text(encoding="utf-8")

    environment = Environment(
        loader=FunctionLoader(load), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["unbroken"] = lambda text: text.replace(" %", "\N{NO-BREAK SPACE}%")
    environment.filters["split_estimate"] = lambda estimate, line: split_estimate(estimate)[line]
    environment.globals["style"] = lambda: Markup(load("style.css"))
    return environment.get_template(name)
