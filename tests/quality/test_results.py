"""Results over many classes: of an institution, of a programme, of a year."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from lms.core.collation import name_key
from lms.quality.queries import summaries, sums
from lms.quality.queries.scopes import Scope
from lms.surveys.models import SectionMean, Tally
from tests import factories as make
from tests.quality.closed import adjusted, held


def test_a_year_is_the_sum_of_its_classes(school):
    held(school, [4] * 6, invited=8)
    held(school, [2] * 18, invited=20)
    held(school, [5] * 30, year=2025)
    found = summaries.overview_of(Scope(), 2026)
    assert found.whole.mean == pytest.approx(2.5)
    assert (found.whole.people, found.whole.evaluations) == (24, 2)
    assert found.response.share == pytest.approx(24 / 28)
    assert found.years == (2026, 2025)
    assert [one.figures.mean for one in found.series] == [5, pytest.approx(2.5)]
    assert [part.key for part in found.objects] == ["programme", "trainee", "facilities", "course", "effectiveness"]
    assert found.city is None


def test_the_newest_year_is_told_where_none_is_asked_for(school):
    held(school, [4] * 6, year=2024)
    held(school, [4] * 6, year=2025)
    assert summaries.overview_of(Scope()).year == 2025
    assert summaries.overview_of(Scope(institution_id=school.id + 1)) is None


def test_a_year_without_evaluations_is_empty_beside_those_that_have_some(school):
    held(school, [4] * 6, year=2024)
    found = summaries.results_of(Scope(), 2026)
    assert found.overview.whole is None
    assert found.overview.trend is None
    assert found.overview.response.evaluations == 0
    assert found.questions == found.topics == found.programmes == ()


def test_a_class_with_four_forms_is_counted_as_left_out_and_is_in_no_figure(school):
    held(school, [4] * 6)
    hidden = held(school, [1] * 4, invited=10)
    found = summaries.results_of(Scope(), 2026)
    response = found.overview.response
    assert (response.evaluations, response.few, response.shown) == (2, 1, 1)
    assert found.overview.whole.mean == 4
    assert sum(found.overview.whole.counts[:3]) == 0
    classes = {one.class_id: one for one in sums.classes(Scope(), 2026)}
    assert classes[hidden.id].figures is None
    assert classes[hidden.id].response.few == 1


def test_totals_minus_all_that_is_shown_leave_nothing(school):
    """Nobody can subtract shown classes from a total to see a hidden one."""
    other = make.institution(name="Trường khác")
    lecturers = [make.person(school) for _ in range(3)]
    for number, place in enumerate((school, other, school, other, school)):
        held(place, [1 + number % 5] * (4 + number), lecturers=lecturers)
    found = summaries.results_of(Scope(), 2026)
    shown = [one.figures for one in sums.classes(Scope(), 2026) if one.figures]
    assert len(shown) == 4
    groups = [one.figures for one in found.institutions]
    for parts in (shown, groups, [one.figures for one in found.programmes]):
        assert sum(part.people for part in parts) == found.overview.whole.people
        counts = tuple(map(sum, zip(*(part.counts for part in parts), strict=True)))
        assert counts == found.overview.whole.counts
    by_topic = [one.figures for one in found.topics]
    assert sum(one.people for one in by_topic) == sum(one.figures.people for one in found.lecturers)
    assert min(one.people for one in by_topic) >= 5
    taught = summaries.taught_in(Scope(), found.overview)
    assert min(one.figures.people for one in taught) >= 5
    for lecturer in found.lecturers:
        own = [one.figures for one in taught if one.person_id == lecturer.person_id]
        assert sum(one.people for one in own) == lecturer.figures.people


def test_every_sum_is_made_of_stored_cells_of_five_and_more(school, session):
    held(school, [3] * 4, lecturers=[make.person(school)])
    assert session.scalar(select(func.count()).select_from(Tally)) == 0
    assert session.scalar(select(func.count()).select_from(SectionMean)) == 0


def test_an_institution_stands_beside_the_city(school):
    held(school, [4] * 10)
    held(make.institution(name="Trường khác"), [2] * 30)
    found = summaries.overview_of(Scope(institution_id=school.id), 2026)
    assert found.whole.mean == 4
    assert found.city.mean == pytest.approx(2.5)
    assert all(part.figures.mean == 4 and part.city.mean == pytest.approx(2.5) for part in found.stages)


def test_a_scope_holds_what_the_reader_holds_and_nothing_else(school):
    held(school, [4] * 10)
    held(make.institution(name="Trường khác"), [2] * 30)
    found = summaries.results_of(Scope(paths=(school.path,)), 2026)
    assert found.overview.whole.mean == 4
    assert [one.name["vi"] for one in found.institutions] == ["Trường Bồi dưỡng cán bộ"]
    assert summaries.overview_of(Scope(paths=()), 2026) is None


def test_what_was_told_once_can_be_told_again(school, session):
    first = held(school, [2] * 20)
    adjusted(session.scalar(select(make.Survey).where(make.Survey.class_id == first.id)))
    scope = Scope(institution_id=school.id, until=datetime(2026, 5, 25, tzinfo=UTC))
    told = summaries.results_of(scope, 2026)
    assert [one.after for one in told.effects] == [None]
    later = {"opens_at": datetime(2026, 5, 26, tzinfo=UTC), "closed_at": datetime(2026, 6, 2, tzinfo=UTC)}
    held(school, [5] * 20, **later)
    held(make.institution(name="Trường khác"), [1] * 20, **later)
    assert summaries.results_of(scope, 2026) == told
    assert sums.classes(scope, 2026)[0].class_id == first.id
    assert summaries.results_of(Scope(institution_id=school.id), 2026).overview.whole.people == 40


def test_a_programme_is_told_by_institution_and_version(school):
    held(school, [4] * 10)
    held(make.institution(name="Trường khác"), [2] * 10)
    held(school, [5] * 10, version=make.new_version("A2.1"))
    held(school, [1] * 10, version=make.new_version("B1"))
    found = summaries.results_of(Scope(programme_id=make.version().programme_id), 2026)
    assert found.overview.whole.mean == pytest.approx(11 / 3)
    assert sorted(one.figures.mean for one in found.institutions) == [2, 4.5]
    assert [one.figures.mean for one in found.versions] == [3, 5]
    assert found.programmes == ()


def test_topics_and_lecturers_are_told_per_topic(school):
    anh, binh = (make.person(school, full_name=name) for name in ("Trần Thị Anh", "Lê Văn Bình"))
    held(school, [4] * 10, lecturers=[anh, binh])
    held(school, [2] * 10, lecturers=[binh])
    found = summaries.results_of(Scope(), 2026)
    topics = make.topics(held(school, [3] * 3))
    assert [one.code for one in found.topics] == [one.code for one in topics]
    assert {one.figures.people for one in found.topics} == {20}
    by_name = {one.name: one for one in found.lecturers}
    assert by_name["Trần Thị Anh"].figures.mean == 4
    assert by_name["Lê Văn Bình"].figures.mean < 3
    taught = summaries.taught_in(Scope(), found.overview)
    assert [one.name for one in taught] == sorted((one.name for one in taught), key=name_key)
    assert sum(one.name == "Lê Văn Bình" for one in taught) == len(topics)


def test_questions_are_told_over_all_classes_with_their_distribution(school):
    held(school, [4] * 10)
    held(school, [2] * 10)
    questions = summaries.results_of(Scope(), 2026).questions
    room = next(one for one in questions if one.code == "fac-room")
    assert room.figures.counts == (0, 10, 0, 10, 0)
    assert room.figures.mean == 3


def test_evaluations_on_another_scale_count_in_the_mean_but_not_in_the_distribution(school, session):
    held(school, [5] * 10)
    odd = held(school, [1] * 10)
    survey = session.scalar(select(make.Survey).where(make.Survey.class_id == odd.id))
    rows = session.scalars(select(SectionMean).where(SectionMean.survey_id == survey.id)).all()
    for row in rows:
        row.points, row.mean, row.counts = 7, 4.0, [0, 0, 0, 10, 0, 0, 0]
    session.flush()
    found = summaries.overview_of(Scope(), 2026)
    assert found.whole.mean == pytest.approx(4)  # the middle of seven is the middle of five
    assert found.whole.counts[:4] == (0, 0, 0, 0)


def test_what_lecturers_said_stands_apart(school):
    survey = make.evaluated(held(school, [4] * 6), [2] * 7, audience="lecturer", class_id=None, period="2026-1")
    found = summaries.results_of(Scope(institution_id=school.id), 2026)
    assert found.by_lecturers.response.valid == survey.valid
    assert {part.figures.mean for part in found.by_lecturers.stages} == {2}
    assert found.overview.whole.mean == 4
    assert summaries.results_of(Scope(institution_id=school.id), 2025).by_lecturers is None


def test_what_moved_after_an_adjustment(school, session):
    first = held(school, [2] * 20)
    survey = session.scalar(select(make.Survey).where(make.Survey.class_id == first.id))
    adjusted(survey)
    adjusted(survey, section="course", state="stated")
    held(make.institution(name="Trường khác"), [1] * 20, opens_at=datetime(2026, 6, 1, tzinfo=UTC))
    held(school, [3] * 20, opens_at=datetime(2026, 5, 1, tzinfo=UTC))
    (waiting,) = summaries.results_of(Scope(), 2026).effects
    assert waiting.after is None
    assert waiting.change is None
    held(school, [5] * 20, opens_at=datetime(2026, 7, 1, tzinfo=UTC))
    held(school, [4] * 20, opens_at=datetime(2026, 6, 1, tzinfo=UTC))
    (moved,) = summaries.results_of(Scope(), 2026).effects
    assert (moved.before.mean, moved.after.mean) == (2, 4)
    assert moved.change.way == "up"
    assert summaries.results_of(Scope(), 2025).effects == ()


def test_after_an_adjustment_a_lecturer_is_compared_in_the_same_topic(school, session):
    anh, binh = make.person(school), make.person(school)
    first = held(school, [2] * 20, lecturers=[anh])
    survey = session.scalar(select(make.Survey).where(make.Survey.class_id == first.id))
    topic = make.topics(first)[0]
    teaching = session.scalar(
        select(make.Teaching).where(make.Teaching.class_id == first.id, make.Teaching.topic_id == topic.id)
    )
    adjusted(survey, section="lecturer", teaching_id=teaching.id)
    held(school, [1] * 20, lecturers=[binh], opens_at=datetime(2026, 6, 1, tzinfo=UTC))
    held(school, [4] * 20, lecturers=[anh], opens_at=datetime(2026, 7, 1, tzinfo=UTC))
    (moved,) = summaries.results_of(Scope(), 2026).effects
    assert moved.topic == topic.title
    assert moved.after.mean == 4
