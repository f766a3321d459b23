"""How the window looks: two calm sets of shades, one scale of type, icons in the text's ink."""
