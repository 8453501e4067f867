"""How the product is served: processes, the web server, and the bridge between its event loop and the pages."""

from lms.core.serving.processes import Processes, database
from lms.core.serving.server import ServingError, WebServer, address_of, check_port, content_server

__all__ = ["Processes", "ServingError", "WebServer", "address_of", "check_port", "content_server", "database"]
