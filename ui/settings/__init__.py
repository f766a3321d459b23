"""The settings: pages of choices, each of which applies at once."""
