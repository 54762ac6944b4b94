"""A stand-in for a mailbox: a server that speaks as much of IMAP (RFC 3501) as the standard library's client asks for.

`mailbox.put(bytes)` lays a mail into it; `mailbox.flags` are those of each. Verified against imaplib itself: what it
answers is what `imaplib` parses, in tests/clinic/messaging/bounces/test_mailbox.py.
"""

import re
import socketserver
import threading

USER, PASSWORD = "bounces@clinic.example", "a secret, with spaces"
NEVER = "* BAD what is that"


class Mailbox(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Session)
        self.mails, self.flags, self.breaks_at = [], [], None

    @property
    def url(self):
        user, password = USER.replace("@", "%40"), PASSWORD.replace(" ", "%20").replace(",", "%2C")
        return f"imap://{user}:{password}@127.0.0.1:{self.server_address[1]}/INBOX"

    def put(self, content):
        self.mails.append(content)
        self.flags.append(set())

    def start(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def stop(self):
        self.shutdown()
        self.server_close()


class Session(socketserver.StreamRequestHandler):
    """One connection. UIDs are 101, 102 ..., so that they are no positions."""

    def handle(self):
        self.may_read = False
        self.say("* OK ready")
        for line in self.rfile:
            tag, _space, rest = line.decode().strip().partition(" ")
            command, _space, arguments = rest.partition(" ")
            if command.upper() == self.server.breaks_at:
                return
            if command.upper() == "UID":
                command, _space, arguments = arguments.partition(" ")
            answer = getattr(self, command.lower(), None)
            if answer is None or (command.lower() in ("search", "fetch", "store") and not self.may_read):
                self.say(f"{tag} BAD not now")
            else:
                self.say(f"{tag} {answer(arguments)}")
            if command.upper() == "LOGOUT":
                return

    def say(self, words):
        self.wfile.write(words.encode() + b"\r\n")

    def capability(self, arguments):
        self.say("* CAPABILITY IMAP4rev1")
        return "OK done"

    def login(self, arguments):
        is_right = arguments in (f'{USER} "{PASSWORD}"', f'"{USER}" "{PASSWORD}"')
        return "OK come in" if is_right else "NO [AUTHENTICATIONFAILED] no"

    def select(self, arguments):
        self.may_read = arguments == '"INBOX"'
        self.say(f"* {len(self.server.mails)} EXISTS")
        return "OK [READ-WRITE] done" if self.may_read else "NO no such folder"

    def search(self, arguments):
        unseen = [str(101 + n) for n, flags in enumerate(self.server.flags) if r"\Seen" not in flags]
        self.say(f"* SEARCH {' '.join(unseen)}".rstrip())
        return "OK done"

    def fetch(self, arguments):
        uid, longest = re.fullmatch(r"(\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", arguments).groups()
        content = self.server.mails[int(uid) - 101][: int(longest)]
        self.wfile.write(f"* {int(uid) - 100} FETCH (UID {uid} BODY[]<0> {{{len(content)}}}\r\n".encode() + content)
        self.say(")")
        return "OK done"

    def store(self, arguments):
        uid, flags = re.fullmatch(r"(\d+) \+FLAGS \((.*)\)", arguments).groups()
        self.server.flags[int(uid) - 101] |= set(flags.split())
        return "OK done"

    def logout(self, arguments):
        self.say("* BYE")
        return "OK done"
