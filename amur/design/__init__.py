"""Design: the tariffs, export taxes and bans that hurt a target most for what they cost, found by gradient.

study = design_policy("design.yaml")
found = design(Problem(levers, coalition, target), "most_harm", 0.001)
game = nash((Player("A", ("A",), tariffs_of_a), Player("B", ("B",), tariffs_of_b)))
"""

from __future__ import annotations

from amur.design.file import DesignFile, LeverGroup, load_design, pair_design
from amur.design.games import Game, Player, World, best_response, nash
from amur.design.levers import FULLEST_BAN, KINDS, Kind, Lever, Levers, make_levers
from amur.design.optimise import Design, climb, design
from amur.design.printed import design_notes
from amur.design.problem import Evaluator, Goal, Problem
from amur.design.study import Coordination, Leak, Retaliation, Study, design_policy, leakage

__all__ = [
    "FULLEST_BAN",
    "KINDS",
    "Coordination",
    "Design",
    "DesignFile",
    "Evaluator",
    "Game",
    "Goal",
    "Kind",
    "Leak",
    "Lever",
    "LeverGroup",
    "Levers",
    "Player",
    "Problem",
    "Retaliation",
    "Study",
    "World",
    "best_response",
    "climb",
    "design",
    "design_notes",
    "design_policy",
    "leakage",
    "load_design",
    "make_levers",
    "nash",
    "pair_design",
]
