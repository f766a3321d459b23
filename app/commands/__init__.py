"""The commands of `goat`, a module a family. Each imports what it needs when it runs."""
