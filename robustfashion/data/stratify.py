"""Products divided so that every label is divided: iterative stratification, after Sechidis, Tsoumakas and Vlahavas (2011).

"On the Stratification of Multi-Label Data", ECML PKDD 2011: the label that the fewest products left have is served first, for
nothing can make up for it later. Three things differ from the paper. Each label has quotas in whole numbers, at least one product
for each part. A product has a part of its own by a hash of its name, which it gets as long as none of its labels has filled its
quota there, else the part where all its labels together are most lacking: so a product more or less moves few others. And at the
end products are moved as long as that lowers the chi-square distance to an even division, summed over all labels.

Labels that share no product, directly or by way of others, do not know of each other.
"""

import hashlib
import heapq
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate

_ROUNDS = 5
"""Passes over all products that even out, at most; two are usual."""

_DEPTH, _TRIES = 2, 30
"""How many products may follow each other to fill a gap, and how many are tried for each."""

NO_LABEL = ""
"""Stands for the label of products that have none that could be divided."""


def stratify(labels: Mapping[str, Collection[str]], shares: Sequence[float], seed: int) -> dict[str, int]:
    """Divide products into parts, every label as evenly as it can be.

    A label of at least as many products as there are parts gets one in each, wherever moving a few products can do it. Rarer ones
    are not looked at; products that have no others are divided among themselves.

    Args:
        labels: of each product, not empty text; their order and that of the products do not matter.
        shares: of the parts, none negative, with sum 1; what rounding leaves goes to the largest.
        seed: another one divides otherwise.

    Returns:
        Number of the part of each product.
    """
    digests = {name: hashlib.sha256(f"{seed}\0{name}".encode()).digest() for name in labels}
    order = sorted(labels, key=lambda name: (digests[name][8:], name))
    strata = _Strata({name: labels[name] for name in order}, shares)
    bounds = [bound * 2.0**64 for bound in accumulate(shares)]
    for label in strata.rarest_first():
        for name in strata.members[label]:
            if name not in strata.place:
                drawn = int.from_bytes(digests[name][:8])
                wanted = next((part for part, bound in enumerate(bounds) if drawn < bound), 0)
                strata.put(name, wanted if strata.has_room(name, wanted) else strata.most_lacking(name, label))
    strata.fill_gaps()
    strata.even_out()
    strata.fill_gaps()
    return strata.place


class _Strata:
    """Labels, what each part should have of them, and what it has.

    Args:
        labels: of each product, in the order in which products are served.
        shares: of the parts.
    """

    def __init__(self, labels: Mapping[str, Collection[str]], shares: Sequence[float]) -> None:
        members: dict[str, list[str]] = defaultdict(list)
        for name, own in labels.items():
            for label in own:
                members[label].append(name)
        self.used = [part for part, share in enumerate(shares) if share > 0]
        divisible = {label for label, found in members.items() if len(found) >= len(self.used)}
        self.labels = {name: sorted(divisible.intersection(own)) or [NO_LABEL] for name, own in labels.items()}
        self.members = {label: members[label] for label in divisible}
        bare = [name for name, own in self.labels.items() if own == [NO_LABEL]]
        self.members |= {NO_LABEL: bare} if bare else {}
        self.quotas = {label: _quotas(len(found), shares) for label, found in self.members.items()}
        """Products of a label that each part should have, in whole numbers: the rule while products are served."""
        self.targets = {label: [len(found) * share for share in shares] for label, found in self.members.items()}
        """The same before rounding: what evenness is measured by."""
        self.held = {label: [0] * len(shares) for label in self.members}
        """Products of a label that each part has."""
        self.left = {label: len(found) for label, found in self.members.items()}
        """Products of a label without a part."""
        self.place: dict[str, int] = {}

    def rarest_first(self) -> Iterator[str]:
        """The label of which the fewest products are left, as long as there are some; who asks for the next has put them."""
        waiting = [(len(found), label) for label, found in self.members.items()]
        heapq.heapify(waiting)
        while waiting:
            count, label = heapq.heappop(waiting)
            if self.left[label] == count:
                yield label
                for touched in sorted({other for name in self.members[label] for other in self.labels[name]}):
                    if self.left[touched]:
                        heapq.heappush(waiting, (self.left[touched], touched))

    def put(self, name: str, part: int) -> None:
        """Give a product to a part."""
        self.place[name] = part
        for label in self.labels[name]:
            self.held[label][part] += 1
            self.left[label] -= 1

    def has_room(self, name: str, part: int) -> bool:
        """Whether no label of a product has filled its quota in a part."""
        return all(self.held[label][part] < self.quotas[label][part] for label in self.labels[name])

    def most_lacking(self, name: str, label: str) -> int:
        """Of the parts that lack products of one label, that which lacks a product's labels most."""
        open_parts = [part for part in self.used if self.held[label][part] < self.quotas[label][part]]
        return max(open_parts, key=lambda part: self._gain(name, part))

    def _gain(self, name: str, part: int) -> float:
        """Half of what the chi-square distance to the targets falls by when a product comes to a part."""
        return sum(1 - (self.held[label][part] + 0.5) / self.targets[label][part] for label in self.labels[name])

    def fill_gaps(self) -> None:
        """Where a label is absent from a part, bring it one of its products, and others in its place where that leaves a gap."""
        gaps = [
            (label, part)
            for label in sorted(self.members, key=lambda label: (len(self.members[label]), label))
            for part in self.used
            if len(self.members[label]) >= len(self.used) and not self.held[label][part]
        ]
        left = [gap for gap in gaps if not self._bring(*gap, frozenset(), _DEPTH)]
        if left and len(left) < len(gaps):  # what was moved may have made room
            self.fill_gaps()

    def _bring(self, label: str, part: int, fixed: frozenset[str], depth: int) -> list[tuple[str, int]] | None:
        """Bring a part one product of a label so that no other label becomes absent anywhere.

        Args:
            label: absent from the part.
            part: where a product of it shall go.
            fixed: products that stay where they are.
            depth: how often a product that leaves a gap may be made up for by others.

        Returns:
            The products that were moved, and where they were; None: nothing has changed.
        """
        free = [name for name in self.members[label] if name not in fixed and self.place[name] != part]
        for name in sorted(free, key=lambda name: (len(self._last_ones(name)), self._loss(name) - self._gain(name, part)))[
            :_TRIES
        ]:
            lost = self._last_ones(name)
            if label in lost or (lost and not depth):
                continue
            moves = [(name, here := self.place[name])]
            self._move(name, part)
            for other in lost:
                more = (
                    [] if self.held[other][here] else self._bring(other, here, fixed | {moved for moved, _ in moves}, depth - 1)
                )
                if more is None:
                    break
                moves += more
            else:
                return moves
            for moved, before in reversed(moves):
                self._move(moved, before)
        return None

    def _last_ones(self, name: str) -> list[str]:
        """Labels that only this product brings to its part."""
        return [label for label in self.labels[name] if self.held[label][self.place[name]] == 1]

    def even_out(self) -> None:
        """Move products out of parts with too many of a label where that brings their labels nearer to an even division.

        Who is served last has paid for the quotas of all others until now; the chi-square distance is least where all bear it.
        """
        for _ in range(_ROUNDS):
            before = dict(self.place)
            for name, here in before.items():
                if any(self.held[label][here] > self.targets[label][here] for label in self.labels[name]):
                    best = max((part for part in self.used if part != here), key=lambda part: self._gain(name, part))
                    if self._gain(name, best) > self._loss(name) + 1e-9 and self._may_leave(name):
                        self._move(name, best)
            if before == self.place:
                break

    def _may_leave(self, name: str) -> bool:
        return all(self.held[label][self.place[name]] > 1 for label in self.labels[name])

    def _loss(self, name: str) -> float:
        """Half of what the chi-square distance grows by when a product leaves its part."""
        part = self.place[name]
        return sum(1 - (self.held[label][part] - 0.5) / self.targets[label][part] for label in self.labels[name])

    def _move(self, name: str, part: int) -> None:
        for label in self.labels[name]:
            self.held[label][self.place[name]] -= 1
            self.left[label] += 1
        self.put(name, part)


def _quotas(products: int, shares: Sequence[float]) -> list[int]:
    """Products of a label for each part: rounded half up, the rest for the largest, and one at least where there are enough."""
    counts = [int(products * share + 0.5) for share in shares]
    if products >= sum(share > 0 for share in shares):
        counts = [max(count, 1) if share > 0 else 0 for count, share in zip(counts, shares, strict=True)]
    largest = shares.index(max(shares))
    counts[largest] += products - sum(counts)
    return counts
