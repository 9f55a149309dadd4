"""Invitations, made for the tests that look at them."""

import email.message
import email.policy
from datetime import datetime, timedelta, timezone

from provider import ANNA


def invitation(word, method="REQUEST", organizer="renee@buren.example", guest=ANNA, more=()):
    """A message of the kind that calendars send."""
    start = (datetime.now(timezone.utc) + timedelta(days=30)).strftime("%Y%m%dT130000Z")
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", f"METHOD:{method}", "BEGIN:VEVENT", f"UID:{word}@buren.example", "SEQUENCE:1",
        f"SUMMARY:Overleg {word}", "LOCATION:Zaal 2", f"DTSTART:{start}", "DURATION:PT1H", "DTSTAMP:20261101T120000Z",
        f"ORGANIZER;CN=Renée:mailto:{organizer}", f"ATTENDEE;CN=Anna;RSVP=TRUE:mailto:{guest}", *more, "END:VEVENT", "END:VCALENDAR", "",
    ]
    made = email.message.EmailMessage(policy=email.policy.SMTP)
    made["From"], made["To"], made["Subject"] = "Renée <renee@buren.example>", f"<{ANNA}>", word
    made["Message-ID"] = f"<{word}@buren.example>"
    made.set_content("Komt u?")
    made.add_alternative("\r\n".join(lines), subtype="calendar", params={"method": method})
    return made.as_bytes()
