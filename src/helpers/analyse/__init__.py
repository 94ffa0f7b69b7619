"""Passages -> results: one module for each analysis, frozen results with their tables and settings."""
