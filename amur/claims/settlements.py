"""In which currency trade is settled: the one named in the sentence, or the one last spoken of."""

from __future__ import annotations

from amur.claims.scene import Scene
from amur.claims.units import load_units


def find_currency(scene: Scene, remembered: str) -> str:
    """The code of the currency that a sentence names outside its sums; else the remembered one."""
    words = load_units(scene.lang)
    in_sums = {step for q in scene.quantities if q.kind == "money" for step in range(q.first, q.last)}
    for at, token in enumerate(scene.tokens):
        if at in in_sums or token.kind != "w":
            continue
        stem = token.low.removesuffix("en").removesuffix("s") if scene.lang == "sv" else token.low
        for word in (
            token.low,
            stem,
            token.low.removesuffix("n"),
            token.low.removesuffix("s"),
            token.low.removesuffix("arna"),
        ):
            for form, code in words.currencies.get(word, ()):
                if (
                    len(form) == 1
                    and len(code) == 3
                    and word not in ("real", "won", "lei", "lev", "pund", "pounds", "won", "kr", "rand")
                ):
                    return code
    return remembered
