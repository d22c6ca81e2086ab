"""Finds texts that may be copies: MinHash of character n-grams, cut into bands.

Two texts share a band with probability 1-(1-J^5)^24, J being the overlap of their n-grams:
0.99 at J=0.7, 0.53 at 0.5. Sharing one only makes a candidate: notices written after one
template overlap up to 0.88 and are different documents (see `pipelines.matching.agreement`).
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from hashlib import blake2b

from rensa import RMinHash

from texts.normal_forms import normal_text

SHINGLE = 4
BANDS = 24
ROWS = 5
SEED = 20210205
# Shorter texts say too little to be recognised by.
MIN_CHARACTERS = 120
MAX_CHARACTERS = 20_000
# 48 bits, so that SQLite keeps a hash in six bytes.
HASH_BYTES = 6
_NOT_ALNUM = re.compile(r"[\W_]+")
ALGORITHM = f"rensa{RMinHash.ALGORITHM_VERSION}-{SHINGLE}-{BANDS}x{ROWS}"


def bands_of(text: str) -> tuple[int, ...]:
    """The hashes of the bands of a text; none for a text too short to compare. Pure."""
    bare = bare_text(text[: 4 * MAX_CHARACTERS])[:MAX_CHARACTERS]
    if len(bare) < MIN_CHARACTERS:
        return ()
    return cut(minhash_of({bare[at : at + SHINGLE] for at in range(len(bare) - SHINGLE + 1)}))


def minhash_of(shingles: Iterable[str]) -> list[int]:
    """The MinHash; that of two sets together is the smaller value at each place."""
    minhash = RMinHash(num_perm=BANDS * ROWS, seed=SEED)
    minhash.update(list(shingles))
    return list(minhash.digest())


def cut(minhash: list[int]) -> tuple[int, ...]:
    """The hashes of the bands of a MinHash."""
    return tuple(
        _hash(number, minhash[number * ROWS : (number + 1) * ROWS]) for number in range(BANDS)
    )


def bare_text(text: str) -> str:
    """Letters, digits and characters only: what differs in punctuation is not different."""
    return _NOT_ALNUM.sub("", normal_text(text).casefold())


def _hash(number: int, values: list[int]) -> int:
    packed = bytes([number]) + array("Q", values).tobytes()
    # Six unsigned bytes minus half their span: SQLite stores signed integers.
    return int.from_bytes(blake2b(packed, digest_size=HASH_BYTES).digest(), "big") - (
        1 << (8 * HASH_BYTES - 1)
    )
