from allauth.account.signals import user_logged_in
from django.dispatch import receiver

from clinic import access


@receiver(user_logged_in)
def give_access_to_booked_patients(sender, request, user, **kwargs):
    access.grant_after_proof(user)
