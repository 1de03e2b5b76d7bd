"""The menu of what can be asked for: a draft is worked on, then issued, and another supersedes it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, require
from service.programmes.models import Menu, MenuItem, MenuRole
from service.schools.models import Authority

USUAL_ITEMS = (
    (MenuRole.STATUTORY, "Assessment and plans", "The worker holds the cases of children of the school who met the threshold."),
    (MenuRole.STATUTORY, "Talk before a referral", "Ask whether a concern should be referred, and how to write it."),
    (MenuRole.PREVENTATIVE, "Advice to staff", "A word in the corridor, a call, or the weekly hour for staff."),
    (MenuRole.PREVENTATIVE, "Drop-in for parents or pupils", "At the times in the diary. No appointment is needed."),
    (MenuRole.PREVENTATIVE, "Talk with a child or a family below the threshold", "Ask with the agreement of the parents."),
    (MenuRole.PREVENTATIVE, "Group session", "For a year group or a small group; agree the topic half a term ahead."),
    (MenuRole.PREVENTATIVE, "Training for staff", "On safeguarding, thresholds and good referrals."),
    (MenuRole.OUT_OF_ROLE, "Early help assessment", "Early help stays with the early help service."),
    (MenuRole.OUT_OF_ROLE, "Attendance enforcement", "Ask the education welfare service."),
)  # fmt: skip


@transaction.atomic
def begin_menu(*, by: User, authority: Authority, introduction: str = "") -> Menu:
    """Begin the next version: a copy of the one that holds, or the usual items for a first one."""
    require(by, Permission.MANAGE_PROGRAMME, authority=authority)
    menus = Menu.objects.filter(authority=authority)
    if menus.filter(issued_on=None).exists():
        raise ValidationError("There is a draft already. Work on it, or issue it.")
    holding = menus.filter(superseded_on=None).first()
    draft = Menu.objects.create(
        authority=authority, version=(menus.aggregate(last=Max("version"))["last"] or 0) + 1, begun_by=by,
        begun_on=timezone.localdate(), introduction=introduction.strip() or (holding.introduction if holding else ""),
    )  # fmt: skip
    items = [(each.role, each.what, each.how) for each in holding.items.all()] if holding else USUAL_ITEMS
    MenuItem.objects.bulk_create(
        MenuItem(menu=draft, role=role, what=what, how=how, position=place)
        for place, (role, what, how) in enumerate(items, start=1)
    )
    record(Action.CREATE, by=by, subject=draft, details={"version": draft.version, "items": len(items)})
    return draft


@transaction.atomic
def add_item(*, by: User, menu: Menu, role: str, what: str, how: str) -> MenuItem:
    """Add something to a draft."""
    _require_draft(by, menu)
    if not what.strip() or not how.strip():
        raise ValidationError({"what": "Say what it is, and how to ask for it."})
    if menu.items.filter(what=what.strip()).exists():
        raise ValidationError({"what": "The menu says so already."})
    last = menu.items.aggregate(last=Max("position"))["last"] or 0
    item = MenuItem.objects.create(menu=menu, role=role, what=what.strip(), how=how.strip(), position=last + 1)
    record(Action.CREATE, by=by, subject=item)
    return item


@transaction.atomic
def remove_item(*, by: User, item: MenuItem) -> None:
    """Take something out of a draft. Issued versions keep it."""
    _require_draft(by, item.menu)
    record(Action.DISPOSE, by=by, subject=item, details={"version": item.menu.version})
    item.delete()


@transaction.atomic
def issue_menu(*, by: User, menu: Menu) -> Menu:
    """Let schools and workers read a draft, in the place of the version before."""
    menu = _require_draft(by, menu)
    if not menu.items.exists():
        raise ValidationError("The menu is empty.")
    today = timezone.localdate()
    Menu.objects.filter(authority=menu.authority, issued_on__isnull=False, superseded_on=None).update(
        superseded_on=today
    )
    menu.issued_on = today
    menu.save(update_fields=["issued_on"])
    record(Action.PUBLISH, by=by, subject=menu, details={"version": menu.version})
    return menu


def _require_draft(by: User, menu: Menu) -> Menu:
    menu = Menu.objects.select_for_update(of=("self",)).get(pk=menu.pk)
    require(by, Permission.MANAGE_PROGRAMME, authority=menu.authority)
    if menu.issued_on is not None:
        raise ValidationError("An issued menu stays as it is. Begin the next version.")
    return menu
