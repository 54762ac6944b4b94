"""Where somebody is signed in, and how that ends."""

from django.utils.crypto import constant_time_compare, salted_hmac

from clinic.models import BrowserSession


def of(user, *, at):
    """Those that are not over, the one that was used last first."""
    return BrowserSession.objects.live(at=at).filter(user=user).order_by("-seen_at")


def mark_of(session):
    """What a page calls it by: its key is what signs a browser in, and stands on no page."""
    return salted_hmac("clinic.sessions", session.session_key, algorithm="sha256").hexdigest()


def end_one(user, mark, *, at):
    """Whether there was one of theirs with this mark."""
    for session in of(user, at=at):
        if constant_time_compare(mark_of(session), mark):
            session.delete()
            return True
    return False


def end_all(user, *, but=None):
    """Sign `user` out everywhere at once, except in the session with the key `but`. Returns how many ended."""
    return BrowserSession.objects.filter(user=user).exclude(session_key=but).delete()[0]
