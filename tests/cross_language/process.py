"""Increments a key COUNT times. Arguments: HOME KEY COUNT."""

import sys

import clawpowers

home, key, count = sys.argv[1:]
with clawpowers.open(home) as rt:
    for _ in range(int(count)):
        rt.store.incr(key)
