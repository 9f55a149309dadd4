"""Sets of numbers as IMAP writes them (RFC 9051, 9: sequence-set)."""


def numbers(text):
    """`3:5,9` in the order in which it stands."""
    found = []
    for part in bytes(text).split(b","):
        first, _, last = part.partition(b":")
        first, last = int(first), int(last or first)
        found += range(first, last + 1) if first <= last else range(first, last - 1, -1)
    return found


def printed(values):
    """The shortest way to write ascending numbers."""
    ranges = []
    for value in sorted(values):
        if ranges and value == ranges[-1][1] + 1:
            ranges[-1][1] = value
        else:
            ranges.append([value, value])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in ranges)
