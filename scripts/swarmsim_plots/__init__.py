"""Figures from the CSV files of swarmsim: `data` reads, `run` and `comparison` draw, `style` decides how it looks."""
