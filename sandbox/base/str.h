/*
 * str.h - questions about strings, and small changes to them
 */
#ifndef DRYDOCK_STR_H
#define DRYDOCK_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define str_eq(a, b) (strcmp((a), (b)) == 0)
#include <string.h>

/* Does s begin / end with it? */
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
/* The text after prefix, or NULL when s does not begin with it. */
const char *str_after(const char *s, const char *prefix);

/* Copies s into out of `size` bytes, cut if it must be, always ended by NUL. */
void str_copy(char *out, size_t size, const char *s);

/* Decimal without sign, nothing else in s, at most max; false otherwise. */
bool str_to_u64(const char *s, uint64_t max, uint64_t *ret);

/* Cuts blanks (space, \t, \r, \n, \v, \f) off both ends, in place; returns the new start.
 */
char *str_trim(char *s);

/* Levenshtein distance, for "did you mean". */
size_t str_distance(const char *a, const char *b);
/* The candidate (NULL-terminated list) nearest to s with distance below `limit`
 * (Docker uses 3), or NULL. */
const char *str_nearest(const char *s, const char *const *candidates, size_t limit);

/* Number of bytes of the UTF-8 sequence at s (1 for an invalid byte). */
size_t str_utf8_len(const char *s);
/* Terminal columns that s takes: runes counted with wcwidth-like rules, escape
 * sequences (CSI, OSC 8) count nothing. */
size_t str_width(const char *s);

/* `len` random lower-case hex digits and a NUL into out (len + 1 bytes). */
void str_random_hex(char *out, size_t len);
/* Bytes as lower-case hex and a NUL; out has 2 * len + 1 bytes. */
void str_hex(const unsigned char *bytes, size_t len, char *out);

#endif
