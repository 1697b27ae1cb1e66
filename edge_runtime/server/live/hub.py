"""Server-sent events for everyone who listens: made once, kept for those who come back, bounded for those who are slow."""

import asyncio
import json
import secrets
from collections import deque
from typing import Any

MOST_KEPT = 256
"""Events that one who comes back is told."""
MOST_WAITING = 256
"""Events that wait for a client."""
WORDS = "words"
"""What is of no use a moment later: left out first, and not kept."""


class Client:
    """One who listens."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[str, bytes]] = deque()
        self._changed = asyncio.Event()
        self._closed = False

    def give(self, kind: str, message: bytes) -> None:
        """Have it wait. Where too much does, the oldest words are left out; where there are none, it is to ask for all anew."""
        if len(self._waiting) >= MOST_WAITING:
            words = next((place for place, (waiting, _) in enumerate(self._waiting) if waiting == WORDS), None)
            if words is not None:
                del self._waiting[words]
            elif kind == WORDS:
                return
            else:
                self._waiting.clear()
                self._waiting.append(("resync", event_text("resync", {})))
        self._waiting.append((kind, message))
        self._changed.set()

    def close(self) -> None:
        """Nothing more will come."""
        self._closed = True
        self._changed.set()

    async def next(self) -> bytes:
        """Wait, and return all that waits; empty at the end."""
        while not self._waiting and not self._closed:
            self._changed.clear()
            await self._changed.wait()
        found = b"".join(message for _, message in self._waiting)
        self._waiting.clear()
        return found


class Hub:
    """Hands events to clients. Everything is called in the loop's thread.

    Args:
        most: Clients at a time.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._clients: set[Client] = set()
        self._epoch = secrets.token_hex(4)
        self._number = 0
        self._kept: deque[tuple[int, str, bytes]] = deque(maxlen=MOST_KEPT)
        self._closed = False

    def __len__(self) -> int:
        return len(self._clients)

    @property
    def position(self) -> str:
        """Return the id of the newest event that is kept."""
        return f"{self._epoch}-{self._number}"

    def tell(self, kind: str, data: dict[str, Any], keep: bool = False) -> None:
        """Tell everyone.

        Args:
            kind: Name of the event.
            data: For JSON.
            keep: Whether those who were away for a moment are told, too.
        """
        if keep:
            self._number += 1
        elif not self._clients:
            return
        message = event_text(kind, data, self.position if keep else None)
        if keep:
            self._kept.append((self._number, kind, message))
        for client in self._clients:
            client.give(kind, message)

    def join(self, after: str | None) -> tuple[Client, bool] | None:
        """Begin to listen.

        Args:
            after: The last id that was heard; None of one who is new.

        Returns:
            The client, and whether it is told all that it missed; None where there are too many.
        """
        if len(self._clients) >= self._most or self._closed:
            return None
        client = Client()
        missed = self._missed(after)
        for _, kind, message in missed or ():
            client.give(kind, message)
        self._clients.add(client)
        return client, missed is not None

    def leave(self, client: Client) -> None:
        """Listen no more."""
        self._clients.discard(client)

    def close(self) -> None:
        """End for everyone."""
        self._closed = True
        for client in self._clients:
            client.close()

    def _missed(self, after: str | None) -> list[tuple[int, str, bytes]] | None:
        """Return what came after an event; None where that is not known any more, or never was."""
        epoch, _, number = (after or "").partition("-")
        if epoch != self._epoch or not number.isdigit() or len(number) > 18 or int(number) > self._number:
            return None
        missed = [kept for kept in self._kept if kept[0] > int(number)]
        return missed if len(missed) == self._number - int(number) else None


def event_text(kind: str, data: dict[str, Any], position: str | None = None) -> bytes:
    """Return an event as it is sent; JSON in ASCII holds no line's end."""
    told = f"id: {position}\n" if position else ""
    return f"{told}event: {kind}\ndata: {json.dumps(data)}\n\n".encode("ascii")
