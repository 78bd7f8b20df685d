/*
 * err.c - filling, wrapping and sending the one error object
 */
#include "sandbox/base/err.h"
#include "sandbox/base/fd.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
set(struct err *err, enum err_kind kind, int sys, const char *fmt, va_list ap)
{
	err->kind = kind;
	err->sys = sys;
	err->hint[0] = '\0';
	vsnprintf(err->text, sizeof err->text, fmt, ap);
}

int
err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	if (err == NULL)
		return -1;
	va_start(ap, fmt);
	set(err, kind, 0, fmt, ap);
	va_end(ap);
	return -1;
}

int
err_sys(struct err *err, const char *fmt, ...)
{
	int sys = errno;
	va_list ap;
	size_t len;

	if (err == NULL)
		return -1;
	va_start(ap, fmt);
	set(err, ERR_SYS, sys, fmt, ap);
	va_end(ap);
	len = strlen(err->text);
	snprintf(err->text + len, sizeof err->text - len, ": %s", strerror(sys));
	return -1;
}

int
err_while(struct err *err, const char *fmt, ...)
{
	char cause[ERR_TEXT_MAX];
	va_list ap;
	size_t len;

	if (err == NULL)
		return -1;
	memcpy(cause, err->text, sizeof cause);
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof err->text, fmt, ap);
	va_end(ap);
	len = strlen(err->text);
	snprintf(err->text + len, sizeof err->text - len, ": %s", cause);
	return -1;
}

int
err_hint(struct err *err, const char *fmt, ...)
{
	va_list ap;

	if (err == NULL)
		return -1;
	va_start(ap, fmt);
	vsnprintf(err->hint, sizeof err->hint, fmt, ap);
	va_end(ap);
	return -1;
}

void
err_clear(struct err *err)
{
	if (err == NULL)
		return;
	err->kind = ERR_NONE;
	err->sys = 0;
	err->text[0] = err->hint[0] = '\0';
}

bool
err_is_sys(const struct err *err, int sys)
{
	return err->kind == ERR_SYS && err->sys == sys;
}

void
err_send(int fd, const struct err *err)
{
	/* A reader that has gone does not want to know. */
	(void)fd_write_all(fd, err, sizeof *err);
}

int
err_recv(int fd, struct err *err)
{
	struct err got;
	size_t have = 0;

	while (have < sizeof got) {
		ssize_t n = read(fd, (char *)&got + have, sizeof got - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "cannot hear from the child process");
		if (n == 0)
			break;
		have += (size_t)n;
	}
	if (have == 0)
		return 0;
	if (have < sizeof got)
		return err_set(
		    err, ERR_CORRUPT, "the child process ended in mid-sentence");
	got.text[ERR_TEXT_MAX - 1] = got.hint[ERR_HINT_MAX - 1] = '\0';
	if (err != NULL)
		*err = got;
	return 1;
}
