"""Evidence: configurations compared on the same draws, and the workers that run them."""
