"""How far one text is from another."""


def distance(one: str, other: str) -> int:
    """Return how many characters have to be changed (Levenshtein 1966)."""
    before = list(range(len(other) + 1))
    for row, left in enumerate(one, 1):
        now = [row]
        for column, right in enumerate(other, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (left != right)))
        before = now
    return before[-1]
