"""`manage.py send_digests daily|weekly`: the e-mail that says how much waits. Run it from cron in the morning."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from service.accounts.models import User
from service.enquiries.actions.digests import claim_digest, give_back_digest
from service.enquiries.digests import SUBJECT, last_sent, letter, lines_of, people_due
from service.enquiries.models import Frequency

logger = logging.getLogger("service.digests")


class Command(BaseCommand):
    help = "Send the digest to whom it is due: without names, schools or texts, and only when something waits."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("frequency", choices=[Frequency.DAILY.value, Frequency.WEEKLY.value])

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SWIS_ADDRESS:
            raise CommandError(
                "Set SWIS_ADDRESS to the address of the service, so that the links in the e-mails lead there."
            )
        day = timezone.localdate()
        frequency = Frequency(options["frequency"])
        outcomes = [self._send(user, day, frequency) for user in people_due(day, frequency=frequency)]
        sent, failed = outcomes.count("sent"), outcomes.count("failed")
        self.stdout.write(f"{sent} sent, {outcomes.count('nothing')} with nothing to tell, {failed} failed.")
        if failed:
            raise CommandError(f"{failed} could not be sent. Run the command again: who had one gets no second.")

    def _send(self, user: User, day: Any, frequency: Frequency) -> str:
        """One person's digest. A letter that cannot be sent does not keep the others from theirs."""
        lines = lines_of(user, frequency=frequency)
        if not lines:
            return "nothing"
        before = last_sent(user)
        if not claim_digest(user=user, day=day):
            return "nothing"
        try:
            send_mail(SUBJECT, letter(lines), None, [user.email])
        except OSError as error:  # of SMTP and of the network
            give_back_digest(user=user, before=before)
            logger.error("a digest could not be sent", extra={"error": type(error).__name__})
            return "failed"
        return "sent"
