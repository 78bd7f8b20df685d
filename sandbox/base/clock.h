/*
 * clock.h - points in time and their texts
 *
 * Times are nanoseconds since the epoch (CLOCK_REALTIME) in an int64_t.
 */
#ifndef DRYDOCK_CLOCK_H
#define DRYDOCK_CLOCK_H

#include "sandbox/base/err.h"
#include <stdint.h>

#define NS_PER_S 1000000000LL

/* CLOCK_REALTIME: now, for records. */
int64_t clock_now(void);
/* CLOCK_MONOTONIC, for durations. */
int64_t clock_mono(void);

enum { CLOCK_TEXT = 40 };
/* RFC 3339 in UTC as Go prints time.RFC3339Nano: "2026-01-02T03:04:05.123456789Z",
 * trailing zeros of the fraction left out. */
void clock_format(int64_t t, char out[CLOCK_TEXT]);
/* Reads RFC 3339 with any offset; returns 0, or -1 when it is no such text. */
int clock_parse(const char *s, int64_t *ret);
/* "2026-01-02 03:04:05 +0000 UTC", what Go's time.String gives in a UTC zone. */
void clock_format_go(int64_t t, char out[CLOCK_TEXT]);

#endif
