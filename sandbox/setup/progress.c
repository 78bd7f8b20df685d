/*
 * progress.c - see progress.h
 */
#include "sandbox/setup/progress.h"
#include <stdarg.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { NARROW = 80 };

bool
progress_is_live(void)
{
	return isatty(STDERR_FILENO) == 1;
}

void
progress_say(const char *fmt, ...)
{
	va_list ap;

	if (progress_is_live())
		fputs("\r\033[K", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void
progress_show(const char *fmt, ...)
{
	char line[512];
	struct winsize w = {0};
	int width = NARROW;
	va_list ap;

	if (!progress_is_live())
		return;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0)
		width = w.ws_col;
	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\r\033[K%.*s", width - 1, line);
	fflush(stderr);
}

const char *
progress_size(int64_t bytes, char out[24])
{
	if (bytes < 1000 * 1000)
		snprintf(out, 24, "%.1f kB", (double)bytes / 1e3);
	else
		snprintf(out, 24, "%.1f MB", (double)bytes / 1e6);
	return out;
}
