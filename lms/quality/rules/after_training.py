"""What named forms three to six months after a course say together: "Hiệu quả sau bồi dưỡng"."""

from dataclasses import dataclass

from lms.quality.rules.class_results import ItemResult, item_results
from lms.surveys import rules
from lms.surveys.document import Form
from lms.surveys.queries.named import Answered


@dataclass(frozen=True, slots=True)
class AfterTraining:
    """The named forms of one audience, counted.

    :ivar mean: of its sections about the effectiveness of training, on the form's scale; None without answers
    """

    audience: str
    form: Form
    asked: int
    filled: int
    mean: float | None
    items: tuple[ItemResult, ...]


def after_training(said: Answered) -> AfterTraining:
    """Count named forms."""
    counted = rules.count(said.form, said.answers)
    about = {section.key for section in said.form.sections if section.object == "effectiveness"}
    means = [(mean.mean, mean.n) for mean in rules.means(said.form, counted) if mean.section in about]
    mean = rules.weighted(means)
    return AfterTraining(
        said.audience, said.form, said.asked, len(said.answers), mean, item_results(said.form, counted)
    )
