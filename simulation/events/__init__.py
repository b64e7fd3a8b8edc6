"""From a Schedule to a Trajectory: what really happens, event by event."""
