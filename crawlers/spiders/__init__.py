"""Hand-written spiders, for a site no platform can describe. Empty by design.

A site of a known platform needs no code: it is a table in `crawlers/sources.toml`. A class here
whose `name` is a site's id takes that site over (see `crawlers.loader`).
"""
