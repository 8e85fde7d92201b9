"""Figures for humans: what tfgen's work costs, beside the same work by other tools. Judges nothing; tests nothing."""
