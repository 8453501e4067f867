"""Media types of the files in packages, by their ends; what is unknown is only ever downloaded."""

from pathlib import PurePosixPath

UNKNOWN = "application/octet-stream"
_TYPES = {
    "css": "text/css",
    "csv": "text/csv",
    "eot": "application/vnd.ms-fontobject",
    "gif": "image/gif",
    "htm": "text/html",
    "html": "text/html",
    "ico": "image/x-icon",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "text/javascript",
    "json": "application/json",
    "m4a": "audio/mp4",
    "m4v": "video/mp4",
    "md": "text/plain",
    "mjs": "text/javascript",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "ogv": "video/ogg",
    "otf": "font/otf",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "swf": "application/x-shockwave-flash",
    "ttf": "font/ttf",
    "txt": "text/plain",
    "vtt": "text/vtt; charset=utf-8",
    "wasm": "application/wasm",
    "wav": "audio/wav",
    "weba": "audio/webm",
    "webm": "video/webm",
    "webp": "image/webp",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "xhtml": "application/xhtml+xml",
    "xml": "text/xml",
    "xsd": "text/xml",
    "xsl": "text/xml",
}


def media_type(path: str) -> str:
    """Return the media type by which a file is sent.

    >>> media_type("scripts/Player.JS")
    'text/javascript'
    """
    return _TYPES.get(PurePosixPath(path).suffix.removeprefix(".").lower(), UNKNOWN)
