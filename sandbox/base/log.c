/*
 * log.c - what a developer wants to know
 */
#include "sandbox/base/log.h"
#include "sandbox/base/clock.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void
log_debug(const char *fmt, ...)
{
	const char *on = getenv("DRYDOCK_DEBUG");
	char text[2048];
	va_list ap;

	if (on == NULL || *on == '\0')
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	dprintf(
	    STDERR_FILENO, "[%d %.3f] %s\n", getpid(), (double)clock_mono() / 1e6, text);
}
