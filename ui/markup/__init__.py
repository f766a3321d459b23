"""HTML from browsers and word processors, as the Markdown that a person would have typed."""
