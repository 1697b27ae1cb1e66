"""What every answer tells a browser not to do."""

_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
)
"""Nothing within a page is code or style, nothing comes from elsewhere, and no text becomes a part of the page."""

SAFETY: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", "; ".join(_POLICY).encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # Nobody else is told. With "no-referrer" a browser would not tell us either that the form of a login is our own.
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)
NOT_KEPT = (b"cache-control", b"no-store")
"""For an answer that says nothing else of it."""


def with_safety(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return an answer's headers, names in small letters, with those that every answer has."""
    kept = any(name == NOT_KEPT[0] for name, _ in headers)
    return [*headers, *SAFETY, *(() if kept else (NOT_KEPT,))]
