"""The ground everything stands on: prisons, services, people who sign in, and the records of what they did."""

from prisons.models.announcements import Announcement, Dismissal
from prisons.models.people import Invitation, Letters, Membership, Role, User
from prisons.models.places import Building, Organisation, Prison, Unit
from prisons.models.records import (
    ApiToken,
    AuditEntry,
    AuditSeal,
    ChangeImage,
    ChangeSet,
    Job,
    JobFile,
    Message,
    Reading,
    Submission,
    Todo,
)
from prisons.models.scoped import PrisonScoped
from prisons.models.upkeep import Upkeep

__all__ = [
    "Announcement",
    "ApiToken",
    "AuditEntry",
    "AuditSeal",
    "Building",
    "ChangeImage",
    "ChangeSet",
    "Dismissal",
    "Invitation",
    "Job",
    "JobFile",
    "Letters",
    "Membership",
    "Message",
    "Organisation",
    "Prison",
    "PrisonScoped",
    "Reading",
    "Role",
    "Submission",
    "Todo",
    "Unit",
    "Upkeep",
    "User",
]
