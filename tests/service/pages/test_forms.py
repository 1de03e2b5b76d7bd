"""An ordinary form becomes GOV.UK components, and tells what is wrong with it in words."""

from __future__ import annotations

import datetime
import re

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string

from service.pages.fields import GovukDateField
from service.pages.widgets import HintedRadios, NativeDate, NativeTime
from tests.service.pages.gallery import GalleryForm


def shown(form: forms.Form, **named: object) -> str:
    return re.sub(r"\s+", " ", render_to_string("pages/form.html", {"form": form, **named}))


class Note(forms.Form):
    title = forms.CharField(label="Short title", help_text="A few <words>")
    account = forms.CharField(label="What was done", widget=forms.Textarea, max_length=40, required=False)


def test_the_hint_and_the_error_of_a_field_are_tied_to_it() -> None:
    page = shown(Note({"title": ""}))
    assert 'id="id_title_helptext">A few &lt;words&gt;</div>' in page
    assert 'id="id_title_error"><span class="govuk-visually-hidden">Error:</span> Enter short title</p>' in page
    assert 'aria-describedby="id_title_helptext id_title_error"' in page
    assert 'aria-invalid="true"' in page


def test_the_error_summary_links_to_the_field() -> None:
    assert '<a href="#id_title">Enter short title</a>' in shown(Note({"title": ""}))


def test_a_form_that_was_not_sent_shows_no_error() -> None:
    page = shown(Note())
    assert "There is a problem" not in page
    assert "error" not in page


def test_the_text_of_an_invalid_value_is_escaped() -> None:
    assert "<script>" not in shown(Note({"title": "<script>alert(1)</script>", "account": "x" * 41}))


def test_a_field_that_may_be_empty_says_so_once() -> None:
    class Filters(Note):
        mark_optional = False

    assert "What was done (optional)</label>" in shown(Note())
    assert "Short title</label>" in shown(Note())
    assert "(optional)" not in shown(Filters())


def test_the_browser_neither_keeps_nor_checks_what_is_typed() -> None:
    page = shown(Note())
    assert 'autocomplete="off" novalidate' in page
    assert " required" not in page


def test_a_text_with_a_limit_counts_characters_and_is_not_cut() -> None:
    page = shown(Note())
    assert 'data-maxlength="40"' in page
    assert 'aria-describedby="id_account-info"' in page
    assert " maxlength" not in page.split("<textarea")[1].split(">")[0]


def test_rows_asked_for_are_kept() -> None:
    class Long(forms.Form):
        account = forms.CharField(widget=forms.Textarea(attrs={"rows": 12, "class": "mine"}))

    assert 'rows="12" class="govuk-textarea mine"' in re.sub(r"\s+", " ", str(Long()["account"]))
    assert 'rows="5"' in shown(Note())


def test_a_get_form_carries_no_token() -> None:
    assert "csrf" not in shown(Note(), method="get", csrf_token="secret")
    assert "csrf" in shown(Note(), csrf_token="secret")


def test_a_form_with_a_file_is_sent_in_parts() -> None:
    assert 'enctype="multipart/form-data"' in shown(GalleryForm())


def test_the_name_of_a_file_of_an_earlier_answer_is_escaped() -> None:
    class Upload(forms.Form):
        log = forms.FileField()

    class Kept:
        url = "/x"

        def __str__(self) -> str:
            return "<b>.csv"

    assert "&lt;b&gt;.csv" in shown(Upload(initial={"log": Kept()}))


def test_a_group_of_choices_is_a_fieldset_and_its_first_choice_can_be_mended() -> None:
    page = shown(GalleryForm({}, {}))
    assert '<a href="#id_kind_0">Select kind of work</a>' in page
    assert 'aria-describedby="id_kind_error"> <legend' in page
    assert 'class="govuk-radios swis-tiles" data-module="govuk-radios"' in page


def test_choices_carry_their_hints_and_what_was_chosen() -> None:
    class Length(forms.Form):
        length = forms.ChoiceField(
            choices=[("5", "Short"), ("30", "Long")], widget=HintedRadios(hints={"5": "Corridor"})
        )

    page = shown(Length({"length": "30"}))
    assert 'value="5" id="id_length_0" aria-describedby="id_length_0_hint"' in page
    assert 'id="id_length_0_hint">Corridor</div>' in page
    assert 'value="30" id="id_length_1" checked' in page


def test_what_is_missing_is_said_by_the_kind_of_field() -> None:
    page = shown(GalleryForm({}, {}))
    for words in (
        "Enter short title",
        "Select kind of work",
        "Answer “How long did it take?”",
        "Select year group",
        "Enter date of the contact",
        "Select log of the pilot",
        "Tick “The school knows of this”",
    ):
        assert words in page
    assert "This field is required" not in page


def test_the_words_of_the_author_of_a_form_are_kept() -> None:
    class Own(forms.Form):
        day = forms.CharField(error_messages={"required": "Say which day"})

    assert "Say which day" in shown(Own({}))


def test_an_error_of_the_whole_form_stands_in_the_summary_without_a_link() -> None:
    form = Note({"title": "x"})
    form.add_error(None, "The two dates contradict each other")
    assert "<li>The two dates contradict each other</li>" in shown(form)


def test_an_abbreviation_keeps_its_capitals() -> None:
    class Codes(forms.Form):
        urn = forms.CharField(label="URN of the school")

    assert "Enter URN of the school" in shown(Codes({}))


def test_a_number_is_typed_as_text_and_read_as_a_number() -> None:
    class Length(forms.Form):
        minutes = forms.IntegerField(min_value=1)
        hours = forms.DecimalField()

    page = shown(Length())
    assert 'type="number"' not in page
    assert 'inputmode="numeric"' in page
    assert 'inputmode="decimal"' in page
    assert Length({"minutes": "20", "hours": "1.5"}).is_valid()


def test_native_dates_and_times_are_written_as_browsers_want_them() -> None:
    class Visit(forms.Form):
        day = forms.DateField(widget=NativeDate, initial=datetime.date(2026, 6, 3))
        time = forms.TimeField(widget=NativeTime, initial=datetime.time(9, 5))

    page = shown(Visit())
    assert 'type="date" name="day" value="2026-06-03"' in page
    assert 'type="time" name="time" value="09:05"' in page
    assert Visit({"day": "2026-06-03", "time": "09:05"}).is_valid()


def test_a_complete_form_is_accepted() -> None:
    data = {
        "title": "Advice", "kind": "advice", "length": "5", "about": ["direct"], "year_group": "7", "quick_day": "2026-06-03",
        "day_day": "3", "day_month": "6", "day_year": "2026", "minutes": "5", "secret": "x", "agreed": "on", "key": "draft",
    }  # fmt: skip
    form = GalleryForm(data, {"log": SimpleUploadedFile("log.csv", b"a")})
    assert form.errors == {}
    assert form.cleaned_data["day"] == datetime.date(2026, 6, 3)


class Visit(forms.Form):
    day = GovukDateField(label="Date of the visit")


def posted(day: str, month: str, year: str) -> Visit:
    return Visit({"day_day": day, "day_month": month, "day_year": year})


@pytest.mark.parametrize("month", ["6", "06", " 6 ", "June", "jun", "JUNE"])
def test_a_month_is_a_number_or_a_name(month: str) -> None:
    assert posted("3", month, "2026").fields["day"].clean(["3", month, "2026"]) == datetime.date(2026, 6, 3)


@pytest.mark.parametrize(
    ("parts", "message", "target"),
    [
        (("", "", ""), "Enter date of the visit", "id_day_day"),
        (("3", "", "2026"), "Date of the visit must include a month", "id_day_month"),
        (("", "", "2026"), "Date of the visit must include a day and a month", "id_day_day"),
        (("31", "2", "2026"), "Date of the visit must be a real date", "id_day_day"),
        (("3", "Brumaire", "2026"), "Date of the visit must be a real date", "id_day_day"),
        (("x", "6", "2026"), "Date of the visit must be a real date", "id_day_day"),
        (("3", "0", "2026"), "Date of the visit must be a real date", "id_day_day"),
        (("3", "6", "99999999999999999999"), "Date of the visit must be a real date", "id_day_day"),
        (("3", "6", "26"), "Date of the visit must have a year of four digits", "id_day_day"),
    ],
)
def test_a_wrong_date_says_which_part_is_wrong(parts: tuple[str, str, str], message: str, target: str) -> None:
    assert f'<a href="#{target}">{message}</a>' in shown(posted(*parts))


def test_a_wrong_date_is_shown_as_it_was_typed_and_only_its_empty_box_is_marked() -> None:
    page = shown(posted("3", "", "2026"))
    assert 'name="day_day" value="3"' in page
    assert page.count("govuk-input--error") == 1


def test_a_date_with_a_value_fills_the_three_boxes() -> None:
    page = shown(Visit(initial={"day": datetime.date(2026, 6, 3)}))
    assert [
        f'name="day_{part}" value="{value}"' in page for part, value in (("day", 3), ("month", 6), ("year", 2026))
    ] == [
        True,
        True,
        True,
    ]


def test_a_date_may_come_as_one_value_of_an_address() -> None:
    form = Visit({"day": "2026-06-03"})
    assert form.is_valid()
    assert form.cleaned_data["day"] == datetime.date(2026, 6, 3)
    assert 'name="day_month" value="06"' in shown(form)
