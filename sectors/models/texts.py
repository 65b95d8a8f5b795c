"""Texts that a territory writes in its own words."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from .territory import Territory


class MessageTemplate(models.Model):
    """A territory's own words for one kind of notice in one language; without it the product's serve.

    Its variables are those of the kind (`incidents.notice_texts`). The atlas holds all of them in memory.
    """

    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="message_templates")
    kind = models.SlugField(max_length=40)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    subject = models.CharField(max_length=160)
    body = models.CharField(max_length=4000)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["territory", "kind", "language"], name="message_template_once"),)

    def __str__(self) -> str:
        return f"{self.territory_id} {self.kind} {self.language}"
