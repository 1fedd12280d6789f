"""Words in the C of kernels: loads of either order of octets, whatever the machine's own is."""

from __future__ import annotations

LOADS = """\
#if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LOADS(bits) \\
    static inline uint##bits##_t least_first_##bits(const uint8_t *p) \\
    { \\
        uint##bits##_t word; \\
        memcpy(&word, p, sizeof word); \\
        return word; \\
    } \\
    static inline uint##bits##_t most_first_##bits(const uint8_t *p) \\
    { \\
        return __builtin_bswap##bits(least_first_##bits(p)); \\
    }
#else
#define LOADS(bits) \\
    static inline uint##bits##_t least_first_##bits(const uint8_t *p) \\
    { \\
        uint64_t word = 0; \\
        for (int i = bits / 8; i-- > 0;) { \\
            word = word << 8 | p[i]; \\
        } \\
        return (uint##bits##_t)word; \\
    } \\
    static inline uint##bits##_t most_first_##bits(const uint8_t *p) \\
    { \\
        uint64_t word = 0; \\
        for (int i = 0; i < bits / 8; i++) { \\
            word = word << 8 | p[i]; \\
        } \\
        return (uint##bits##_t)word; \\
    }
#endif

LOADS(16)
LOADS(32)
LOADS(64)
"""
"""C's functions ``least_first_32`` and so on: the word that begins at an address."""


def word_of(at: str, octets: int, big: bool) -> str:
    """The octets at a place as one number of 32 or 64 bits."""
    if octets in (2, 4, 8):
        return f"{'most' if big else 'least'}_first_{8 * octets}({at})"
    if octets == 1:
        return f"{at}[0]"
    kind = "uint32_t" if octets <= 4 else "uint64_t"
    parts = []
    for place in range(octets):
        shift = 8 * (octets - 1 - place if big else place)
        parts.append(f"({kind}){at}[{place}]" + (f" << {shift}" if shift else ""))
    return f"({' | '.join(parts)})"
