"""What words are, for every room: forms of signs, what a title does. Imports nothing of ours."""
