"""How an explanation speaks: numbers, hours and limits in plain English."""

from __future__ import annotations

from math import floor, log10
from typing import Final

from simulation.interchange.limits import BindingLimit, Limit, Span

__all__ = ["in_hours", "limit_words", "number", "price_words", "sentence", "yen"]

DIGITS: Final = 4
MOST_SPANS: Final = 3


def number(value: float) -> str:
    """A number with four significant digits, none of them a trailing zero after the point.

    >>> number(719520.4), number(4.0), number(0.03456789), number(0.0)
    ('719,500', '4', '0.03457', '0')
    """
    if value == 0:
        return "0"
    decimals = DIGITS - 1 - floor(log10(abs(value)))
    text = f"{round(value, decimals):,.{max(decimals, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def yen(value: float) -> str:
    """An amount of money.

    >>> yen(1234567.0)
    '1,235,000 yen'
    """
    return f"{number(value)} yen"


def in_hours(spans: tuple[Span, ...]) -> str:
    """For how long, and when on the wall clock; of many spans the first ones.

    >>> in_hours((Span(first=9, after=11, start="2026-08-03 09:00", end="2026-08-03 11:00", hours=2.0),))
    'for 2 h (2026-08-03 09:00 to 11:00)'
    """
    shown = [_from_to(span) for span in spans[:MOST_SPANS]]
    if len(spans) > MOST_SPANS:
        shown.append(f"and {len(spans) - MOST_SPANS} more until {spans[-1].end}")
    return f"for {number(sum(span.hours for span in spans))} h ({', '.join(shown)})"


def limit_words(limit: BindingLimit) -> str:
    """What bound, and when."""
    size = "" if limit.size is None else f"{number(limit.size)} {limit.unit}"
    when = in_hours(limit.spans)
    kind = limit.change.kind if limit.change is not None else ""
    match limit.limit:
        case Limit.CAPACITY if not limit.spans:
            return f"{limit.element} ({size}) held too little at the start"
        case Limit.CAPACITY:
            return f"{_USED_UP[kind].format(element=limit.element, size=size)} {when}"
        case Limit.UNAVAILABLE:
            return f"{_AWAY[kind].format(element=limit.element)} {when}"
        case Limit.EMPTY:
            return f"{limit.element} was down at {size}, where more would have saved, {when}"
        case Limit.OWN_SOURCE:
            return f"the own sources of {limit.element} gave no more that it could send {when}"
        case Limit.DEADLINE:
            return f"deferrable load of {limit.element} had waited as long as it may {when}"


def price_words(limit: BindingLimit, plan_h: float) -> str:
    """The shadow price of a limit over a plan of ``plan_h`` hours."""
    what = {
        Limit.CAPACITY: "",
        Limit.UNAVAILABLE: " there then",
        Limit.EMPTY: " in it then",
        Limit.OWN_SOURCE: " of its own then",
        Limit.DEADLINE: " allowed to wait",
    }[limit.limit]
    return f"shadow price {yen(limit.shadow_price_jpy)} per {limit.unit}{what}, over the {number(plan_h)} h of the plan"


def sentence(text: str) -> str:
    """A text that ends in a full stop; it begins with a capital unless it begins with the name of an element.

    >>> sentence("the grid was down"), sentence("hub.pump.well ran")
    ('The grid was down.', 'hub.pump.well ran.')
    """
    is_name = "." in text.split(" ", 1)[0]
    return f"{text if is_name else text[0].upper() + text[1:]}."


_USED_UP: Final = {
    "contract": "the contract of {element} ({size}) was used in full",
    "export": "the export limit of {element} ({size}) was used in full",
    "tieline": "{element} ({size}) was used in full",
    "pv": "all that the sun gave {element} ({size}) was used",
    "genset": "{element} ({size}) ran at full power",
    "battery_energy": "{element} ({size}) was full",
    "battery_power": "{element} ({size}) charged or discharged at full power",
    "fuel_tank": "{element} ({size}) was full",
    "water_tank": "{element} ({size}) was full",
    "mains": "the mains of {element} ({size}) gave all they could",
    "pump": "{element} ({size}) ran at full rate",
}

_AWAY: Final = {
    "contract": "the public grid of {element} was down",
    "tieline": "{element} was open",
    "genset": "{element} could not run",
    "battery_power": "{element} had no grid to feed into",
}


def _from_to(span: Span) -> str:
    same_day = span.start[:10] == span.end[:10]
    return f"{span.start} to {span.end[11:] if same_day else span.end}"
