"""Runs the clinic's processes as one: starts them, restarts what dies, stops them all.

Each child leads a process group of its own, because a web server and a task worker have children too: the
whole group is ended with it. Knows nothing of Django, so it works when the app itself does not.

Told to stop, it tells all children at once and gives each its own time: a worker ends the message in hand, which may
take longer than ending a page. A second signal ends at once what is still there.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time

LOOK_AFTER_SECONDS = 0.1
HEALTHY_AFTER_SECONDS = 10
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30
STOP_SECONDS = 5

PR_SET_PDEATHSIG = 1
# Loaded here, because little is safe to do between fork and exec.
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent():
    """Asks Linux to end this process when its parent ends, however that ends."""
    if LIBC:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """One process of the clinic that should always run."""

    def __init__(self, name, command, *, env=None, before_start=lambda: None, stop_seconds=STOP_SECONDS):
        self.name = name
        self.stop_seconds = stop_seconds
        self.command = command
        self.env = env
        self.before_start = before_start
        self.process = None
        self.started_at = self.start_again_at = 0.0
        self.quick_deaths = 0

    def start(self):
        self.before_start()
        self.started_at = time.monotonic()
        self.start_again_at = None
        self.process = subprocess.Popen(
            self.command,
            env=self.env,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )

    def keep_running(self):
        """Starts the process again when it has died: immediately, or after a pause when it dies quickly."""
        now = time.monotonic()
        if self.start_again_at is not None:
            if now >= self.start_again_at:
                self.start()
        elif self.process.poll() is not None:
            self.start_again_at = now + self.pause_after_death(now)
            self.kill()
            print(f"{self.name} ended ({self.process.returncode}), starting it again", file=sys.stderr)

    def pause_after_death(self, now):
        if now - self.started_at >= HEALTHY_AFTER_SECONDS:
            self.quick_deaths = 0
            return 0
        self.quick_deaths += 1
        return min(FIRST_PAUSE_SECONDS * 2 ** (self.quick_deaths - 1), LONGEST_PAUSE_SECONDS)

    def ask_to_stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def has_stopped(self):
        return self.process is None or self.process.poll() is not None

    def kill(self):
        """Ends whatever is left of the process and of those that it started."""
        if self.process:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return
            self.process.wait()


class Supervisor:
    """Keeps the children running until it is told to stop.

    `is_up()` is called until it is true once, then `when_up()` is called.
    """

    def __init__(self, children, *, is_up=lambda: True, when_up=lambda: None):
        self.children = children
        self.is_up = is_up
        self.when_up = when_up
        self.is_stopping = self.is_hurried = False

    def run(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.stop)
        try:
            for child in self.children:
                child.start()
            self.look_after()
        finally:
            self.end_children()

    def stop(self, *args):
        self.is_hurried = self.is_stopping
        self.is_stopping = True

    def look_after(self):
        announced = False
        while not self.is_stopping:
            for child in self.children:
                child.keep_running()
            if not announced and self.is_up():
                announced = True
                self.when_up()
            time.sleep(LOOK_AFTER_SECONDS)

    def end_children(self):
        for child in self.children:
            child.ask_to_stop()
        asked_at = time.monotonic()
        while waiting := [child for child in self.children if not child.has_stopped()]:
            for child in waiting:
                if self.is_hurried or time.monotonic() - asked_at >= child.stop_seconds:
                    print(f"{child.name} does not stop by itself, ending it", file=sys.stderr)
                    child.kill()
            time.sleep(LOOK_AFTER_SECONDS)
        for child in self.children:
            child.kill()  # also those that it started
