"""Settings of the app: where it listens, who may ask, and how much one request may cost."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from amur.errors import InputError


@dataclass(frozen=True)
class Settings:
    """All limits in one place.

    `host` is a loopback address unless told; elsewhere a `token` is required, which every request must carry.
    `workers` threads do the work and at most `waiting` more tasks stand in line; a request is given up after
    `seconds`. A body may have `body_bytes` and must be there within `body_seconds`. `kept_bytes` of finished
    answers and `kept_records` pages with their charts are held in memory.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    token: str | None = None
    workers: int = 2
    waiting: int = 64
    seconds: float = 60.0
    body_bytes: int = 1_000_000
    body_seconds: float = 10.0
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
