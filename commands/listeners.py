"""The two servers inside the daemon, the readers' page and the figures for Prometheus.

Each runs only where it is configured; elsewhere its library is not even loaded, which spares the
daemon the memory.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from commands.desk import Desk

if TYPE_CHECKING:
    from commands.public import PublicPage


class Listeners:
    """What listens in this process; `end` stops it all."""

    def __init__(self) -> None:
        self.page: PublicPage | None = None
        self.end_figures: Callable[[], None] | None = None

    async def keep_page(self, desk: Desk) -> None:
        """The page on which readers leave, as this desk says; raises as `PublicPage.keep`."""
        if self.page is None:
            if not desk.config.public.url:
                return
            from commands.public import PublicPage

            self.page = PublicPage()
        await self.page.keep(desk)

    def show_figures(self, desk: Desk) -> None:
        """Answer Prometheus as this desk says. Raises OSError when the port is taken."""
        self.hide_figures()
        if not desk.config.metrics.port:
            return
        from commands import metrics

        self.end_figures = metrics.serve(desk)

    def hide_figures(self) -> None:
        """Stop answering Prometheus."""
        end, self.end_figures = self.end_figures, None
        if end is not None:
            end()

    async def end(self) -> None:
        """Stop both."""
        self.hide_figures()
        if self.page is not None:
            await self.page.end()
