"""One module for each province: what its offices handed in."""
