from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.messaging import epoch
from procedures.records import picture_trash


class Command(BaseCommand):
    help = (
        "Counts picture files that belong to no record, and those in the trash. Files without a record are moved to the"
        " trash by themselves when they are few, and deleted there after 30 days; many are left to a person."
    )

    def add_arguments(self, parser):
        parser.add_argument("--to-trash", action="store_true", help="move them to the trash, however many they are")
        parser.add_argument("--bring-back", action="store_true", help="move all that is in the trash back")

    def handle(self, *, to_trash, bring_back, **options):
        now = timezone.now()
        if to_trash and bring_back:
            raise CommandError("Choose one: --to-trash or --bring-back.")
        if bring_back:
            return self.stdout.write(f"{picture_trash.bring_back(everything=True)} files are back from the trash.")
        unknown = picture_trash.unknown_files(at=now)
        if to_trash:
            if state := epoch.look(at=now):
                raise CommandError(f"Nothing is moved: {state}.")
            picture_trash.move(unknown, at=now)
            return self.stdout.write(f"{len(unknown)} files are moved to the trash.")
        trash = len(picture_trash.in_trash())
        return self.stdout.write(f"{len(unknown)} files belong to no record. {trash} files are in the trash.")
