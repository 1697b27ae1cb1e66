"""Files of a page, read once: nothing else can be asked for."""

import hashlib
from dataclasses import dataclass
from importlib import resources

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_KINDS = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class PageFile:
    """A file of a page.

    Attributes:
        content: Its bytes.
        kind: Its media type.
        tag: Of these bytes, so that a browser need not take them again.
    """

    content: bytes
    kind: str
    tag: str

    def route(self, path: str) -> Route:
        """Return the route that answers with it.

        Args:
            path: Where.
        """

        async def answer(request: Request) -> Response:
            headers = {"etag": self.tag, "cache-control": "no-cache"}
            if request.headers.get("if-none-match") == self.tag:
                return Response(status_code=304, headers=headers)
            return Response(self.content, media_type=self.kind, headers=headers)

        return Route(path, answer)


def page_files(package: str, folder: str) -> dict[str, PageFile]:
    """Return a page's files by their names.

    Args:
        package: That holds the folder.
        folder: Its name.
    """
    found = {}
    for file in sorted(resources.files(package).joinpath(folder).iterdir(), key=lambda file: file.name):
        kind = _KINDS.get(f".{file.name.rpartition('.')[2]}")
        if kind is not None:
            content = file.read_bytes()
            found[file.name] = PageFile(content, kind, f'"{hashlib.sha256(content).hexdigest()[:20]}"')
    return found
