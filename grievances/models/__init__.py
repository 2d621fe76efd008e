"""Cases (诉求), their categories and rules, and what residents answered."""

from accounts.models import Person
from communities.models import Area, Organisation
from grievances.models.cases import (
    STATE_WORDS,
    Case,
    CaseHistory,
    CaseHolder,
    CasePause,
    CasePhoto,
    Kind,
    Source,
    Visibility,
)
from grievances.models.catalogue import CATALOGUE, RULES, Category, DispatchRule, Hours, RoundTheClock, Tier, Urgency
from grievances.models.desk import DeskClaim, StandardText
from grievances.models.doors import Door
from grievances.models.ratings import Rating
from grievances.models.rules import RuleTrial
from grievances.models.shift import Answer, ShiftItem, ShiftOffer
from grievances.models.wall import Follow, WallItem

__all__ = [
    "CATALOGUE",
    "RULES",
    "STATE_WORDS",
    "Answer",
    "Area",
    "Case",
    "CaseHistory",
    "CaseHolder",
    "CasePause",
    "CasePhoto",
    "Category",
    "DeskClaim",
    "DispatchRule",
    "Door",
    "Follow",
    "Hours",
    "Kind",
    "Organisation",
    "Person",
    "Rating",
    "RoundTheClock",
    "RuleTrial",
    "ShiftItem",
    "ShiftOffer",
    "Source",
    "StandardText",
    "Tier",
    "Urgency",
    "Visibility",
    "WallItem",
]  # fmt: skip
