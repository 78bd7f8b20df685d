/*
 * buf.h - a growing string with a limit
 *
 * Invariants: `s` is never NULL and s[len] is '\0', from BUF_INIT on.  A buf
 * never grows past `max` bytes: what does not fit is dropped and `failed`
 * stays set, so one test after many additions is enough.
 */
#ifndef DRYDOCK_BUF_H
#define DRYDOCK_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct buf {
	char *s;
	size_t len, cap, max;
	bool failed;
};

extern char buf_empty[1];

/* For text of our own making, whose size nobody outside decides. */
enum { BUF_OURS = 64 << 20 };

#define BUF_INIT(limit) \
	{ \
		.s = buf_empty, .max = (limit) \
	}
#define cleanup_buf __attribute__((cleanup(buf_done)))

/* Frees the content; the buf is empty and usable afterwards. */
void buf_done(struct buf *b);
/* Empties it, keeps the memory. */
void buf_clear(struct buf *b);
/* Gives the string (free with free()) and leaves the buf empty. */
char *buf_take(struct buf *b);

/* Append bytes, a string, a character, formatted text. */
void buf_add(struct buf *b, const void *data, size_t len);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vaddf(struct buf *b, const char *fmt, va_list ap);
/* Cut to len bytes; len must not exceed b->len. */
void buf_cut(struct buf *b, size_t len);
/* Remove len bytes from the front. */
void buf_eat(struct buf *b, size_t len);
/* One read(2) of at most `want` bytes.  Returns what read returns; -1 with
 * errno EFBIG when the buf is at its limit. */
ssize_t buf_read(struct buf *b, int fd, size_t want);

#endif
