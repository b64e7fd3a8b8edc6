"""Fragility of kinds of components, as they stand in presets/fragility.toml: what shaking does, and for how long."""

from __future__ import annotations

from functools import cache

from pydantic import Field, TypeAdapter, model_validator

from simulation.errors import Fault, ScenarioError
from simulation.scenario.part import Fraction, Name, NonNegative, Part, Positive
from simulation.scenario.preset import preset_names, read_presets

__all__ = ["DamageState", "Fragility", "read_fragility"]


class DamageState(Part):
    """One damage state: the shaking that brings it about, what it does, and how long until it is mended."""

    name: Name = Field(description="slight, moderate, extensive, complete")
    median_g: Positive = Field(description="peak ground acceleration at which half of the components reach it [g]")
    beta: Positive = Field(description="lognormal deviation of that")
    restored_mean_days: Positive = Field(description="mean time until it is mended [days]")
    restored_sd_days: NonNegative = Field(default=0.0, description="standard deviation of that [days]")
    works: bool = Field(default=False, description="whether the component still does its work")
    leak_frac_per_h: NonNegative = Field(default=0.0, description="share of a tank's volume lost each hour [1/h]")
    floor_frac: Fraction = Field(default=1.0, description="share of a building's floor that may still be used")
    leaving_frac: Fraction = Field(default=0.0, description="share of a home's people who leave it")


class Fragility(Part):
    """Damage states of one kind of component, the lightest first."""

    state: tuple[DamageState, ...] = Field(min_length=1, description="damage states, the lightest first")

    @model_validator(mode="after")
    def _rising(self) -> Fragility:
        medians = [state.median_g for state in self.state]
        if medians != sorted(set(medians)):
            raise ValueError(f"medians {medians}; legal: rising from state to state")
        return self


@cache
def read_fragility(name: str) -> Fragility:
    """A preset of presets/fragility.toml by name; a ScenarioError lists the names where there is none.

    Every world asks for one per component, so all share the frozen record that was read first.

    >>> [state.name for state in read_fragility("water_tank").state]
    ['slight', 'moderate', 'extensive']
    """
    tables = read_presets("fragility")
    if name not in tables:
        fault = Fault(where="fragility", given=repr(name), legal=", ".join(preset_names("fragility")))
        raise ScenarioError("presets/fragility.toml", [fault])
    return TypeAdapter(Fragility).validate_python(tables[name])
