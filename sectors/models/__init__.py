"""The territory's tables."""

from .areas import BorderAgreement, Edition, MapVersion, Sector
from .categories import Category, CategoryRule
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
    "Commune",
    "Competence",
    "Edition",
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
