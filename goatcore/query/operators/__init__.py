"""The operators that pipelines are made of, one a file."""
