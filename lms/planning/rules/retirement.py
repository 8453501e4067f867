"""When somebody reaches the age of retirement under ordinary conditions (Nghị định 135/2020/NĐ-CP, Điều 4)."""

from calendar import monthrange
from datetime import date
from functools import lru_cache

FIRST = 2021
_MALE = (60 * 12 + 3, 3, 62 * 12)
_FEMALE = (55 * 12 + 4, 4, 60 * 12)


def age_in(year: int, sex: str) -> int:
    """Return the age of retirement of a year, in months.

    :param sex: ``female`` or ``male``
    """
    first, step, last = _FEMALE if sex == "female" else _MALE
    return min(first + step * max(0, year - FIRST), last)


@lru_cache(maxsize=50_000)
def retires_on(born: date, sex: str) -> date:
    """Return the last day of the month in which somebody reaches the age of retirement of that year.

    >>> retires_on(date(1961, 9, 5), "male"), retires_on(date(1961, 10, 5), "male")
    (datetime.date(2021, 12, 31), datetime.date(2022, 4, 30))
    """
    year = max(FIRST, born.year + 55)
    while (reached := _later(born, age_in(year, sex)))[0] > year:
        year += 1
    return date(*reached, monthrange(*reached)[1])


def _later(born: date, months: int) -> tuple[int, int]:
    since = born.year * 12 + born.month - 1 + months
    return since // 12, since % 12 + 1
