"""Every command of the window in one place: menus, keys and the palette are made from it."""
