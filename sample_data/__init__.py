"""A small province-shaped data set of our own writing, with the numbers of five real programmes."""
