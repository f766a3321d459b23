"""One live repository: what it holds, what it admits, and its items."""
