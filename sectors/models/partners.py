"""Organisations, their groups, and which place a person's role covers."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.contrib.postgres.fields import DateTimeRangeField
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from .moments import DatedQuerySet
from .territory import Commune, Post, Territory


class PartnerKind(models.TextChoices):
    """What an organisation is."""

    MUNICIPAL_POLICE = "police_municipale", _("municipal police")
    TOWN_HALL = "mairie_elu", _("town hall, elected official")
    INTERCOMMUNAL = "intercommunalite", _("intercommunal authority")
    STATE = "prefecture_etat", _("prefecture, State service")
    PROSECUTOR = "parquet", _("public prosecutor (observer)")
    SOCIAL_LANDLORD = "bailleur_social", _("social landlord")
    CARETAKER = "gardien_concierge", _("caretaker")
    CONDOMINIUM = "syndic_copropriete", _("condominium manager")
    TRANSPORT = "transporteur", _("transport operator")
    EDUCATION = "education_nationale", _("schools")
    CHAMBER = "cci_cma", _("chamber of commerce or trades")
    SHOP = "commerce", _("shop or shop association")
    ASSOCIATION = "association", _("association")
    CITIZENS_COUNCIL = "conseil_citoyen", _("citizens' council")
    MEDIATION = "mediation_prevention", _("mediation and prevention")
    SOCIAL_SERVICES = "services_sociaux", _("social services")
    HEALTH = "sante", _("health")
    SPORT_CULTURE = "equipement_sport_culture", _("sports or cultural venue")
    WORSHIP = "culte", _("place of worship")
    PRIVATE_SECURITY = "securite_privee", _("private security")
    POLICE = "police_nationale", _("national police")
    GENDARMERIE = "gendarmerie", _("gendarmerie")
    OTHER = "autre", _("other")


class Partner(models.Model):
    """An organisation that reports, attends and acts."""

    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="partners")
    code = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=30, choices=PartnerKind.choices)
    kept_here = models.BooleanField(
        default=False, db_default=False, help_text=_("Made or changed on the screens: the territory's file leaves it.")
    )

    def __str__(self) -> str:
        return self.name


class PartnershipGroup(models.Model):
    """A groupe de partenariat opérationnel (GPO), run by the holder of a post."""

    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="groups")
    code = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=160)
    post = models.OneToOneField(Post, on_delete=models.PROTECT, related_name="group")
    partners = models.ManyToManyField(Partner, through="Membership", related_name="groups")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """An organisation belongs to a group."""

    group = models.ForeignKey(PartnershipGroup, on_delete=models.CASCADE, related_name="memberships")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="memberships")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["group", "partner"], name="membership_once"),)

    def __str__(self) -> str:
        return f"{self.group} – {self.partner}"


class Role(models.TextChoices):
    """Roles given by a mandate; a référent's mandate is the Holding of a post."""

    PARTNER = "partner", _("partner")
    MAYOR = "mayor", _("mayor")
    DIRECTOR = "director", _("direction")
    ADMINISTRATOR = "administrator", _("local administrator")
    AUDITOR = "auditor", _("auditor")


class Mandate(models.Model):
    """A person's role on dates, over exactly one territory, commune or organisation."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mandates")
    role = models.CharField(max_length=14, choices=Role.choices)
    validity = DateTimeRangeField()
    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, null=True, related_name="+")
    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, null=True, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, null=True, related_name="+")

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="mandate_one_place",
                condition=models.Q(role="partner", partner__isnull=False, commune__isnull=True, territory__isnull=True)
                | models.Q(role="mayor", commune__isnull=False, partner__isnull=True, territory__isnull=True)
                | models.Q(
                    role__in=["director", "administrator", "auditor"],
                    territory__isnull=False,
                    commune__isnull=True,
                    partner__isnull=True,
                ),
            ),
            models.CheckConstraint(name="mandate_dates", condition=models.Q(validity__isempty=False)),
        )

    def __str__(self) -> str:
        return f"{self.user} {self.role}"
