"""What matters to whoever asks: three presets, and the weights behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from planner.models import Proposal
from planner.optimiser.problem import PatternKind, Weights


@dataclass(frozen=True)
class Preset:
    weights: Weights
    outings: int
    """Per slot of a day in which a unit must be brought anywhere."""
    isolated: int
    """Per slot in which a unit is brought with nothing before or after."""
    gaps: int
    """Per slot that a facilitator waits between two sessions of a day."""

    def patterns_of_units(self) -> dict[PatternKind, int]:
        return {PatternKind.OUTINGS: self.outings, PatternKind.ISOLATED: self.isolated}


PRESETS: dict[str, Preset] = {
    Proposal.Preset.CALM: Preset(
        Weights(preferred=3, spread=3, slot_change=8, room_change=3, room_stability=2, fairness=1),
        outings=0,
        isolated=1,
        gaps=1,
    ),
    Proposal.Preset.SPREAD: Preset(
        Weights(preferred=1, spread=12, slot_change=3, room_change=1, room_stability=1, fairness=3),
        outings=0,
        isolated=0,
        gaps=1,
    ),
    Proposal.Preset.MOVEMENTS: Preset(
        Weights(preferred=1, spread=2, slot_change=3, room_change=1, room_stability=1, fairness=1),
        outings=4,
        isolated=2,
        gaps=1,
    ),
}

OF_PATTERNS = ("outings", "isolated", "gaps")
RULES = ("preferred", "spread", "slot_change", "room_change", "room_stability", "fairness", *OF_PATTERNS)
"""Every soft rule that has a weight."""


def preset_of(code: str, changes: Mapping[str, int]) -> Preset:
    """The preset with the weights that somebody set otherwise."""
    preset = PRESETS.get(code, PRESETS[Proposal.Preset.CALM])
    own = {name: int(value) for name, value in changes.items() if name in RULES}
    weights = {name: value for name, value in own.items() if name not in OF_PATTERNS}
    patterns = {name: value for name, value in own.items() if name in OF_PATTERNS}
    return replace(preset, weights=replace(preset.weights, **weights), **patterns)


def weights_of(code: str, changes: Mapping[str, int]) -> dict[str, int]:
    """Rule -> weight, as a form shows it."""
    preset = preset_of(code, changes)
    return {name: getattr(preset if name in OF_PATTERNS else preset.weights, name) for name in RULES}
