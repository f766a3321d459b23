"""goatcore: a database built like a distributed version control system."""
