"""Any other site: the column's own selectors, or the general reader.

A column that needs no selectors is read by the general reader, which its report then says.
"""

from __future__ import annotations

from crawlers.reading.platform import Platform

PLATFORM = Platform("listing")
