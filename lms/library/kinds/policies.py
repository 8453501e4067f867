"""Content-Security-Policies: what content and players may do. ``{application}`` and ``{services}`` are filled in."""

CONTENT = (
    "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; img-src 'self' data: blob: https:; "
    "media-src 'self' data: blob: https:; font-src 'self' data: https:; style-src 'self' 'unsafe-inline' https:; "
    "frame-src 'self' https: blob: data:; connect-src 'self' data: blob: {services}; "
    "worker-src 'self' blob:; object-src 'none'; form-action 'self'; base-uri 'self'; "
    "frame-ancestors 'self' {application}"
)
"""Files of packages that run programs of their own."""
PLAYER = (
    "default-src 'none'; script-src 'self' blob: 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; "
    "connect-src 'self' blob: {services}; worker-src 'self' blob:; frame-src 'self' https:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors {application}"
)
"""Player pages of ours."""
PLAYER_OF_PROGRAMS = PLAYER.replace(
    "script-src 'self' blob: 'wasm-unsafe-eval'", "script-src 'self' blob: data: 'unsafe-inline' 'unsafe-eval'"
).replace("media-src 'self' blob:", "media-src 'self' blob: https:")
"""Player pages in which the programs of a package run."""
INERT = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox; frame-ancestors {application}"
"""Files that are only looked at: no script runs in them."""
SANDBOX = "allow-scripts allow-forms allow-popups allow-modals allow-downloads allow-presentation"
"""What content may do in its frame; ``allow-same-origin`` besides where it has an origin of its own."""
