"""Pictures of results: one module for each of analyse/. How to write one stands at the head of base.py."""
