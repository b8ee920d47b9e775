"""Widths of chart lettering, so that labels can be wrapped and kept apart before anything is drawn.

The widths are those of Liberation Sans (SIL Open Font Licence), which the renderer carries and which
matches Arial and Helvetica glyph by glyph, in thousandths of the type size.
"""

from __future__ import annotations

from collections.abc import Sequence

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"

_REGULAR_GROUPS: dict[int, str] = {
    191: "'",
    222: "ijl’‘",
    260: "|",
    278: " !,./:;I[\\]ft\u00a0·",
    333: "()-`r”“²{}",
    355: '"',
    389: "*",
    500: "Jcksvxyzç",
    556: "#$0123456789?L_abdeghnopquåäöéèüñ–€£",
    584: "+<=>~−×±",
    611: "FTZ",
    667: "&ABEKPSVXYÅÄ",
    722: "CDHNRUw",
    778: "GOQÖ",
    833: "Mm",
    889: "%",
    944: "W",
    1000: "—…@",
}
_REGULAR = {letter: width for width, letters in _REGULAR_GROUPS.items() for letter in letters}
_USUAL = 600
_BOLD = 1.07


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of a line in pixels at type size `size`; letters unknown to the table count as wide ones."""
    thousandths = sum(_REGULAR.get(letter, _USUAL) for letter in text)
    return thousandths * size / 1000 * (_BOLD if bold else 1)


def wrap(text: str, width: float, size: float) -> list[str]:
    """Lines no wider than `width` pixels, broken at ordinary spaces; a longer word stands alone."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def keep_apart(positions: Sequence[float], gap: float) -> list[float]:
    """The positions moved as little as needed to lie `gap` apart, in their order.

    Neighbours that collide share the shift: a cluster is centred on the mean of its members. This
    is isotonic regression by pooling, so the sum of squared moves is the least possible.
    """
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    blocks: list[tuple[float, list[int]]] = []
    for rank, index in enumerate(order):
        block = (positions[index] - rank * gap, [index])
        while blocks and blocks[-1][0] > block[0]:
            mean, members = blocks.pop()
            size = len(members) + len(block[1])
            block = ((mean * len(members) + block[0] * len(block[1])) / size, members + block[1])
        blocks.append(block)
    moved = [0.0] * len(positions)
    rank = 0
    for mean, members in blocks:
        for index in members:
            moved[index] = mean + rank * gap
            rank += 1
    return moved
