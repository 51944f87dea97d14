"""altlens demo: a page of photographs without alt text, and what a screen reader hears of it."""
