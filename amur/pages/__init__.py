"""Pages made of the kit: one self-contained file for each kind of result."""

from __future__ import annotations
