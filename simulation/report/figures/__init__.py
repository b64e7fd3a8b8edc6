"""The figures of a report, one file each; the only place that draws."""
