"""From a Spec to Draws: one file for each cause of chance."""
