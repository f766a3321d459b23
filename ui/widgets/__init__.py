"""Small parts of the window, each of one use and without knowledge of the database."""
