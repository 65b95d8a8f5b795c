"""How to reach a third person who told of a concern is kept beside it, when they wish so."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.changes import log_access
from accounts.models import User
from incidents.models import Incident, ReceivedVia, ReporterContact
from ogcapi.geojson import FieldError, Refused


@transaction.atomic
def keep_contact(*, incident: Incident, by: User, name: str, phone: str, email: str) -> ReporterContact:
    """The contact, as it was typed: it is what it is, and so it is not screened. The rule of retention forgets it.

    Raises Refused (422) `required` without a way to reach them, and `not_told` for a concern that nobody told.
    """
    if incident.received_via in {ReceivedVia.WEB, ReceivedVia.API}:
        message = _("Say how they told you, or remove how to reach them.")
        raise Refused([FieldError("received_via", "not_told", message)], status=422)
    if not (phone or email):
        message = _("Write their telephone number or their e-mail address.")
        raise Refused([FieldError("contact_phone", "required", message)], status=422)
    log_access(
        user=by,
        operation="incident.contact.add",
        reference=f"incident:{incident.reference}",
        territory=incident.territory.code if incident.territory else "",
    )
    return ReporterContact.objects.create(incident=incident, name=name, phone=phone, email=email)
