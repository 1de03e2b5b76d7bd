"""The request of a person who is signed in, as views are typed: no page but the public ones is shown to anybody else."""

from __future__ import annotations

from django.http import HttpRequest

from service.accounts.models import User


class SignedInRequest(HttpRequest):
    """A request whose `user` is a person; who is not signed in never gets to a view that needs one."""

    user: User
