"""`manage.py bench_pages`: how fast public pages are for visitors, as a share of what the bare web server does."""

from django.core.management.base import BaseCommand, CommandError
from django.urls import NoReverseMatch, reverse

from clinic.management.commands.bench_times import MAX_SECONDS, Client, first_appointment, server, summary
from clinic.management.commands.clinic import collect_static_if_changed
from clinic.models import Page
from clinic.website import public_pages


class Command(BaseCommand):
    help = (
        "Measures public pages over HTTP on this machine, against a bare Django view that asks one indexed question,"
        " under the same web server and in turns with it. Prints a line for each page; the last number is the ratio of"
        " requests per second. It only reads the database, in which there must be a visit, as in the demo clinic."
    )

    def add_arguments(self, parser):
        parser.add_argument("--seconds", type=float, default=0.3, help="how long each measurement takes (0.3)")
        parser.add_argument("--rounds", type=int, default=9, help="how often each page is measured (9)")

    def handle(self, *, seconds, rounds, **options):
        if not (0 < seconds <= MAX_SECONDS and 1 <= rounds <= 100):
            raise CommandError(f"--seconds is at most {MAX_SECONDS}, --rounds is between 1 and 100.")
        if not (first_appointment() and Page.objects.exists()):
            raise CommandError("There is nothing to measure: no visit or no page. Seed the demo clinic first.")
        collect_static_if_changed()
        with server({}) as port:
            bare = Client(port, f"/bare/{first_appointment()}/")
            for name in filter(has_address, public_pages.names()):
                ours = Visitor(port, reverse(name))
                pairs = [(ours.rate(seconds), bare.rate(seconds)) for _ in range(rounds)]
                self.stdout.write(f"{name}: {summary(pairs)}")


def has_address(name):
    try:
        return bool(reverse(name))
    except NoReverseMatch:
        return False


class Visitor(Client):
    """A browser that accepts compressed pages and has no session."""

    accepts = "Accept-Encoding: gzip, br\r\n"

    def check(self, answer):
        if not answer.startswith(b"HTTP/1.1 200") or b"text/html" not in answer:
            raise CommandError(f"Not the answer that was to be measured: {answer[:500]!r}")
