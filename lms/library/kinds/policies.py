"""Content-Security-Policies: what content and players may do. Names in braces are filled in.

``{application}`` shows it, ``{services}`` take what it reports, ``{hosts}`` are those outside that staff allowed for
the package, ``{units}`` those on which its own units are, by its manifest. Nothing else is asked for anything: an
address with its token could leave with any picture.
"""

CONTENT = (
    "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval' {hosts}; img-src 'self' data: blob: {hosts}; "
    "media-src 'self' data: blob: {hosts}; font-src 'self' data: {hosts}; style-src 'self' 'unsafe-inline' {hosts}; "
    "frame-src 'self' blob: data: {hosts} {units}; connect-src 'self' data: blob: {services} {hosts}; "
    "worker-src 'self' blob:; object-src 'none'; form-action 'self'; base-uri 'self'; "
    "frame-ancestors 'self' {application}"
)
"""Files of packages that run programs of their own."""
PLAYER = (
    "default-src 'none'; script-src 'self' blob: 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; "
    "connect-src 'self' blob: {services}; worker-src 'self' blob:; frame-src 'self' {units}; form-action 'none'; "
    "base-uri 'none'; frame-ancestors {application}"
)
"""Player pages of ours."""
PLAYER_OF_PROGRAMS = (
    "default-src 'none'; script-src 'self' blob: data: 'unsafe-inline' 'unsafe-eval' {hosts}; "
    "style-src 'self' 'unsafe-inline' {hosts}; img-src 'self' data: blob: {hosts}; media-src 'self' blob: {hosts}; "
    "font-src 'self' data: {hosts}; connect-src 'self' blob: {services} {hosts}; worker-src 'self' blob:; "
    "frame-src 'self' {units} {hosts}; form-action 'none'; base-uri 'none'; frame-ancestors {application}"
)
"""Player pages in which the programs of a package run."""
INERT = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox; frame-ancestors {application}"
"""Files that are only looked at: no script runs in them."""
SANDBOX = (
    "allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox allow-modals allow-downloads "
    "allow-presentation"
)
"""What content may do in its frame; ``allow-same-origin`` besides where it has an origin of its own.

What it opens is a window like any other: sites that isolate themselves answer no window in a sandbox.
"""
