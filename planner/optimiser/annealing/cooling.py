"""How an annealing walk cools: geometric, after Bellio et al., "Feature-based tuning of simulated annealing
applied to the curriculum-based course timetabling problem" (2016).
"""

from dataclasses import dataclass

from planner.optimiser.tables import Tables


@dataclass(frozen=True, slots=True)
class Cooling:
    """Temperatures and the price of a clash, in units of cost."""

    hot: float = 10.0
    cold: float = 0.12
    clash: float = 40.0
    """Two sessions that may not share a slot may do so on the way, at this price."""
    haste: float = 0.6
    """Below 1 the hot part, where most moves are accepted and little is learnt, takes less of the run."""

    def at(self, share: float) -> float:
        """Temperature after this share (0-1) of the run."""
        done: float = min(1.0, max(0.0, share)) ** self.haste
        temperature: float = self.hot * (self.cold / self.hot) ** done
        return temperature

    @classmethod
    def for_weights(cls, tables: Tables) -> "Cooling":
        """From twice the dearest single count to an eighth of the cheapest: weights x 10 give the same walk."""
        problem = tables.problem
        weights = problem.weights
        prices = (
            *(weights.preferred, weights.spread, weights.slot_change, weights.room_change),
            *(weights.room_stability, weights.over_capacity or 0),
            *(pattern.weight for pattern in problem.patterns),
        )
        charged = [price for price in prices if price > 0] or [1]
        dearest = max(charged)
        return cls(hot=2.0 * dearest, cold=0.12 * min(charged), clash=8.0 * dearest)
