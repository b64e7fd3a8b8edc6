"""From Draws to a Problem to a Schedule: the optimisation of who sends power to whom."""
