/*
 * buf.c - a growing string with a limit
 */
#include "sandbox/base/buf.h"
#include "sandbox/base/mem.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char buf_empty[1];

void
buf_done(struct buf *b)
{
	if (b->cap > 0) {
		int keep = errno;
		free(b->s);
		errno = keep;
	}
	b->s = buf_empty;
	b->len = b->cap = 0;
	b->failed = false;
}

void
buf_clear(struct buf *b)
{
	b->len = 0;
	b->failed = false;
	if (b->cap > 0)
		b->s[0] = '\0';
}

char *
buf_take(struct buf *b)
{
	char *s = b->cap > 0 ? b->s : xstrdup("");

	b->s = buf_empty;
	b->len = b->cap = 0;
	b->failed = false;
	return s;
}

/* Room for `more` bytes and the NUL; false (and failed) past the limit. */
static bool
grow(struct buf *b, size_t more)
{
	size_t want;

	if (more > b->max - b->len || b->failed) {
		b->failed = true;
		return false;
	}
	want = b->len + more + 1;
	if (want <= b->cap)
		return true;
	if (want < 2 * b->cap)
		want = 2 * b->cap;
	if (want < 64)
		want = 64;
	b->s = xrealloc(b->cap > 0 ? b->s : NULL, want);
	b->s[b->len] = '\0';
	b->cap = want;
	return true;
}

void
buf_add(struct buf *b, const void *data, size_t len)
{
	if (len == 0 || !grow(b, len))
		return;
	memcpy(b->s + b->len, data, len);
	b->len += len;
	b->s[b->len] = '\0';
}

void
buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (len <= 0 || !grow(b, (size_t)len))
		return;
	vsnprintf(b->s + b->len, (size_t)len + 1, fmt, ap);
	b->len += (size_t)len;
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(b, fmt, ap);
	va_end(ap);
}

void
buf_cut(struct buf *b, size_t len)
{
	if (len >= b->len)
		return;
	b->len = len;
	b->s[len] = '\0';
}

void
buf_eat(struct buf *b, size_t len)
{
	if (len == 0)
		return;
	memmove(b->s, b->s + len, b->len - len);
	b->len -= len;
	b->s[b->len] = '\0';
}

ssize_t
buf_read(struct buf *b, int fd, size_t want)
{
	ssize_t n;

	if (want > b->max - b->len)
		want = b->max - b->len;
	if (want == 0 || !grow(b, want)) {
		errno = EFBIG;
		return -1;
	}
	do
		n = read(fd, b->s + b->len, want);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		b->len += (size_t)n;
	b->s[b->len] = '\0';
	return n;
}
