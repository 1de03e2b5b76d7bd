"""What a worker does for accounts."""

from __future__ import annotations

from uuid import UUID

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django_tasks import task

from service.accounts.models import User

LETTER = "account/email/password_reset_key"


@task()
def send_reset_letter(person: str, site: str) -> None:
    """Send the link by which a password is set anew. The link is made here, so that it stands in no list of tasks."""
    user = User.objects.get(public_id=UUID(person))
    if not (user.is_active and user.has_usable_password()):
        return
    place = {"uidb36": user_pk_to_url_str(user), "key": app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)}
    context = {"user": user, "password_reset_url": f"{site}{reverse('account_reset_password_from_key', kwargs=place)}"}
    subject = " ".join(render_to_string(f"{LETTER}_subject.txt", context).split())
    send_mail(subject, render_to_string(f"{LETTER}_message.txt", context), None, [user.email])
