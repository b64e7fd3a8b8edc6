"""Equations as pure functions on numbers or arrays: no Spec, no events, no files, no chance."""
