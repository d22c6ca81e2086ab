"""The nouns that cross between rooms. Frozen; dates are Asia/Shanghai, instants UTC-aware."""

from __future__ import annotations

from storage.models.checks import (
    Check,
    Coverage,
    Gap,
    Joined,
    RunState,
    SourceTrend,
    Verdict,
)
from storage.models.issues import (
    Act,
    Candidate,
    CorrectedItem,
    CorrectionRecord,
    Edit,
    IssueEntry,
    IssueRecord,
)
from storage.models.notices import (
    Attachment,
    Contact,
    Deadline,
    Known,
    Notice,
    Outcome,
    Place,
    SaveResult,
    StoredNotice,
    TableRow,
)
from storage.models.readers import (
    Bounce,
    Bulletin,
    BulletinKind,
    Delivery,
    DeliveryState,
    Pace,
    Subscriber,
    SubscriberState,
)

__all__ = [
    "Act",
    "Attachment",
    "Bounce",
    "Bulletin",
    "BulletinKind",
    "Candidate",
    "Check",
    "Contact",
    "CorrectedItem",
    "CorrectionRecord",
    "Coverage",
    "Deadline",
    "Delivery",
    "DeliveryState",
    "Edit",
    "Gap",
    "IssueEntry",
    "IssueRecord",
    "Joined",
    "Known",
    "Notice",
    "Outcome",
    "Pace",
    "Place",
    "RunState",
    "SaveResult",
    "SourceTrend",
    "StoredNotice",
    "Subscriber",
    "SubscriberState",
    "TableRow",
    "Verdict",
]
