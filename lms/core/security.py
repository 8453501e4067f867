"""Response headers that keep the browser on our side: CSP with nonces, no sniffing, no framing, HSTS outside demo."""

import secrets

from flask import Flask, Response, g, request

_CSP = (
    "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; {sources}manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def nonce() -> str:
    """Return this request's script nonce."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def policy(sources: str = "connect-src 'self'; ") -> str:
    """Return the Content-Security-Policy of a page.

    :param sources: directives for what it connects to, and what it frames if it does
    """
    return _CSP.format(nonce=nonce(), sources=sources)


def init_app(app: Flask, *, demo: bool) -> None:
    """Set the headers on every answer; a view may set a stricter Content-Security-Policy of its own."""

    @app.after_request
    def headers(response: Response) -> Response:
        set_default = response.headers.setdefault
        if response.mimetype == "text/html":
            set_default("Content-Security-Policy", policy())
            set_default("Cache-Control", "private, no-cache" if request.method == "GET" else "no-store")
        set_default("X-Content-Type-Options", "nosniff")
        set_default("Referrer-Policy", "same-origin")
        set_default("X-Frame-Options", "DENY")
        set_default("Cross-Origin-Opener-Policy", "same-origin")
        set_default("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if not demo:
            set_default("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        return response
