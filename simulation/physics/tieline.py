"""Tie-line equations: what arrives of what is sent."""

from __future__ import annotations

__all__ = ["received_kw"]


def received_kw(sent_kw, loss_frac):
    """Power that arrives at the far end; numbers or arrays [kW].

    >>> received_kw(100.0, 0.02)
    98.0
    """
    return sent_kw * (1.0 - loss_frac)
