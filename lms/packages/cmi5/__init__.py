"""cmi5: what an LMS must tell, refuse and conclude (cmi5 Quartz, sections 8 to 11)."""
