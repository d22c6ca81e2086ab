"""The nouns that cross between rooms. Frozen; dates are Asia/Shanghai, instants UTC-aware."""

from __future__ import annotations

from storage.models.about import About, Shown, printed
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
from storage.models.notice_parts import Attachment, Contact, Deadline, OfItsDay, TableRow
from storage.models.notices import NOTICE_FIELDS, Notice, Place
from storage.models.pictures import (
    PICTURE_TYPES,
    RECOGNISED,
    SCANNED,
    PictureFacts,
    PicturePage,
    PictureReading,
    PictureText,
    is_picture,
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
from storage.models.stored_notices import Known, Outcome, SaveResult, StoredNotice

__all__ = [
    "NOTICE_FIELDS",
    "PICTURE_TYPES",
    "RECOGNISED",
    "SCANNED",
    "About",
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
    "OfItsDay",
    "Outcome",
    "Pace",
    "PictureFacts",
    "PicturePage",
    "PictureReading",
    "PictureText",
    "Place",
    "RunState",
    "SaveResult",
    "Shown",
    "SourceTrend",
    "StoredNotice",
    "Subscriber",
    "SubscriberState",
    "TableRow",
    "Verdict",
    "is_picture",
    "printed",
]
