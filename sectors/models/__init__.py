"""The territory's tables."""

from .areas import BorderAgreement, Edition, EditionState, MapVersion, Sector
from .categories import Category, CategoryRule
from .citizen_watch import CitizenWatch, CitizenWatchState
from .competence_change import CompetenceChange
from .drafts import DraftStep, DraftVerb
from .hours import ServiceHours
from .invitations import Invitation
from .partners import Mandate, Membership, Partner, PartnerKind, PartnershipGroup, Role
from .places import OwnPlace, PublicPlace
from .territory import Commune, Competence, Force, Holding, Post, PostKind, Territory, Unit
from .texts import MessageTemplate

__all__ = [
    "BorderAgreement",
    "Category",
    "CategoryRule",
    "CitizenWatch",
    "CitizenWatchState",
    "Commune",
    "Competence",
    "CompetenceChange",
    "DraftStep",
    "DraftVerb",
    "Edition",
    "EditionState",
    "Force",
    "Holding",
    "Invitation",
    "Mandate",
    "MapVersion",
    "Membership",
    "MessageTemplate",
    "OwnPlace",
    "Partner",
    "PartnerKind",
    "PartnershipGroup",
    "Post",
    "PostKind",
    "PublicPlace",
    "Role",
    "Sector",
    "ServiceHours",
    "Territory",
    "Unit",
]
