"""Who may do what, and to which rows: the one place.

A role gives permissions; a membership gives a role within a scope (all authorities, one authority, or one school). Every list,
form choice, export, search and feed takes its rows from `Model.objects.visible_to(user)`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Callable


class Privacy(StrEnum):
    """What a field of a model may tell, and so how it is exported, redacted and disposed of."""

    OPERATIONAL = "operational"  # nothing about a person
    STAFF = "staff"  # about a member of staff of a school or an authority
    CHILD = "child"  # about a child, without a name
    CASE_TEXT = "case text"  # free text that may tell of a child or a family
    IDENTIFIER = "identifier"  # leads to a named child in another system
    SECRET = "secret"  # opens a door


def classify(
    *,
    operational: str = "",
    staff: str = "",
    child: str = "",
    case_text: str = "",
    identifier: str = "",
    secret: str = "",
) -> dict[str, Privacy]:
    """What each field of a model may tell: the names of the fields by kind, with spaces between them."""
    kinds = {
        Privacy.OPERATIONAL: operational,
        Privacy.STAFF: staff,
        Privacy.CHILD: child,
        Privacy.CASE_TEXT: case_text,
        Privacy.IDENTIFIER: identifier,
        Privacy.SECRET: secret,
    }
    return {name: kind for kind, names in kinds.items() for name in names.split()}


class Role(StrEnum):
    """The people of the programme, as they are called there."""

    SOCIAL_WORKER = "social worker in schools"
    TEAM_MANAGER = "team manager"
    SAFEGUARDING_LEAD = "designated safeguarding lead"
    PROGRAMME_LEAD = "programme lead"
    ANALYST = "authority analyst"
    EVALUATOR = "evaluator"
    STEERING = "steering group"
    INFORMATION_GOVERNANCE = "information governance officer"
    ADMINISTRATOR = "administrator"


SCHOOL_ROLES = frozenset({Role.SOCIAL_WORKER, Role.SAFEGUARDING_LEAD})


class Permission(StrEnum):
    """One thing that a person may do. A verb on a noun; the roles that hold it stand in ROLES_WITH."""

    # schools
    VIEW_SCHOOL = "view a school"
    MANAGE_SCHOOLS = "add and correct schools, clusters and term dates"
    # accounts
    MANAGE_ACCOUNTS = "invite people and give them roles"
    NAME_COLLEAGUES = "name colleagues of a school"
    # audit
    VIEW_AUDIT = "read the audit"
    # programmes
    VIEW_PROGRAMME = "see milestones, governance and readiness"
    MANAGE_PROGRAMME = "manage milestones, governance, risks, agreements, readiness and the menu"
    NOMINATE = "nominate schools"
    VIEW_NOMINATIONS = "see nominations with their figures"
    VIEW_ALLOCATION = "see the certificate of a published allocation"
    VIEW_UNPUBLISHED_ALLOCATION = "see an allocation before it is published"
    PUBLISH_ALLOCATION = "enter and publish an allocation"
    VIEW_PLACEMENTS = "see who is placed where and when"
    MANAGE_PLACEMENTS = "place and cover workers"
    STATE_NEEDS = "say what a school needs of its worker"
    SAY_WHO_FITS = "say for a school whether a proposed worker fits"
    VIEW_READINESS = "see how ready a school is for its worker"
    MARK_READINESS = "mark what is ready in a school"
    VIEW_AGREEMENTS = "see service level agreements"
    VIEW_CLAIMS = "see what was claimed"
    RECORD_CLAIMS = "record claims"
    VIEW_MENU = "see what can be asked for"
    SIGN_AGREEMENT = "sign a service level agreement for a school"
    SIGN_FOR_AUTHORITY = "sign service level agreements for the authority"
    # practice
    RECORD_CONTACT = "record a contact"
    VIEW_CONTACTS = "read contacts, with their text"
    RAISE_ENQUIRY = "ask the social worker something"
    VIEW_ENQUIRIES = "read enquiries and their answers"
    ANSWER_ENQUIRY = "answer an enquiry"
    VIEW_CHILD = "see a child's reference and what is recorded of it"
    MANAGE_INVOLVEMENT = "open, step and close involvement"
    VIEW_CASE_IDENTIFIER = "see the identifier in the case system"
    MANAGE_RESTRICTION = "restrict a child's record and grant access to it"
    BREAK_GLASS = "open a restricted record with a reason"
    REVIEW_BREAK_GLASS = "review how restricted records were opened"
    MANAGE_CODES = "manage code lists and their labels"
    IMPORT_LOG = "import an activity log"
    # diary
    VIEW_DIARY = "see when a worker is in a school"
    PLAN_DIARY = "plan days, drop-ins and group sessions"
    # reviews
    VIEW_REVIEW = "see half-termly reviews of a school"
    PREPARE_REVIEW = "prepare a half-termly review"
    PLAN_REVIEW = "plan half-termly reviews and Team Around the School meetings"
    CHAIR_REVIEW = "chair and close a half-termly review"
    # sight
    VIEW_SCHOOL_SUMMARY = "see the summary of work for a school"
    VIEW_TEAM_DASHBOARD = "see presence, caseload and balance of the role by school and worker"
    VIEW_PUBLISHED_FIGURES = "see disclosure-controlled figures"
    RELEASE_FIGURES = "release the figures of a half-term"
    VIEW_OWN_DASHBOARD = "see one's own mix of work"
    # records
    MANAGE_RETENTION = "set retention, legal holds and disposal"
    ANSWER_SUBJECT_ACCESS = "prepare a subject access pack"
    EXPORT_AUTHORITY = "export everything that an authority owns"
    # evidence
    UPLOAD_RETURNS = "upload statutory returns and build a panel"
    VIEW_PANEL = "see a panel of aggregates and its quality page"
    COMPOSE_STUDY = "compose a study folder from what the service holds"
    RUN_EVALUATION = "write a study, lock its plan and run the evaluation"
    VIEW_REPORT = "read an evaluation report"


P, R = Permission, Role
ROLES_WITH: dict[Permission, frozenset[Role]] = {
    P.VIEW_SCHOOL: frozenset(Role),
    P.MANAGE_SCHOOLS: frozenset({R.ADMINISTRATOR}),
    P.MANAGE_ACCOUNTS: frozenset({R.ADMINISTRATOR}),
    P.NAME_COLLEAGUES: frozenset({R.SAFEGUARDING_LEAD}),
    P.VIEW_AUDIT: frozenset({R.INFORMATION_GOVERNANCE}),
    P.VIEW_PROGRAMME: frozenset({R.PROGRAMME_LEAD, R.TEAM_MANAGER, R.EVALUATOR, R.STEERING}),
    P.MANAGE_PROGRAMME: frozenset({R.PROGRAMME_LEAD}),
    P.NOMINATE: frozenset({R.PROGRAMME_LEAD}),
    P.VIEW_NOMINATIONS: frozenset({R.PROGRAMME_LEAD, R.EVALUATOR}),
    P.VIEW_ALLOCATION: frozenset({R.PROGRAMME_LEAD, R.TEAM_MANAGER, R.EVALUATOR, R.STEERING}),
    P.VIEW_UNPUBLISHED_ALLOCATION: frozenset({R.EVALUATOR}),
    P.PUBLISH_ALLOCATION: frozenset({R.EVALUATOR}),
    P.VIEW_PLACEMENTS: frozenset({R.SOCIAL_WORKER, R.TEAM_MANAGER, R.PROGRAMME_LEAD, R.SAFEGUARDING_LEAD}),
    P.MANAGE_PLACEMENTS: frozenset({R.TEAM_MANAGER}),
    P.STATE_NEEDS: frozenset({R.SAFEGUARDING_LEAD, R.TEAM_MANAGER, R.PROGRAMME_LEAD}),
    P.SAY_WHO_FITS: frozenset({R.SAFEGUARDING_LEAD}),
    P.VIEW_READINESS: frozenset({R.SAFEGUARDING_LEAD, R.SOCIAL_WORKER, R.TEAM_MANAGER, R.PROGRAMME_LEAD, R.STEERING}),
    P.MARK_READINESS: frozenset({R.SAFEGUARDING_LEAD, R.SOCIAL_WORKER, R.TEAM_MANAGER, R.PROGRAMME_LEAD}),
    P.VIEW_AGREEMENTS: frozenset({R.SAFEGUARDING_LEAD, R.TEAM_MANAGER, R.PROGRAMME_LEAD}),
    P.VIEW_CLAIMS: frozenset({R.PROGRAMME_LEAD, R.EVALUATOR}),
    P.RECORD_CLAIMS: frozenset({R.PROGRAMME_LEAD}),
    P.VIEW_MENU: frozenset({R.SOCIAL_WORKER, R.TEAM_MANAGER, R.PROGRAMME_LEAD, R.SAFEGUARDING_LEAD}),
    P.SIGN_AGREEMENT: frozenset({R.SAFEGUARDING_LEAD}),
    P.SIGN_FOR_AUTHORITY: frozenset({R.PROGRAMME_LEAD}),
    P.RECORD_CONTACT: frozenset({R.SOCIAL_WORKER, R.TEAM_MANAGER}),
    P.VIEW_CONTACTS: frozenset({R.SOCIAL_WORKER, R.TEAM_MANAGER}),
    P.RAISE_ENQUIRY: frozenset({R.SAFEGUARDING_LEAD}),
    P.VIEW_ENQUIRIES: frozenset({R.SAFEGUARDING_LEAD, R.SOCIAL_WORKER, R.TEAM_MANAGER}),
    P.ANSWER_ENQUIRY: frozenset({R.SOCIAL_WORKER, R.TEAM_MANAGER}),
    P.VIEW_CHILD: frozenset({R.SOCIAL_WORKER, R.TEAM_MANAGER}),
    P.MANAGE_INVOLVEMENT: frozenset({R.SOCIAL_WORKER, R.TEAM_MANAGER}),
    P.VIEW_CASE_IDENTIFIER: frozenset({R.TEAM_MANAGER}),
    P.MANAGE_RESTRICTION: frozenset({R.TEAM_MANAGER}),
    P.BREAK_GLASS: frozenset({R.SOCIAL_WORKER, R.TEAM_MANAGER}),
    P.REVIEW_BREAK_GLASS: frozenset({R.TEAM_MANAGER, R.INFORMATION_GOVERNANCE}),
    P.MANAGE_CODES: frozenset({R.ADMINISTRATOR}),
    P.IMPORT_LOG: frozenset({R.TEAM_MANAGER}),
    P.VIEW_DIARY: frozenset({R.SOCIAL_WORKER, R.TEAM_MANAGER, R.SAFEGUARDING_LEAD}),
    P.PLAN_DIARY: frozenset({R.SOCIAL_WORKER, R.TEAM_MANAGER}),
    P.VIEW_REVIEW: frozenset({R.SOCIAL_WORKER, R.TEAM_MANAGER, R.SAFEGUARDING_LEAD}),
    P.PREPARE_REVIEW: frozenset({R.SOCIAL_WORKER, R.TEAM_MANAGER, R.SAFEGUARDING_LEAD}),
    P.PLAN_REVIEW: frozenset({R.SOCIAL_WORKER, R.TEAM_MANAGER}),
    P.CHAIR_REVIEW: frozenset({R.TEAM_MANAGER}),
    P.VIEW_SCHOOL_SUMMARY: frozenset({R.SAFEGUARDING_LEAD, R.SOCIAL_WORKER, R.TEAM_MANAGER}),
    P.VIEW_TEAM_DASHBOARD: frozenset({R.TEAM_MANAGER}),
    P.VIEW_PUBLISHED_FIGURES: frozenset({R.STEERING, R.PROGRAMME_LEAD, R.EVALUATOR, R.ANALYST}),
    P.RELEASE_FIGURES: frozenset({R.PROGRAMME_LEAD, R.ANALYST}),
    P.VIEW_OWN_DASHBOARD: frozenset({R.SOCIAL_WORKER}),
    P.MANAGE_RETENTION: frozenset({R.INFORMATION_GOVERNANCE}),
    P.ANSWER_SUBJECT_ACCESS: frozenset({R.TEAM_MANAGER}),
    P.EXPORT_AUTHORITY: frozenset({R.INFORMATION_GOVERNANCE}),
    P.UPLOAD_RETURNS: frozenset({R.ANALYST}),
    P.VIEW_PANEL: frozenset({R.ANALYST, R.EVALUATOR}),
    P.COMPOSE_STUDY: frozenset({R.EVALUATOR, R.PROGRAMME_LEAD}),
    P.RUN_EVALUATION: frozenset({R.EVALUATOR}),
    P.VIEW_REPORT: frozenset({R.EVALUATOR, R.STEERING, R.PROGRAMME_LEAD, R.ANALYST}),
}
del P, R


@dataclass(frozen=True)
class Scope:
    """The rows that a permission reaches: every authority, some authorities, some schools, or nothing."""

    everywhere: bool = False
    authorities: frozenset[int] = field(default_factory=frozenset)
    schools: frozenset[int] = field(default_factory=frozenset)

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.authorities or self.schools)

    def reaches(self, *, school: Any = None, authority: Any = None) -> bool:
        """Tell whether one school, or one authority as a whole, lies within."""
        if self.everywhere:
            return True
        if school is not None:
            return school.pk in self.schools or school.authority_id in self.authorities
        return authority is not None and authority.pk in self.authorities


NOWHERE = Scope()


def scope_of(user: Any, permission: Permission) -> Scope:
    """The scope in which this person holds the permission today.

    Counted: memberships that have begun and not ended, of roles that hold the permission. An inactive or anonymous person
    reaches nothing. Memberships are read once for each user object, so a request asks the database once.
    """
    roles = ROLES_WITH[permission]
    held = [m for m in memberships_of(user) if m.role in roles]
    if any(m.authority_id is None and m.school_id is None for m in held):
        return Scope(everywhere=True)
    return Scope(
        authorities=frozenset(m.authority_id for m in held if m.school_id is None),
        schools=frozenset(m.school_id for m in held if m.school_id is not None),
    )


def memberships_of(user: Any) -> list[Any]:
    """The memberships of this person that hold today, read once for each user object."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return []
    today = timezone.localdate()
    read_on, held = getattr(user, "_memberships_read", (None, []))
    if read_on != today:
        held = list(user.memberships.filter(starts__lte=today).exclude(ends__lt=today))
        user._memberships_read = (today, held)
    return held


def forget_memberships(user: Any) -> None:
    """Read the memberships of this user object anew when next asked, after they were changed."""
    user.__dict__.pop("_memberships_read", None)


def holds(user: Any, permission: Permission, *, school: Any = None, authority: Any = None) -> bool:
    """Tell whether the person holds the permission: anywhere, or for the school or authority that is given."""
    scope = scope_of(user, permission)
    if school is None and authority is None:
        return bool(scope)
    return scope.reaches(school=school, authority=authority)


def require(user: Any, permission: Permission, *, school: Any = None, authority: Any = None) -> None:
    """Refuse, for an action, who does not hold the permission there.

    Raises `PermissionDenied` with a sentence that a person can read. The page that catches it records the refusal.
    """
    if not holds(user, permission, school=school, authority=authority):
        where = "" if school is None and authority is None else " here"
        raise PermissionDenied(f"You may not {permission.value}{where}.")


def needs(*permissions: Permission) -> Callable[..., Any]:
    """Open a view only to people who hold one of these permissions somewhere; rows are narrowed by the view's own query."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not any(holds(request.user, permission) for permission in permissions):
                raise PermissionDenied(f"You may not {permissions[0].value}.")
            return view(request, *args, **kwargs)

        guarded.permissions = permissions  # type: ignore[attr-defined]
        return guarded

    return decorate


class ScopedQuerySet(models.QuerySet[Any]):
    """Rows that know to whom they may be shown.

    The model declares `school_path` and `authority_path` (how to get from a row to its school and its authority; None where
    there is none) and `view_permission`.
    """

    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        """The rows that this person may see, or may use with `permission` when one is given."""
        scope = scope_of(user, permission or self.model.view_permission)
        return self.within(scope)

    def within(self, scope: Scope) -> Self:
        """The rows inside a scope."""
        if scope.everywhere:
            return self
        school, authority = self.model.school_path, self.model.authority_path
        inside = models.Q(pk__in=[])
        if school and scope.schools:
            inside |= models.Q(**{f"{school}__in": scope.schools})
        if authority and scope.authorities:
            inside |= models.Q(**{f"{authority}__in": scope.authorities})
        return self.filter(inside)

    def fetch_for(self, request: HttpRequest, permission: Permission | None = None, **lookup: Any) -> Any:
        """Fetch one row and authorise in one call.

        Raises `Http404` when there is no such row or the person may not see it: the two look the same from outside. A row that
        exists and was refused is marked on the request, and the audit's middleware records it.
        """
        row = self.visible_to(request.user, permission).filter(**lookup).first()
        if row is not None:
            return row
        hidden = self.model._default_manager.filter(**lookup).first()
        if hidden is not None:
            request.refused_row = hidden  # type: ignore[attr-defined]
        raise Http404(f"There is no such {self.model._meta.verbose_name}, or it is not yours to see.")


ScopedManager = models.Manager.from_queryset(ScopedQuerySet)


class Scoped(models.Model):
    """A model whose rows belong to a school or an authority."""

    school_path: ClassVar[str | None] = None
    authority_path: ClassVar[str | None] = None
    view_permission: ClassVar[Permission]
    privacy: ClassVar[dict[str, Privacy]]

    objects = ScopedManager()

    class Meta:
        abstract = True
