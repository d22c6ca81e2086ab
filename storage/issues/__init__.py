"""Issues: what may enter, what they said, what an editor did, corrections."""
