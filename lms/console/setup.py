"""What a new or updated installation needs before its first request: the repository's files, loaded."""

from datetime import datetime

from lms.catalogue import services as catalogue
from lms.core.config import ROOT
from lms.surveys.services import instruments


def load_repository(*, at: datetime) -> None:
    """Load programmes, their content and the survey instruments; what has not changed is left alone."""
    catalogue.load_programmes(ROOT, at=at)
    instruments.load_instruments(at=at)
