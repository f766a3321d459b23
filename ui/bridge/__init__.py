"""Where goatcore meets Qt: the loop both run on, and texts bound to editors splice by splice."""
