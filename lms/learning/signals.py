"""The news of learning."""

from blinker import signal

completed = signal("learning.completed")
"""``send(sender, registration=UUID, at=datetime)`` within the act that completed the class."""
