"""The arguments of every verb, a file a group of verbs; what a verb does is in `commands`."""
