"""Goat Notes as a program: command line and window. The only place that constructs everything."""
