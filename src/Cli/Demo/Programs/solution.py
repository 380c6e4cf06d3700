# Counts the pairs of a sequence that stand in the wrong order, with a sorted list of what came before.
from bisect import bisect_right, insort
import sys

numbers = list(map(int, sys.stdin.read().split()))[1:]
seen, pairs = [], 0
for number in numbers:
    pairs += len(seen) - bisect_right(seen, number)
    insort(seen, number)
print(pairs)
