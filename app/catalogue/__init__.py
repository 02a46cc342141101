"""Courses as data: parsed from Markdown, checked, rendered once, never changed afterwards."""
