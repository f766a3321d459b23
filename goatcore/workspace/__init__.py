"""The parts of one opened workspace; `goatcore.database` is the front of them.

`group_keys` has the secrets, `own_device` who signs here, `stores` opens the logs, `repositories`
has those that are open, `flushing` gets all of it to disk in order, `compactions` writes files
anew, `problems` is what a person should know. `workspace` puts
them together. None of them knows the database.
"""
