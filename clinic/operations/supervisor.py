"""Runs the clinic's processes as one: starts them, restarts what dies, stops them all.

Each child leads a process group of its own, because a web server and a task worker have children too: the
whole group is ended with it. Knows nothing of Django, so it works when the app itself does not.
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

    def __init__(self, name, command, *, env=None, before_start=lambda: None):
        self.name = name
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

    def wait(self, *, until):
        if self.process:
            try:
                self.process.wait(timeout=max(0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                print(f"{self.name} does not stop by itself, ending it", file=sys.stderr)

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
        self.is_stopping = False

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
        until = time.monotonic() + STOP_SECONDS
        for child in self.children:
            child.wait(until=until)
        for child in self.children:
            child.kill()
