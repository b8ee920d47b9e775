"""Every error that Amur raises.

AmurError
├── InputError               the user can mend it: exit code 2
│   ├── CodeError            an unknown or ambiguous country, bloc, product or sector
│   ├── PeriodError          a period that cannot be read, or that does not fit
│   ├── FigureError          an operation on figures that do not go together
│   ├── TextError            a catalogue entry that is missing or wrongly filled
│   ├── OriginError          a data file without origin, or with another checksum
│   ├── StoreError           a table that is not there
│   ├── FlowsError           a flow table that breaks its contract
│   ├── FactsError           a fact table that breaks its contract
│   ├── MeasureError         a measure that is unknown or asked for wrongly
│   │   └── NoDataError      the question is right, the data to answer it are missing
│   ├── EconomyError         a baseline that does not balance, or cannot be read
│   ├── ScenarioError        a scenario file that cannot be understood
│   ├── NoEquilibriumError   the model has no solution under this shock and closure
│   ├── PolicyError          a design problem that has no feasible answer
│   ├── ClaimsError          a text that cannot be checked
│   └── OutputError          a page or table that cannot be written
├── NotConvergedError        the solver stopped short of its tolerance: exit code 3
└── StoppedError             work that nobody waits for any more
"""

from __future__ import annotations


class AmurError(Exception):
    """Base of every error raised on purpose; `exit_code` is what the command line returns."""

    exit_code = 1


class InputError(AmurError):
    """Something the user gave cannot be used; the message says what, which value and the remedy."""

    exit_code = 2


class CodeError(InputError):
    """A name or code that is unknown or ambiguous."""


class PeriodError(InputError):
    """A period that cannot be read, or an operation that it does not allow."""


class FigureError(InputError):
    """Figures that cannot be combined: other unit, currency or period."""


class TextError(InputError):
    """A catalogue entry that is missing, or a sentence that does not use what it was given."""


class OriginError(InputError):
    """A data file whose provenance is missing or does not match."""


class StoreError(InputError):
    """A table that the store does not hold or cannot open."""


class FlowsError(InputError):
    """Rows that break the contract of the flows table."""


class FactsError(InputError):
    """Rows that break the contract of the facts table."""


class MeasureError(InputError):
    """A measure that is unknown, or asked for with arguments that it does not take."""


class NoDataError(MeasureError):
    """The data that would answer the question are missing, or are refused with a reason."""


class EconomyError(InputError):
    """A baseline economy that does not balance or cannot be read."""


class ScenarioError(InputError):
    """A scenario that cannot be understood; the message points at line and field."""


class NoEquilibriumError(InputError):
    """No equilibrium exists under the scenario and closure that were asked for."""


class PolicyError(InputError):
    """A policy-design problem without a feasible answer."""


class ClaimsError(InputError):
    """A text that cannot be read for claims."""


class OutputError(InputError):
    """A file that could not be written."""


class NotConvergedError(AmurError):
    """The solver stopped before it reached its tolerance."""

    exit_code = 3


class StoppedError(AmurError):
    """Work that was broken off because nobody waits for it any more."""
