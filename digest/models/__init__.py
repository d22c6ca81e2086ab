"""What an issue and a correction are, before anybody renders them."""
