"""跟踪事项: what somebody in the company does about a notice, as an issue tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from digest.safe_text import clean_line, safe_link


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One task. `named` and `address` are the notice's title and page as they came; `given_to` and
    `words` what a colleague typed; `due_on` a day in Asia/Shanghai, None: no day was set.

    The properties are what renderers print: cleaned of control and hidden characters.
    """

    number: int
    named: str
    address: str
    given_to: str
    due_on: date | None
    words: str
    is_done: bool

    @property
    def title(self) -> str:
        """The notice's title in one line."""
        return clean_line(self.named) or self.url or "（无标题）"

    @property
    def url(self) -> str:
        """The notice's page, empty unless it is http or https."""
        return safe_link(self.address)

    @property
    def owner(self) -> str:
        """负责人."""
        return clean_line(self.given_to)

    @property
    def note(self) -> str:
        """备注."""
        return clean_line(self.words)

    @property
    def day(self) -> str:
        """2021-02-18; 未定 without a day."""
        return self.due_on.isoformat() if self.due_on else "未定"

    def state(self, today: date) -> str:
        """已办结, 逾期 3 天, 今天截止 or 待办."""
        if self.is_done:
            return "已办结"
        if self.due_on is None or self.due_on > today:
            return "待办"
        late = (today - self.due_on).days
        return f"逾期 {late} 天" if late else "今天截止"

    def is_pressing(self, today: date) -> bool:
        """Whether its day has come and it is still open."""
        return not self.is_done and self.due_on is not None and self.due_on <= today
