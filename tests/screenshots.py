"""What bin/screenshots runs: a demo clinic of its own, in which one browser opens key pages as people do."""

import signal
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from playwright.sync_api import sync_playwright

from tests.fixtures.browser import CHROMIUM_ARGUMENTS, PATIENCE_MS
from tests.fixtures.live_clinic import RunningClinic
from tests.journeys import steps
from tests.services import chromium_path

WIDTHS = {390: 844, 1280: 900}  # with the height of the window
SCHEMES = ["light", "dark"]
# From the top, including the parts that a phone draws only when they are scrolled near.
ALL_OF_IT = """() => {
  document.querySelectorAll('main *').forEach(one => { one.style.contentVisibility = 'visible'; });
  document.activeElement.blur();
  window.scrollTo(0, 0);
}"""


def home(page):
    page.goto("/")


def where_does_it_hurt(page):
    page.goto("/where-does-it-hurt/")


def region(page):
    page.goto("/where-does-it-hurt/shoulder_arm/")


def procedure(page):
    page.goto("/procedures/trigger-point-block/")


def times(page):
    page.goto("/book/consultation/")


def details(page):
    times(page)
    steps.press(page.locator("button.button-primary"))


def my_aftercare(page):
    page.goto("/my/aftercare/")


def check(page):
    my_aftercare(page)
    steps.press(page.get_by_role("link", name="Something feels wrong").first)


def exercises(page):
    page.goto("/my/exercises/")


def desk_day(page):
    page.goto("/desk/")


def next_visit(page):
    page.goto("/practice/")
    steps.press(page.get_by_role("link", name="Open the visit"))


def record(page):
    next_visit(page)
    steps.press(page.get_by_role("link", name="Write the record"))
    page.get_by_role("button", name="Head and neck, both sides").click()


def history(page):
    next_visit(page)
    steps.press(page.get_by_role("link", name="History on a time line"))


# Who opens them, in the order in which they are opened.
PAGES = {
    None: [home, where_does_it_hurt, region, procedure, times, details],
    "patient": [my_aftercare, check, exercises],
    "desk": [desk_day],
    "physician": [record, history],
}


def main():
    for ending in (signal.SIGINT, signal.SIGTERM):  # so that what was started is ended
        signal.signal(ending, lambda number, frame: sys.exit(128 + number))
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots")
    target.mkdir(parents=True, exist_ok=True)
    began, taken = monotonic(), []
    with demo_clinic() as clinic, window(clinic.url) as page:
        for role, pages in PAGES.items():
            if role:
                steps.becomes(page, role)
            for open_page in pages:
                open_page(page)
                taken += pictures(page, target, open_page.__name__)
                print(open_page.__name__, page.url.removeprefix(clinic.url), flush=True)
    print(f"{len(taken)} pictures in {target} in {monotonic() - began:.0f} s")


@contextmanager
def demo_clinic():
    with tempfile.TemporaryDirectory(prefix="clinic-screenshots-") as folder:
        clinic = RunningClinic(Path(folder))
        try:
            for command in (["migrate", "-v0"], ["seed_demo"], ["collectstatic", "--noinput", "-v0"]):
                clinic.manage(*command)
            clinic.start()
            yield clinic
        finally:
            if clinic.process:
                clinic.stop()


@contextmanager
def window(address):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
        context = browser.new_context(base_url=address, locale="en-GB", reduced_motion="reduce")
        context.set_default_timeout(PATIENCE_MS)
        yield context.new_page()
        browser.close()


def pictures(page, target, name):
    page.wait_for_load_state("networkidle")
    page.evaluate(ALL_OF_IT)
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            path = target / f"{name}-{width}-{scheme}.png"
            page.screenshot(path=path, full_page=True, animations="disabled")
            yield path


if __name__ == "__main__":
    main()
