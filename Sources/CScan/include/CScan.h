// Byte scans that Swift's own vectors do slower: it has no movemask.
//
// Everything is `static inline`, so that the Swift optimizer sees through the call. SSE2 is part of
// every x86-64 and NEON of every AArch64; other machines take the scalar loop, which is also what
// the last bytes of a record take: no function reads a byte at or past `end`.

#ifndef VEDETTE_CSCAN_H
#define VEDETTE_CSCAN_H

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

/// Set in the answer of `cscan_string_stop` if a byte before the stop is not ASCII.
#define CSCAN_NOT_ASCII ((uint64_t)1 << 63)

/// Finds the first quotation mark, backslash or control byte at or after `index`, or `end`.
///
/// The top bit of the answer tells whether a byte that was passed over is not ASCII.
static inline uint64_t cscan_string_stop(const uint8_t *bytes, uint64_t index, uint64_t end) {
  uint64_t flag = 0;
#if defined(__x86_64__)
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i control = _mm_set1_epi8(0x1f);
  while (index + 16 <= end) {
    __m128i block = _mm_loadu_si128((const __m128i *)(bytes + index));
    __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(_mm_min_epu8(block, control), block));
    uint32_t stops = (uint32_t)_mm_movemask_epi8(hit);
    uint32_t high = (uint32_t)_mm_movemask_epi8(block);
    if (stops != 0) {
      uint32_t position = (uint32_t)__builtin_ctz(stops);
      if (high & ((1u << position) - 1)) flag = CSCAN_NOT_ASCII;
      return (index + position) | flag;
    }
    if (high != 0) flag = CSCAN_NOT_ASCII;
    index += 16;
  }
#elif defined(__aarch64__)
  while (index + 16 <= end) {
    uint8x16_t block = vld1q_u8(bytes + index);
    uint8x16_t hit = vorrq_u8(vceqq_u8(block, vdupq_n_u8('"')), vceqq_u8(block, vdupq_n_u8('\\')));
    hit = vorrq_u8(hit, vcltq_u8(block, vdupq_n_u8(0x20)));
    // Four bits a byte: NEON's way to a mask.
    uint64_t stops =
        vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(hit), 4)), 0);
    if (stops != 0) break;  // The scalar loop finds it within sixteen steps.
    if (vmaxvq_u8(block) >= 0x80) flag = CSCAN_NOT_ASCII;
    index += 16;
  }
#endif
  while (index < end) {
    uint8_t byte = bytes[index];
    if (byte == '"' || byte == '\\' || byte < 0x20) break;
    if (byte >= 0x80) flag = CSCAN_NOT_ASCII;
    index += 1;
  }
  return index | flag;
}

/// Whether `count` bytes at both places are the same.
static inline int cscan_equal(const uint8_t *left, const uint8_t *right, uint64_t count) {
  return __builtin_memcmp(left, right, count) == 0;
}

/// Tells the processor that a place in memory will soon be changed; does nothing else.
///
/// The one other thing that Swift has no word for.
static inline void cscan_prefetch(const void *place) { __builtin_prefetch(place, 1); }

#endif
