"""What can be done with packages: upload, version, remove; register a learner, launch, report, waive, abandon."""
