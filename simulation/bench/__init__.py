"""The standard problem family, the registry of cases, and the history of timings."""
