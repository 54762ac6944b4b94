"""A mail server that may have any mood, and knows what it took and when."""

import email
import email.policy
import random
import time

from tests.fixtures.mail import MoodyServer


class MailLog(MoodyServer):
    """`taken`: the words of each mail that it took, and the time. `errors`: the share of mails put off with 451."""

    def __init__(self, **moods):
        super().__init__(moods)
        self.taken, self.errors = [], 0.0

    async def handle_DATA(self, server, session, envelope):
        if random.random() < self.errors:
            return "451 later"
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.taken.append((mail.get_body(["plain"]).get_content().strip(), time.time()))
        answer = await server.mood("ANSWER", envelope.rcpt_tos[0])
        return "250 OK" if answer is True else answer
