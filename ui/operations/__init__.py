"""What a person can do, one function a verb. Free of Qt: the command line uses it too."""
