"""From a Trajectory to Metrics: numbers with their errors."""
