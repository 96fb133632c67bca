"""Who takes part: people, their stays, what they asked, what was answered, and who came."""

from enrollment.models.attendance import Attendance, Headcount, Skip
from enrollment.models.lists import CutOff, FamilyVisit, Handout, ListRules, ListVersion, Post
from enrollment.models.merges import Merge
from enrollment.models.people import (
    Absence,
    Consent,
    FixedBlock,
    Intake,
    LevelHeld,
    Participant,
    Separation,
    Stay,
)
from enrollment.models.requests import Enrollment, EnrollmentStep, Note, Request, Slip
from enrollment.models.roster import RosterDraft
from enrollment.models.sheets import SheetDraft

__all__ = [
    "Absence",
    "Attendance",
    "Consent",
    "CutOff",
    "Enrollment",
    "EnrollmentStep",
    "FamilyVisit",
    "FixedBlock",
    "Handout",
    "Headcount",
    "Intake",
    "LevelHeld",
    "ListRules",
    "ListVersion",
    "Merge",
    "Note",
    "Participant",
    "Post",
    "Request",
    "RosterDraft",
    "Separation",
    "SheetDraft",
    "Skip",
    "Slip",
    "Stay",
]
