"""How the store behaves as it grows to a million notices; run by `make bench`."""
