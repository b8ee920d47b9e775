"""Rerun published tables and closed forms, and put ours beside theirs; a difference is shown, never hidden.

    for check in validate():           # all, or validate("ge-gravity")
        ...                            # check.quantity, check.ours, check.theirs, check.ok

`published` are numbers that others printed or computed; `closed_form` are our own derivations that the solver does
not use. Values are in percent where the quantity says so, otherwise fractions or ratios.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from amur.errors import InputError
from amur.validate.caliendo_parro import caliendo_parro_checks
from amur.validate.checks import Check
from amur.validate.closed_forms import closed_form_checks
from amur.validate.ge_gravity import ge_gravity_checks

__all__ = ["Check", "comparisons", "validate"]

_COMPARISONS: dict[str, Callable[[], Iterable[Check]]] = {
    "caliendo-parro": caliendo_parro_checks,
    "ge-gravity": ge_gravity_checks,
    "closed-forms": closed_form_checks,
}


def validate(*names: str) -> tuple[Check, ...]:
    """Every check, or those of the named comparisons; see `comparisons`."""
    unknown = [name for name in names if name not in _COMPARISONS]
    if unknown:
        raise InputError(f"There is no comparison {unknown[0]!r}. Use one of {', '.join(_COMPARISONS)}.")
    return tuple(check for name in names or _COMPARISONS for check in _COMPARISONS[name]())


def comparisons() -> tuple[str, ...]:
    """Names of the comparisons that `validate` knows."""
    return tuple(_COMPARISONS)
