from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, Permission, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.models.employment import Role


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower() or None, **fields)
        user.set_password(password)  # None makes it unusable: this person signs in by code
        user.save()
        return user

    def create_superuser(self, email, password=None, **fields):
        """A manager: nobody stands above the roles."""
        user = self.create_user(email, password, **fields)
        user.employments.create(role=Role.MANAGER)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in: a colleague, or a person who controls an e-mail address or a phone.

    What a colleague may do is asked of the employment, each time, and stored nowhere else: `groups`, `is_staff` and so
    every permission follow from `roles`.
    """

    # None for who signs in with a phone only. Codes also go to the account's other `contacts`.
    email = models.EmailField(_("e-mail address"), unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    is_superuser = False

    USERNAME_FIELD = EMAIL_FIELD = "email"
    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once_in_any_case")]

    def __str__(self):
        return self.name or self.email or gettext("account %(number)s") % {"number": self.pk}

    def get_full_name(self):
        return str(self)

    get_short_name = get_full_name

    @cached_property
    def employment_now(self):
        """The employments that give rights now, oldest first; looked up once for each time the account is loaded."""
        gives_none = self.pk is None or self.comes_as_patient
        return [] if gives_none else list(self.employments.current(at=timezone.now()))

    def forget_employment(self):
        """After a change of it, in a process that goes on with this object."""
        for name in ("employment_now", "_perm_cache", "_group_perm_cache", "_user_perm_cache"):
            vars(self).pop(name, None)

    comes_as_patient = False

    def come_as_patient(self):
        """In this session, which began with a code, whoever works here has no right of a colleague."""
        self.comes_as_patient = True
        self.forget_employment()

    @property
    def roles(self):
        return [Role(employment.role) for employment in self.employment_now]

    @property
    def is_colleague(self):
        """Works at the clinic now: signs in by password, never by a code in an e-mail."""
        return bool(self.roles)

    @property
    def is_staff(self):
        """May open the catalogue, in the words of Django's admin."""
        return Role.MANAGER in self.roles

    @property
    def groups(self):
        """Those of the roles held now; Django asks them for permissions."""
        return Group.objects.filter(name__in=self.roles)

    @property
    def user_permissions(self):
        """Nobody has permissions of their own."""
        return Permission.objects.none()

    @property
    def treats_as(self):
        """Who this account is to patients; None for somebody who does not treat them here (any more)."""
        practitioner = getattr(self, "practitioner", None)
        return practitioner if practitioner and practitioner.is_active and practitioner.role in self.roles else None

    def _get_session_auth_hash(self, secret=None):
        """Sessions end with the employment they were opened in, and with the one before when somebody is hired."""
        own = super()._get_session_auth_hash(secret=secret)
        return f"{own}:{self.employment_now[0].pk}" if self.employment_now else own
