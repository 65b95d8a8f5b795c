"""People who may enter, the tokens they hold, and the log of what they did. No place is known here."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken, AuthTokenManager

from messaging.owned import OwnRows


class UserManager(BaseUserManager["User"]):
    """Creates accounts by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A saved account; the address is kept in lower case. Raises ValueError without an address."""
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A saved account with every right in the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        """The account with this address, whatever its case."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account, known by a professional e-mail address."""

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    phone = models.CharField(_("professional phone"), max_length=30, blank=True)
    language = models.CharField(max_length=5, default="fr")
    is_active = models.BooleanField(default=True, help_text=_("A suspended account can do nothing."))
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = (models.CheckConstraint(name="user_email_lower", condition=models.Q(email=Lower("email"))),)

    def __str__(self) -> str:
        return gettext("deleted account") if self.erased_at else self.name or self.email


ApiTokens = AuthTokenManager.from_queryset(OwnRows)


class ApiToken(AbstractAuthToken):
    """A personal API token: only its digest is kept."""

    name = models.CharField(max_length=80, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ApiTokens] = ApiTokens()

    def __str__(self) -> str:
        return f"{self.name or self.token_key}…"


BrowserSessions = BaseSessionManager.from_queryset(OwnRows)


class BrowserSession(AbstractBaseSession):
    """A browser's session, known by the digest of its cookie; `user` and what follows are of those signed in."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="browser_sessions")
    signed_in_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True, help_text=_("To the minute."))
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=40, blank=True)

    objects = BrowserSessions()  # type: ignore[misc] # the base class says ClassVar

    def __str__(self) -> str:
        return f"{self.agent} {self.address}"

    @classmethod
    def get_session_store_class(cls) -> type[DatabaseSessions]:
        """What reads the signed text: the engine of this table (accounts/sessions.py) signs as Django's does."""
        return DatabaseSessions


class Identity(models.Model):
    """Who a person is at the identity provider: its name for them, which stays when their e-mail address changes."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="identity")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField(db_default=Now())

    objects = OwnRows.as_manager()

    class Meta:
        verbose_name_plural = "identities"
        constraints = (models.UniqueConstraint(fields=["issuer", "subject"], name="identity_one_account"),)

    def __str__(self) -> str:
        return self.subject


class TokenBucket(models.Model):
    """How many requests a key may still make: one row a key, refilled as time passes.

    A table and not a cache, since a cache of the process would multiply each limit by the number of workers.
    """

    key = models.CharField(max_length=120, primary_key=True)
    tokens = models.FloatField()
    filled_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["filled_at"]),)

    def __str__(self) -> str:
        return self.key


class AccessLog(models.Model):
    """Who did what, when, and on which reference: never the data itself. Append-only in the database."""

    at = models.DateTimeField(db_default=Now(), db_index=True)
    # Its index begins that of `user` and `at`.
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    operation = models.CharField(max_length=40)
    reference = models.CharField(max_length=200, blank=True)
    references = models.JSONField(default=list, blank=True)
    count = models.PositiveIntegerField(null=True)
    territory = models.CharField(max_length=20, blank=True)
    motive = models.CharField(max_length=200, blank=True)
    recipient = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (models.Index(fields=["reference"]), models.Index(fields=["user", "at"]))

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.operation} {self.reference}"


LONGEST_QUERY = 600


class SavedFilter(models.Model):
    """What a person looks for again and again: a query string under a name of their own, seen by nobody else."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_filters")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=LONGEST_QUERY)

    objects = OwnRows.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints = (models.UniqueConstraint(fields=["user", "name"], name="saved_filter_name"),)

    def __str__(self) -> str:
        return self.name


class RetentionRun(models.Model):
    """One run of the purge: what it forgot, or as a dry run would have. Append-only in the database.

    counts: rule -> code of the territory ("" for none) -> number of rows. failures: rule -> what went wrong.
    """

    started_at = models.DateTimeField(db_index=True)
    finished_at = models.DateTimeField()
    at = models.DateTimeField(help_text=_("The moment by which data was past its time."))
    by = models.CharField(max_length=120)
    dry_run = models.BooleanField()
    counts = models.JSONField(default=dict)
    failures = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M} {self.by}"

    @property
    def total(self) -> int:
        """How many rows in all."""
        return sum(sum(each.values()) for each in self.counts.values())
