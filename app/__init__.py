"""Crawls as child processes, and what a process on a data folder leaves behind."""
