"""The record of what people did, and their progress, which is derived from it."""
