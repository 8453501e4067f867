"""The JSON API as an institution's program uses it."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote


class Api:
    """An institution's program."""

    def __init__(self, address: str, secret: str) -> None:
        self.address, self.secret = address, secret

    def __call__(self, method: str, path: str, body: Any = None, raw: bytes | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self.secret}"}
        data = raw
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        request = urllib.request.Request(f"{self.address}/api/v1{path}", data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from None

    def upload(self, path: Path) -> Any:
        taken = self("POST", f"/uploads?filename={quote(path.name)}", raw=path.read_bytes())
        assert taken["state"] == "taken", taken
        return taken

    def version(self, taken: Any) -> Any:
        return self("GET", f"/versions/{taken['version_id']}")

    def launch(self, version: Any, learner: str, mode: str = "Normal", *, whole: bool = False) -> tuple[str, Any]:
        """Register an outside learner and launch the first unit that can be, or the package as a whole."""
        account = {"homePage": "https://ngoai.example", "name": learner}
        made = self("POST", "/registrations", {"version_id": version["id"], "learner": {"account": account}})
        unit = next(
            one
            for one in version["units"]
            if (one["parent_id"] is None if whole else one["launchable"] and one["parent_id"])
        )
        launched = self("POST", f"/registrations/{made['id']}/launches", {"unit_id": unit["id"], "mode": mode})
        return made["id"], launched
