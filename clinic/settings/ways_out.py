"""Settings of e-mail and SMS: whom messages are handed to, and how long that may take."""

from clinic.settings.environment import env

MESSAGES_TO_FILES = env.bool("MESSAGES_TO_FILES", default=env.bool("DEMO", default=False))

EMAIL_URL = env.str("EMAIL_URL", default="")
EMAIL_URL_2 = env.str("EMAIL_URL_2", default="")
vars().update(env.email_url_config(EMAIL_URL or "consolemail://"))
EMAIL_TIMEOUT = 15
# RFC 5321, 4.5.3.2; of connecting it says nothing.
SMTP_SECONDS = {"connect": 30, "greeting": 300, "mail": 300, "rcpt": 300, "data": 120, "text": 180, "answer": 600}
SMTP_SECONDS |= env.dict("SMTP_SECONDS", cast={"value": float}, default={})

SMS_CHANNEL = env.str("SMS_CHANNEL", default="twilio")  # or none
SMS_COUNTRIES = env.list("SMS_COUNTRIES", default=[env.str("CLINIC_COUNTRY", default="LT")])
SMS_CODES_PER_DAY = env.int("SMS_CODES_PER_DAY", default=300)
TWILIO_ACCOUNT_SID = env.str("TWILIO_ACCOUNT_SID", default="")
TWILIO_AUTH_TOKEN = env.str("TWILIO_AUTH_TOKEN", default="")
TWILIO_FROM = env.str("TWILIO_FROM", default="")
TWILIO_BASE_URL = env.str("TWILIO_BASE_URL", default="https://api.twilio.com")
TWILIO_ACCOUNT_SID_2 = env.str("TWILIO_ACCOUNT_SID_2", default="")
TWILIO_AUTH_TOKEN_2 = env.str("TWILIO_AUTH_TOKEN_2", default="")
TWILIO_FROM_2 = env.str("TWILIO_FROM_2", default="")
TWILIO_BASE_URL_2 = env.str("TWILIO_BASE_URL_2", default=TWILIO_BASE_URL)

BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", default="")
BOUNCE_IMAP_URL = env.str("BOUNCE_IMAP_URL", default="")
MAIL_WEBHOOK = env.str("MAIL_WEBHOOK", default="")
# The names that django-anymail reads: user:password of the provider's call, and the key with which Mailgun signs.
ANYMAIL = {
    "WEBHOOK_SECRET": env.str("MAIL_WEBHOOK_SECRET", default=""),
    "MAILGUN_WEBHOOK_SIGNING_KEY": env.str("MAILGUN_WEBHOOK_SIGNING_KEY", default=""),
}
