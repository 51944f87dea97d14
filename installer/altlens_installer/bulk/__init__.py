"""Alt text for many files at once: a folder of pictures, and pages that show some."""
