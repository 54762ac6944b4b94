"""The e-mail addresses and phones by which somebody signs in with a code.

An address belongs to the account of whoever proved control of it last. Nobody can put an address of somebody else to
an account of their own: what others book with it would open there.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.errors import MoveNotAllowed
from clinic.models import AccountContact, ContactSystem, User


def account_at(system, value):
    """The account that opens by a code to this address, or None. As many queries for one that nobody has."""
    value = value.lower()
    same = AccountContact.objects.current().filter(system=system, value=value).select_related("user")
    contact = same.first()
    by_email = User.objects.filter(email=value).first() if system == ContactSystem.EMAIL else None
    return contact.user if contact else by_email


def account_for(system, value):
    """`account_at`, made on first use, without rights."""
    if account := account_at(system, value):
        return account
    with transaction.atomic():
        account = User.objects.create_user(value if system == ContactSystem.EMAIL else "")
        AccountContact.objects.create(user=account, system=system, value=value.lower())
    return account


def prove(account, system, value, *, at):
    """Note that whoever uses this account has typed a code that went to this address: it opens this account now.

    Raises MoveNotAllowed for the address by which a colleague signs in to work: it stays theirs.
    """
    value = value.lower()
    with transaction.atomic():
        _take_from_others(account, system, value, at=at)
        contact, _is_new = AccountContact.objects.select_for_update(no_key=True, of=["self"]).get_or_create(
            user=account, system=system, value=value, until=None, defaults={"since": at}
        )
        contact.proved_at = at
        contact.save(update_fields=["proved_at"])
    return contact


def _take_from_others(account, system, value, *, at):
    if system == ContactSystem.EMAIL:
        other = User.objects.select_for_update(no_key=True).filter(email=value).exclude(pk=account.pk).first()
        if other and other.is_colleague:
            raise MoveNotAllowed(_("Somebody who works here signs in with this address. Choose another one."))
        User.objects.filter(email=value).exclude(pk=account.pk).update(email=None)
    AccountContact.objects.current().filter(system=system, value=value).exclude(user=account).update(until=at)


def end(contact, *, at):
    """Nobody signs in by it any more. Raises MoveNotAllowed for the only one, and for a colleague's own to work."""
    with transaction.atomic():
        account = User.objects.select_for_update(no_key=True).get(pk=contact.user_id)
        if len(own(account)) < 2:
            raise MoveNotAllowed(_("This is the only way in. Add another one first."))
        if contact.is_email and contact.value == account.email:
            if account.is_colleague:
                raise MoveNotAllowed(_("You sign in to work with this address. It stays."))
            User.objects.filter(pk=account.pk).update(email=None)
        AccountContact.objects.filter(pk=contact.pk, until=None).update(until=at)


def own(account):
    """The contacts by which an account opens, oldest first; the e-mail address it was made with is one of them."""
    contacts = list(AccountContact.objects.current().filter(user=account))
    if account.email and account.email not in {contact.value for contact in contacts}:
        contacts.insert(0, AccountContact(user=account, system=ContactSystem.EMAIL, value=account.email))
    return contacts
