"""The only place that draws: figures, tables, the page, the run record."""
