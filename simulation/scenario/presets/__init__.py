"""Data files with the published numbers that a scenario may name, each with its source."""
