"""Packages in modules: placed by the institution, played by trainees, kept at one version by running classes."""
