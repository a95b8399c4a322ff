// The loops that the scorers are measured against: the same work on the same data, written in C and
// compiled for the machine at hand.

#include <math.h>
#include <stdint.h>

typedef struct {
  float threshold;
  int32_t feature;
} node;

/// Adds the path lengths of rows in the trees of a forest; eight rows side by side.
void floor_forest(const node *nodes, const float *leaves, int64_t trees, int64_t depth,
                  const float *rows, int64_t count, int64_t width, float *sums) {
  const int64_t size = (int64_t)1 << depth;
  for (int64_t first = 0; first < count; first += 256) {
    const int64_t end = first + 256 < count ? first + 256 : count;
    for (int64_t t = 0; t < trees; t++) {
      const node *tree = nodes + t * size;
      const float *leaf = leaves + t * size - size;
      int64_t row = first;
      for (; row + 8 <= end; row += 8) {
        const float *r = rows + row * width;
        int64_t a = 1, b = 1, c = 1, d = 1, e = 1, f = 1, g = 1, h = 1;
        for (int64_t step = 0; step < depth; step++) {
          a = 2 * a + !(r[tree[a].feature] <= tree[a].threshold);
          b = 2 * b + !(r[width + tree[b].feature] <= tree[b].threshold);
          c = 2 * c + !(r[2 * width + tree[c].feature] <= tree[c].threshold);
          d = 2 * d + !(r[3 * width + tree[d].feature] <= tree[d].threshold);
          e = 2 * e + !(r[4 * width + tree[e].feature] <= tree[e].threshold);
          f = 2 * f + !(r[5 * width + tree[f].feature] <= tree[f].threshold);
          g = 2 * g + !(r[6 * width + tree[g].feature] <= tree[g].threshold);
          h = 2 * h + !(r[7 * width + tree[h].feature] <= tree[h].threshold);
        }
        sums[row] += leaf[a];
        sums[row + 1] += leaf[b];
        sums[row + 2] += leaf[c];
        sums[row + 3] += leaf[d];
        sums[row + 4] += leaf[e];
        sums[row + 5] += leaf[f];
        sums[row + 6] += leaf[g];
        sums[row + 7] += leaf[h];
      }
      for (; row < end; row++) {
        const float *r = rows + row * width;
        int64_t a = 1;
        for (int64_t step = 0; step < depth; step++)
          a = 2 * a + !(r[tree[a].feature] <= tree[a].threshold);
        sums[row] += leaf[a];
      }
    }
  }
}

typedef struct {
  uint64_t key;
  float mean, variance, recent, peak;
  uint32_t count, reserved;
} slot;

static inline uint64_t place_of(uint64_t key, uint64_t mask) {
  return (key * 0x9e3779b97f4a7c15ull >> 32) & mask;
}

/// Updates the slot of each key and writes the z-score of its value; prefetches sixteen ahead.
void floor_slots(slot *slots, uint64_t mask, const uint64_t *keys, const float *values,
                 int64_t count, float rate, float fast, float *scores) {
  for (int64_t i = 0; i < count; i++) {
    if (i + 16 < count) __builtin_prefetch(&slots[place_of(keys[i + 16], mask)], 1);
    uint64_t place = place_of(keys[i], mask);
    while (slots[place].key != keys[i] && slots[place].key != 0) place = (place + 1) & mask;
    slot *s = &slots[place];
    s->key = keys[i];
    const float value = values[i];
    float change = value - s->mean;
    const float scale = sqrtf(s->variance) + 1e-6f + 1e-3f * fabsf(s->mean);
    scores[i] = s->count ? change / scale : 0;
    const float weight = fmaxf(rate, 1.0f / (float)(s->count + 1));
    if (s->count >= 10) change = fminf(fmaxf(change, -6 * scale), 6 * scale);
    s->mean += weight * change;
    s->variance = (1 - weight) * (s->variance + weight * change * change);
    s->recent = s->count ? s->recent + fast * (value - s->recent) : value;
    s->peak = s->count ? fmaxf(s->peak, value) : value;
    s->count += s->count < UINT32_MAX;
  }
}
