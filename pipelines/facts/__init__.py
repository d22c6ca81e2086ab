"""The facts of a notice, one reader a file; `pipelines.normalise` brings them together."""
