/* Swift has no name for the compiler's own prefetch: into the second cache, to be read. */
static inline void prefetch_line(const void *place) { __builtin_prefetch(place, 0, 2); }
