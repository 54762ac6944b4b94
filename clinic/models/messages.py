"""The outbox: every e-mail and SMS the clinic owes somebody, and its outcome; and the archive of old ones."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models.about import About
from clinic.models.appointments import Appointment
from clinic.models.patients import Patient


class MessageChannel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    SMS = "sms", _("SMS")


class MessageCategory(models.TextChoices):
    """What kind of promise it is; it decides what happens when nobody can say whether it was sent."""

    CODE = "code", _("one-time code")  # never sent twice
    NOTICE = "notice", _("answer to something just done")
    REMINDER = "reminder", _("reminder")
    SAFETY = "safety", _("safety advice")  # better twice than never: sent again


class MessageStatus(models.TextChoices):
    WAITING = "waiting", _("waiting")
    PUT_OFF = "put-off", _("put off")
    SENDING = "sending", _("sending")
    ACCEPTED = "accepted", _("accepted")
    DELIVERED = "delivered", _("delivered")
    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPIRED = "expired", _("expired")
    DEAD = "dead", _("dead")
    UNKNOWN = "unknown", _("unknown")


NO_ADDRESS = "-"  # instead of the address of a message whose words were removed
UNSENT = [MessageStatus.WAITING, MessageStatus.PUT_OFF]


class LetterQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.has_perm("clinic.view_message") else self.none()

    def of_same_letter(self, message):
        """Every sending of it by either channel. Without a cause, like a one-time code, each is its own letter."""
        return self.none() if message.cause is None else self.filter(**message.about)


class MessageQuerySet(LetterQuerySet):
    def due(self, *, at):
        """Those to be delivered now: planned and postponed ones whose time has come."""
        return self.filter(status__in=UNSENT, next_try_at__lte=at)

    def abandoned(self):
        """Those whose worker has not been heard of for longer than its lease, by the database's clock."""
        return self.filter(status=MessageStatus.SENDING, leased_until__lt=Now())

    def get_or_create_once(self, *, key, defaults):
        """The message of this key and whether it is new; an archived one is not. Looked up in this order, because
        messages move to the archive and never back.
        """
        if found := self.filter(key=key).first() or ArchivedMessage.objects.filter(key=key).first():
            return found, False
        return self.get_or_create(key=key, defaults=defaults)

    def create_each_once(self, messages):
        """The same for many, written together: `messages` are fields with a key each. Returns whether any is new."""
        keys = [fields["key"] for fields in messages]
        known = set(self.filter(key__in=keys).values_list("key", flat=True))
        known.update(ArchivedMessage.objects.filter(key__in=keys).values_list("key", flat=True))
        new = [fields for fields in messages if fields["key"] not in known]
        try:
            with transaction.atomic(using=self.db):
                return bool(self.bulk_create(self.model(**fields) for fields in new))
        except IntegrityError:  # somebody writes one of them at this moment
            return any([self.get_or_create_once(key=fields["key"], defaults=fields)[1] for fields in new])


class MessageFields(About):
    """The fields of a message that stay, on its way and in the archive."""

    key = models.CharField(max_length=200, unique=True)
    # 1 as planned; 2, 3 ... sent again by a colleague. Its twin by the other channel has the same number.
    sending = models.PositiveSmallIntegerField(default=1, db_default=1)
    category = models.CharField(max_length=10, choices=MessageCategory)
    channel = models.CharField(max_length=10, choices=MessageChannel)
    # No index of its own: that of patient and `due_at` is enough for every look-up.
    patient = models.ForeignKey(
        Patient, models.PROTECT, null=True, blank=True, related_name="%(class)ss", db_index=False
    )
    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True, blank=True, related_name="%(class)ss")
    address = models.CharField(max_length=254)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    language = models.CharField(max_length=10, blank=True, default="", db_default="")  # of this text
    # The same text for the other channel (an e-mail's first line is its subject), in case it has to go there.
    other_words = models.TextField(blank=True)
    # The calendar file that goes with an e-mail (RFC 5545), as it was when this was planned.
    calendar = models.TextField(blank=True, default="", db_default="")
    # The number of the message that tells this, too, and that this one waits for (`clinic.messaging.companions`).
    told_in = models.PositiveBigIntegerField(null=True, blank=True)
    due_at = models.DateTimeField()
    not_after = models.DateTimeField()
    status = models.CharField(max_length=10, choices=MessageStatus, default=MessageStatus.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    # When the provider accepted it during the call; that try has no row of its own.
    accepted_at = models.DateTimeField(null=True, blank=True)
    provider_reference = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=300, blank=True)  # why withdrawn, what the provider said last
    refusal_code = models.CharField(max_length=20, blank=True, default="", db_default="")  # its own number: "21610"
    way_out = models.CharField(max_length=20, blank=True, default="", db_default="")  # which provider was called last
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def __str__(self):
        return self.key

    is_incoming = False  # beside what people wrote to us

    @property
    def is_sms(self):
        return self.channel == MessageChannel.SMS

    @property
    def is_put_off(self):
        return self.status == MessageStatus.PUT_OFF

    @property
    def has_failed(self):
        """It ended, and may not have arrived."""
        return self.status in (MessageStatus.EXPIRED, MessageStatus.DEAD, MessageStatus.UNKNOWN)

    @property
    def is_text_secret(self):
        """A one-time code is for its reader only; colleagues see that it was sent, not what it says."""
        return self.category == MessageCategory.CODE and not settings.DEMO


@dataclass(frozen=True)
class Try:
    """One try, as pages show it."""

    at: datetime
    result: str
    detail: str

    @property
    def get_result_display(self):
        return MessageStatus(self.result).label


class Message(MessageFields):
    """One message to one address (HL7 FHIR R4 Communication). Born in the transaction of its cause.

    `key` keeps the same cause from making two, and providers get it as idempotency key. No code parses it.
    """

    may_wake = models.BooleanField(default=False)  # may be sent in quiet hours
    next_try_at = models.DateTimeField()
    crashes = models.PositiveSmallIntegerField(default=0)
    claim_token = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    # Set right before the network call: without it a crashed claim certainly sent nothing.
    call_started_at = models.DateTimeField(null=True, blank=True)
    # Since when it is unknown whether the provider has it, for a provider that can be asked.
    in_doubt_since = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-due_at", "-pk"]
        indexes = [
            models.Index(
                fields=["channel", "category", "next_try_at"],
                condition=Q(status__in=["waiting", "put-off"]),
                name="message_due_by_lane",
            ),
            models.Index(fields=["leased_until"], condition=Q(status="sending"), name="message_leased"),
            models.Index(fields=["patient", "due_at"]),
            models.Index(fields=["purpose", "cause"]),
            models.Index(fields=["due_at"]),
            models.Index(fields=["status", "due_at"]),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=MessageStatus.values), name="message_status_is_known"),
            models.CheckConstraint(condition=~Q(address=""), name="message_has_an_address"),
            models.CheckConstraint(
                condition=~Q(status="sending") | Q(claim_token__isnull=False, leased_until__isnull=False),
                name="message_in_sending_is_claimed",
            ),
            # What the provider accepted once is one message: two that look alike cannot both claim it.
            models.UniqueConstraint(
                fields=["provider_reference"],
                condition=Q(provider_reference__startswith="SM"),
                name="message_has_its_own_reference",
            ),
        ]

    @property
    def may_be_sent_again(self):
        """A code gets one try; a withdrawn message is no longer needed; the rest is still on its way."""
        ended = [MessageStatus.ACCEPTED, MessageStatus.DELIVERED, MessageStatus.EXPIRED]
        ended += [MessageStatus.DEAD, MessageStatus.UNKNOWN]
        return self.category != MessageCategory.CODE and self.status in ended

    @property
    def all_tries(self):
        """Each try in order: the rows, and the one that the provider accepted."""
        tries = [Try(attempt.at, attempt.result, attempt.detail) for attempt in self.attempts.all()]
        if self.accepted_at:
            tries.append(Try(self.accepted_at, MessageStatus.ACCEPTED, self.provider_reference))
        return sorted(tries, key=lambda one: one.at)


class MessageAttempt(models.Model):
    """How one try at sending ended, or its later outcome. Written once.

    Not the try that the provider accepted: `Message.accepted_at` and `provider_reference` record that.
    """

    message = models.ForeignKey(Message, models.CASCADE, related_name="attempts")
    at = models.DateTimeField(default=timezone.now, editable=False)
    result = models.CharField(max_length=10, choices=MessageStatus)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.result}"


class ArchivedMessage(MessageFields):
    """A message that ended long ago, with its tries: to be looked up, never to be sent. It keeps its key and number.

    A key in here counts as used: `clinic.messaging.archive` and `MessageQuerySet.get_or_create_once` see to that.
    """

    tries_then = models.JSONField(default=list)
    archived_at = models.DateTimeField()

    objects = LetterQuerySet.as_manager()
    may_be_sent_again = False

    class Meta:
        ordering = ["-due_at", "-pk"]
        indexes = [
            models.Index(fields=["patient", "due_at"]),
            models.Index(fields=["purpose", "cause"]),
            models.Index(fields=["due_at"]),
            models.Index(fields=["status", "due_at"]),
            models.Index(fields=["due_at"], condition=~Q(address=NO_ADDRESS), name="archived_with_words"),
        ]

    @property
    def all_tries(self):
        return [Try(datetime.fromisoformat(at), result, detail) for at, result, detail in self.tries_then]
