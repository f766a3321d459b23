"""What the keys and the pointer do in a text: lists, marks, links, find and replace."""
