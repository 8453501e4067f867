"""Closed evaluations as they are stored, made by the database in bulk: counts, section means, classes, lecturers.

Points are drawn around a mean that differs by class and by question; each class has about fifteen trainees.
"""

import psycopg

WORLD = """
INSERT INTO units (code, name, search_text, kind, parent_id, path, valid_from)
SELECT 'CS' || g, 'Cơ sở bồi dưỡng số ' || g, 'co so ' || g, 'institution', city.id, '', '2020-01-01'
FROM generate_series(1, 40) g, units city WHERE city.kind = 'city';
UPDATE units u SET path = c.path || u.id || '/' FROM units c WHERE c.id = u.parent_id AND u.path = '';

INSERT INTO persons (id, staff_code, full_name, search_text, category, position, unit_id)
SELECT gen_random_uuid(), 'GV' || g, 'Giảng viên số ' || g, 'giang vien so ' || lpad(g::text, 4, '0'), 'civil_servant',
       'Giảng viên', (SELECT min(id) FROM units WHERE kind = 'institution')
FROM generate_series(1, 300) g;

INSERT INTO programme_versions (id, programme_id, number, status, checksum, loaded_at, hours, notice,
                                attendance_min_percent, document)
SELECT gen_random_uuid(), p.id, 100 + n, 'approved', '', now(), 40, '{}', 80, '{}'
FROM programmes p, generate_series(1, 2) n WHERE p.kind = 'in_service';
INSERT INTO topics (id, version_id, code, position, title, objectives, hours)
SELECT gen_random_uuid(), v.id, 'T' || n, n, jsonb_build_object('vi', 'Chuyên đề số ' || n), '[]', 8
FROM programme_versions v, generate_series(1, 5) n WHERE v.number > 100;
"""

CLASSES = """
CREATE TEMP TABLE fresh ON COMMIT DROP AS
WITH v AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS size FROM programme_versions
           WHERE number > 100),
     u AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM units WHERE kind = 'institution')
SELECT gen_random_uuid() AS class_id, gen_random_uuid() AS survey_id, g, v.id AS version_id, u.id AS institution_id,
       11 + g %% 9 AS people, make_date(%(year)s, 1 + g %% 9, 5) AS starts_on,
       3.6 + random() * 0.9 AS centre
FROM generate_series(%(low)s::int, %(high)s::int) g JOIN v ON v.n = g %% v.size JOIN u ON u.n = g %% 40;

INSERT INTO class_runs (id, code, name, version_id, institution_id, starts_on, ends_on, status, capacity)
SELECT class_id, %(year)s || '-' || g, 'Lớp bồi dưỡng số ' || g, version_id, institution_id, starts_on, starts_on + 30,
       'finished', 60
FROM fresh;
INSERT INTO teachings (id, class_id, topic_id, lecturer_id)
SELECT gen_random_uuid(), f.class_id, t.id, l.id
FROM fresh f JOIN topics t ON t.version_id = f.version_id
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM persons WHERE staff_code LIKE 'GV%%') l
  ON l.n = (f.g * 7 + t.position * 31) %% 300;
INSERT INTO surveys (id, audience, class_id, institution_id, instrument_id, state, opens_at, closes_at, public_key,
                     closed_at, invited, answered, valid, invalid)
SELECT survey_id, 'trainee', class_id, institution_id, %(instrument)s, 'closed', starts_on + 31, starts_on + 45, '',
       starts_on + 45, people + 3, people, people, 0
FROM fresh;

INSERT INTO ballots.tallies (survey_id, item, teaching, section, kind, n, na, counts)
SELECT survey_id, item, teaching, section, 'scale', people, 0,
       ARRAY[low / 3, low - low / 3, middle, rest - best, best]
FROM (
    SELECT *, (rest * least(0.9, greatest(0.1, centre - 3.5 + random() * 0.3)))::int AS best
    FROM (
        SELECT *, people - low - middle AS rest
        FROM (
            SELECT f.survey_id, f.people, f.centre, q.item, q.section,
                   coalesce(t.id, '00000000-0000-0000-0000-000000000000') AS teaching,
                   (f.people * random() * 0.12)::int AS low, (f.people * random() * 0.25)::int AS middle
            FROM fresh f CROSS JOIN unnest(%(items)s::text[], %(sections)s::text[], %(repeated)s::bool[])
                 AS q (item, section, repeated)
            LEFT JOIN teachings t ON q.repeated AND t.class_id = f.class_id
        ) drawn
    ) rests
) bests;

INSERT INTO ballots.section_means (survey_id, section, teaching, n, mean, points, counts)
SELECT survey_id, section, teaching, max(n),
       sum(counts[1] + 2 * counts[2] + 3 * counts[3] + 4 * counts[4] + 5 * counts[5])::float / sum(n), 5,
       ARRAY[sum(counts[1]), sum(counts[2]), sum(counts[3]), sum(counts[4]), sum(counts[5])]
FROM ballots.tallies JOIN fresh USING (survey_id) GROUP BY survey_id, section, teaching;
INSERT INTO ballots.section_means (survey_id, section, teaching, n, mean, points, counts)
SELECT survey_id, section, '00000000-0000-0000-0000-000000000000', sum(n), sum(mean * n) / sum(n), 5,
       ARRAY[sum(counts[1]), sum(counts[2]), sum(counts[3]), sum(counts[4]), sum(counts[5])]
FROM ballots.section_means JOIN fresh USING (survey_id)
WHERE teaching <> '00000000-0000-0000-0000-000000000000' GROUP BY survey_id, section;
INSERT INTO ballots.section_means (survey_id, section, teaching, n, mean, points, counts)
SELECT survey_id, '', teaching, max(people), avg(mean), 5,
       ARRAY[sum(counts[1]), sum(counts[2]), sum(counts[3]), sum(counts[4]), sum(counts[5])]
FROM ballots.section_means JOIN fresh USING (survey_id)
WHERE teaching = '00000000-0000-0000-0000-000000000000' GROUP BY survey_id, teaching;

INSERT INTO adjustments (id, survey_id, class_id, section, mean, threshold, points, state, cause, measure, responsible,
                         due_on, outcome, made_at, stated_at, done_at)
SELECT gen_random_uuid(), survey_id, class_id, 'facilities', 3.2, 3.5, 5, 'done', 'Thiết bị cũ', 'Thay thiết bị',
       'Phòng Quản trị', starts_on + 60, 'Đã thay', starts_on + 45, starts_on + 46, starts_on + 50
FROM fresh WHERE g %% 40 = 0;
"""
TEN_TIMES = """
UPDATE surveys SET invited = invited * 10, answered = answered * 10, valid = valid * 10 WHERE public_key = '';
UPDATE ballots.tallies SET n = n * 10, counts = ARRAY(SELECT one * 10 FROM unnest(counts) one);
UPDATE ballots.section_means SET n = n * 10, counts = ARRAY(SELECT one * 10 FROM unnest(counts) one);
"""


def world(url: str) -> None:
    """Institutions, lecturers, versions and topics of all programmes."""
    with psycopg.connect(url) as connection:
        connection.execute(WORLD)


def classes(url: str, year: int, low: int, high: int, form: list[tuple[str, str, bool]], instrument: object) -> None:
    """Closed evaluations of the classes of a year.

    :param form: its questions on scales: code, section, whether it is asked for each topic
    """
    items, sections, repeated = (list(column) for column in zip(*form, strict=True))
    values = {"year": year, "low": low, "high": high, "instrument": instrument}
    values |= {"items": items, "sections": sections, "repeated": repeated}
    with psycopg.connect(url) as connection:
        for statement in CLASSES.split(";\n"):
            if statement.strip():
                connection.execute(statement, values)
    tidy(url)


def ten_times(url: str) -> None:
    """The same classes with ten times the answers."""
    with psycopg.connect(url) as connection:
        connection.execute(TEN_TIMES)
    tidy(url)


def tidy(url: str) -> None:
    """As autovacuum leaves the tables."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def answers(url: str) -> int:
    """How many answers are stored."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT sum(n) FROM ballots.tallies").fetchone()
        return int(row[0]) if row and row[0] else 0
