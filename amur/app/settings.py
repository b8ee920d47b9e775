"""Settings of the app: where it listens, who may ask, and how much one request may cost."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from amur.errors import InputError


@dataclass(frozen=True)
class Settings:
    """All limits in one place.

    `host` is a loopback address unless told; elsewhere a `token` is required, which every request must carry.
    `processes` do the work, which load data ahead of the first reader where they are `warm`; or, where there are
    none, `workers` threads of this one. At most `waiting` more tasks stand in line. A request is given up after
    `seconds`, one of those that may take long after `long_seconds`, and work that does not end `grace_seconds`
    after it was called off ends with its process. A reader is told of progress after `patience` seconds; work for
    which nobody comes back ends after `forsaken_seconds`, and a result with an address of its own is forgotten
    after `named_seconds`.
    A head must be there within `head_seconds`, a body of at most `body_bytes` within `body_seconds`, and an answer
    must be taken within `unread_seconds`. `kept_bytes` of finished answers, as many of those that were given an
    address of their own, and `kept_records` pages with their charts in each process are held in memory.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    token: str | None = None
    processes: int = 0
    warm: bool = True
    workers: int = 2
    waiting: int = 64
    seconds: float = 60.0
    long_seconds: float = 300.0
    grace_seconds: float = 3.0
    patience: float = 2.0
    forsaken_seconds: float = 30.0
    named_seconds: float = 600.0
    head_seconds: float = 10.0
    body_bytes: int = 1_000_000
    body_seconds: float = 10.0
    unread_seconds: float = 30.0
    query_bytes: int = 8_000
    text_characters: int = 100_000
    kept_bytes: int = 64_000_000
    kept_records: int = 96

    def __post_init__(self) -> None:
        if not self.is_local and not self.token:
            raise InputError(
                f"{self.host} can be reached from other machines. Give a token, which every request must then carry, "
                "or listen on 127.0.0.1."
            )

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False
