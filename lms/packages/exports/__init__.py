"""Whole courses out: as cmi5, SCORM 1.2, Common Cartridge and as folders of our own."""
