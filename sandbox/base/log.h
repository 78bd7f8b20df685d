/*
 * log.h - what a developer wants to know; silent unless DRYDOCK_DEBUG is set
 *
 * Never for users: they get errors (err.h) and results.
 */
#ifndef DRYDOCK_LOG_H
#define DRYDOCK_LOG_H

/* One line on standard error with process id and milliseconds, if DRYDOCK_DEBUG
 * is set and not empty. */
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
