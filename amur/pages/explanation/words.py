"""Words of the chapter: events and amounts as sentences write them."""

from __future__ import annotations

from collections.abc import Sequence

from amur.changes.events import Event
from amur.changes.explanation import listed
from amur.errors import CodeError, TextError
from amur.figures import Figure
from amur.kit import Sentence, Shown
from amur.text import Text


def size(figure: Figure, text: Text) -> Shown:
    """An amount without its sign, for sentences that say the direction in words."""
    return Shown(figure, text.money(abs(figure.value), figure.currency))


def signed(figure: Figure, text: Text) -> Shown:
    """An amount with its sign."""
    return Shown(figure, text.money(figure.value, figure.currency, sign=True))


def points(figure: Figure, text: Text) -> Shown:
    """A change of a share in percentage points, with its sign."""
    return Shown(figure, text.points(figure.value))


def times(figure: Figure, text: Text) -> Shown:
    """A ratio after over before, with two significant digits: 7.1, 0.41."""
    return Shown(figure, text.number(figure.value, digits=1 if abs(figure.value) >= 1 else 2))


def direction(value: float) -> str:
    """The ending of the catalogue key for what rose or fell."""
    return "rose" if value >= 0 else "fell"


def event_label(event: Event, text: Text) -> str:
    """An event in a few words, for a chart: `EU package 5`, `c. tariffs, Russia` where the day is not sourced."""
    key = f"explain.event.{event.instrument}"
    if event.instrument == "sanctions_package" and event.magnitude is not None:
        label = text(key, number=f"{event.magnitude:.0f}")
    else:
        label = text(key, actor=listed(text, [place(actor, text) for actor in event.actors]))
    return label if event.is_dated else text("explain.event.about", label=label)


def place(code: str, text: Text) -> str:
    """The name of a place; a word that is no code stands as it is."""
    try:
        return text.country(code)
    except (CodeError, TextError):
        return code


def together(sentences: Sequence[Sentence]) -> Sentence:
    """Several sentences as one finding."""
    markup = sentences[0].markup
    for more in sentences[1:]:
        markup = markup + " " + more.markup
    return Sentence(" ".join(item.plain for item in sentences), markup)
