"""The catalogue's vocabulary: groups of the Decision, fields, audiences, forms of delivery, as people read them."""

from typing import NamedTuple

from lms.core.pages import N_


class Group(NamedTuple):
    """A group of the Decision: the part it stands in (where that has its own title), its title and its clause's key."""

    part: str
    title: str
    clause: str


GROUPS: dict[str, Group] = {
    "A1": Group(
        N_("A. Training of civil servants of departments, branches and district People's Committees"),
        N_("Forming a corps of experts"),
        "III.A.1",
    ),
    "A2": Group(
        N_("A. Training of civil servants of departments, branches and district People's Committees"),
        N_("Raising capacity in performing public duties"),
        "III.A.2",
    ),
    "B": Group("", N_("Training of commune-level officials and civil servants"), "III.B"),
    "C": Group("", N_("Training of public employees"), "III.C"),
    "D": Group("", N_("Postgraduate study"), "III.D"),
}

FIELDS: dict[str, str] = {
    "finance_planning": N_("Finance and planning"),
    "urban_development": N_("Urban development"),
    "digital_transformation": N_("Information technology and digital transformation"),
    "information_security": N_("Networks and security"),
    "science_technology": N_("Science and technology"),
    "human_resources": N_("Personnel and human resources"),
    "education": N_("Education"),
    "health": N_("Health"),
    "land": N_("Land"),
    "records_archives": N_("Records and archives"),
    "local_government": N_("Commune-level government"),
    "postgraduate": N_("Postgraduate study, several fields"),
}

AUDIENCES: dict[str, str] = {
    "division_head": N_("Heads and deputy heads of division, and those planned for the post"),
    "civil_servant": N_("Civil servants"),
    "commune_official": N_("Chairs and vice-chairs of commune People's Committees"),
    "commune_officer": N_("Commune officers for land, construction and environment"),
    "school_leader": N_("Principals and vice-principals"),
    "hospital_leader": N_("Directors and vice-directors of public hospitals"),
    "data_centre_staff": N_("Staff of the State Data Centre"),
    "public_employee": N_("Public employees"),
}

FORMS: dict[str, str] = {
    "full_time": N_("Full-time"),
    "part_time": N_("Part-time"),
    "online": N_("Online"),
    "field_study_domestic": N_("Field study in Việt Nam"),
    "field_study_abroad": N_("Experience abroad"),
}

STRANDS: dict[str, str] = {
    "deepening": N_("Deepening"),
    "updating": N_("Updating"),
    "experience_abroad": N_("Practical experience abroad"),
    "capacity": N_("Capacity"),
    "study": N_("Subjects of study"),
    "finance_planning": N_("Finance and planning"),
    "transport": N_("Transport"),
    "architecture_planning": N_("Architecture and planning"),
    "natural_resources_environment": N_("Natural resources and environment"),
    "construction": N_("Construction"),
}

STATUSES: dict[str, str] = {
    "proposed": N_("Proposal, awaiting approval"),
    "in_review": N_("With the department of the field"),
    "with_home_affairs": N_("With Home Affairs"),
    "submitted": N_("Before the People's Committee"),
    "approved": N_("Approved"),
    "retired": N_("No longer offered"),
    "withdrawn": N_("Approval withdrawn"),
}

PAPERS: dict[str, str] = {
    "opinion": N_("Opinion of the department"),
    "memorandum": N_("Memorandum of Home Affairs"),
    "decision": N_("Decision of the People's Committee"),
    "withdrawal": N_("Decision withdrawing the approval"),
}

PARTS: dict[str, str] = {
    "numbers": N_("Hours and attendance"),
    "outcomes": N_("Learning outcomes"),
    "modules": N_("Modules"),
    "lessons": N_("Lessons"),
    "topics": N_("Topics taught by lecturers"),
    "questions": N_("Questions"),
    "materials": N_("Pictures, recordings and files"),
    "essay": N_("Closing essay"),
}
"""What two versions are compared by."""

NUMBERS: dict[str, str] = {
    "hours": N_("Hours in all"),
    "attendance": N_("Sessions that must be attended"),
}
