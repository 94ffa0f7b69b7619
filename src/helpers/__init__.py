"""Helpers of the comparative text-analysis workbench."""
