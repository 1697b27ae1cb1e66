"""What a check finds."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "warning", "failed"]


@dataclass(frozen=True)
class Check:
    """A row of `edge-caption doctor`.

    Attributes:
        check: What was looked at.
        status: `ok`; `warning` for what captions can do without; `failed` for what they cannot.
        found: What is there.
        remedy: What to do about it; empty where it is ok.
    """

    check: str
    status: Status
    found: str
    remedy: str = ""
