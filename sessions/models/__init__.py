"""What is offered: activities, series, sessions, and the people who lead them."""

from sessions.models.calendar import StoredEvent
from sessions.models.offer import (
    Activity,
    Domain,
    Material,
    Series,
    SeriesWorker,
    SkippedDate,
    Term,
)
from sessions.models.placed import Cancellation, GroupSession, SessionWorker, Waiver
from sessions.models.workers import (
    Feed,
    FeedRules,
    Worker,
    WorkerAbsence,
    WorkerAccess,
    WorkerWish,
)

__all__ = [
    "Activity",
    "Cancellation",
    "Domain",
    "Feed",
    "FeedRules",
    "GroupSession",
    "Material",
    "Series",
    "SeriesWorker",
    "SessionWorker",
    "SkippedDate",
    "StoredEvent",
    "Term",
    "Waiver",
    "Worker",
    "WorkerAbsence",
    "WorkerAccess",
    "WorkerWish",
]
