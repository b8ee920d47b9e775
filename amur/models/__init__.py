"""The models: equations only, one file a model, each with its symbols on top."""

from __future__ import annotations
