"""The words of cmi5 (sections 9.3, 9.5.5, 9.6)."""

_ADL = "http://adlnet.gov/expapi/verbs"
_W3ID = "https://w3id.org/xapi/adl/verbs"
_CONTEXT = "https://w3id.org/xapi/cmi5/context"

VERBS = {
    **{word: f"{_ADL}/{word}" for word in ("launched", "initialized", "completed", "passed", "failed", "terminated")},
    **{word: f"{_W3ID}/{word}" for word in ("abandoned", "waived", "satisfied")},
}
DISPLAY = {
    "launched": {"vi": "được mở", "en": "launched"},
    "abandoned": {"vi": "đã bỏ dở", "en": "abandoned"},
    "waived": {"vi": "được miễn", "en": "waived"},
    "satisfied": {"vi": "đã đáp ứng", "en": "satisfied"},
}
"""How the LMS's own verbs are shown."""

OF_UNIT = frozenset({"initialized", "completed", "passed", "failed", "terminated"})
"""The defined verbs that an assignable unit may use."""

CATEGORY = f"{_CONTEXT}/categories/cmi5"
MOVE_ON_CATEGORY = f"{_CONTEXT}/categories/moveon"
SESSION_ID = f"{_CONTEXT}/extensions/sessionid"
MASTERY_SCORE = f"{_CONTEXT}/extensions/masteryscore"
LAUNCH_MODE = f"{_CONTEXT}/extensions/launchmode"
LAUNCH_URL = f"{_CONTEXT}/extensions/launchurl"
MOVE_ON = f"{_CONTEXT}/extensions/moveon"
LAUNCH_PARAMETERS = f"{_CONTEXT}/extensions/launchparameters"
PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"
REASON = "https://w3id.org/xapi/cmi5/result/extensions/reason"
BLOCK_TYPE = "https://w3id.org/xapi/cmi5/activitytype/block"
COURSE_TYPE = "https://w3id.org/xapi/cmi5/activitytype/course"

REASONS = ("Tested Out", "Equivalent AU", "Equivalent Outside Activity", "Administrative")
"""Why a unit may be waived (section 9.5.5.2)."""
PREFERENCES = "cmi5LearnerPreferences"
"""The agent profile that content reads (section 11)."""
