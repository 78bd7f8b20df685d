/*
 * progress.h - what setup is doing, on standard error
 *
 * One line that changes on a terminal, plain lines elsewhere.
 */
#ifndef DRYDOCK_SETUP_PROGRESS_H
#define DRYDOCK_SETUP_PROGRESS_H

#include "sandbox/base/base.h"

/* A line that stays. */
void progress_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* A line that the next one replaces; nothing when not on a terminal. */
void progress_show(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
bool progress_is_live(void);
/* "37.2 MB" in decimal units. */
const char *progress_size(int64_t bytes, char out[24]);

#endif
