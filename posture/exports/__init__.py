"""What goes out: reports as JSON, CSV and Markdown."""
