"""The addresses of this app."""

from __future__ import annotations

from django.urls import URLPattern, path

from service.reviews.views import actions, kept, meeting, planning, reviews

urlpatterns: list[URLPattern] = [
    path("", reviews.review_list, name="review-list"),
    path("plan/", planning.review_plan, name="review-plan"),
    path("due/", reviews.review_due, name="review-due"),
    path("actions/", actions.review_action_list, name="review-action-list"),
    path("actions/<uuid:public_id>/", actions.review_action, name="review-action"),
    path("actions/<uuid:public_id>/settle/", actions.review_action_settle, name="review-action-settle"),
    path("actions/<uuid:public_id>/postpone/", actions.review_action_postpone, name="review-action-postpone"),
    path("actions/<uuid:public_id>/reopen/", actions.review_action_reopen, name="review-action-reopen"),
    path("kept/", kept.review_kept, name="review-kept"),
    path("kept/discard/", kept.review_kept_discard, name="review-kept-discard"),
    path("attendees/<uuid:public_id>/take-off/", planning.review_attendee_take_off, name="review-attendee-take-off"),
    path("items/<uuid:public_id>/what-next/", meeting.review_item_next, name="review-item-next"),
    path("items/<uuid:public_id>/take-off/", meeting.review_item_withdraw, name="review-item-withdraw"),
    path("<uuid:public_id>/", reviews.review, name="review"),
    path("<uuid:public_id>/move/", planning.review_move, name="review-move"),
    path("<uuid:public_id>/cancel/", planning.review_cancel, name="review-cancel"),
    path("<uuid:public_id>/attendees/add/", planning.review_attendee_add, name="review-attendee-add"),
    path("<uuid:public_id>/items/add/", meeting.review_item_add, name="review-item-add"),
    path("<uuid:public_id>/actions/add/", actions.review_action_agree, name="review-action-agree"),
    path("<uuid:public_id>/close/", meeting.review_close, name="review-close"),
    path("<uuid:public_id>/amend/", meeting.review_amend, name="review-amend"),
    path("<uuid:public_id>/pack/team.<slug:kind>", meeting.review_pack_team, name="review-pack-team"),
    path("<uuid:public_id>/pack/school.<slug:kind>", meeting.review_pack_school, name="review-pack-school"),
]
