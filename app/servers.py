"""The servers of the daemon: the readers' page, the figures for Prometheus, and the desk.

Each runs only where it is configured; elsewhere its library is not even loaded, which spares the
daemon the memory. The desk runs in a process of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.context import Context
from app.desk_process import DeskProcess

if TYPE_CHECKING:
    from app.public_page import PublicPage


class Listeners:
    """What listens in this process; `end` stops it all."""

    def __init__(self) -> None:
        self.page: PublicPage | None = None
        self.desk: DeskProcess | None = None
        self.end_figures: Callable[[], None] | None = None

    async def keep_page(self, context: Context) -> None:
        """The page on which readers leave, as this context says; raises as `PublicPage.keep`."""
        if self.page is None:
            if not context.config.public.url:
                return
            from app.public_page import PublicPage

            self.page = PublicPage()
        await self.page.keep(context)

    async def keep_desk(self, context: Context) -> None:
        """The editors' desk in its process, as this context says. Raises DeskError when it does
        not start."""
        if self.desk is None:
            if not context.config.desk.listen:
                return
            self.desk = DeskProcess()
        await self.desk.keep(context)

    def show_figures(self, context: Context) -> None:
        """Answer Prometheus as this context says. Raises OSError when the port is taken."""
        self.hide_figures()
        if not context.config.metrics.port:
            return
        from app import metrics

        self.end_figures = metrics.serve(context)

    def hide_figures(self) -> None:
        """Stop answering Prometheus."""
        end, self.end_figures = self.end_figures, None
        if end is not None:
            end()

    async def end(self) -> None:
        """Stop them all."""
        self.hide_figures()
        if self.desk is not None:
            await self.desk.end()
        if self.page is not None:
            await self.page.end()
