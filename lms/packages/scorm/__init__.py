"""SCORM 1.2 and 2004: reading packages, and telling in xAPI what learners do in them."""
