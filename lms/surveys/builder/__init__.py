"""The builder of evaluation forms: drafts edited section by section and question by question."""
