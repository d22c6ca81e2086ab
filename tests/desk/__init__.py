"""The editors' desk over real HTTP."""
