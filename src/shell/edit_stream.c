/*
 * edit_stream.c - lines from a file or pipe
 */
#include "src/shell/edit.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Longer lines are cut off there: they end the input. */
enum { STREAM_MAX = 4 << 20 };

struct stream {
	struct edit edit;
	int fd;
	struct buf pending;
};

static enum edit_end
stream_read(struct edit *e, const char *prompt, char **ret)
{
	struct stream *s = (struct stream *)e;
	char *end;

	(void)prompt;
	*ret = NULL;
	while ((end = memchr(s->pending.s, '\n', s->pending.len)) == NULL)
		if (buf_read(&s->pending, s->fd, 4096) <= 0)
			break;
	if (end == NULL && s->pending.len == 0)
		return EDIT_END;
	if (end == NULL)
		end = s->pending.s + s->pending.len;
	*ret = xstrndup(s->pending.s, (size_t)(end - s->pending.s));
	if ((*ret)[0] != '\0' && str_ends(*ret, "\r"))
		(*ret)[strlen(*ret) - 1] = '\0';
	buf_eat(&s->pending, (size_t)(end - s->pending.s) + (*end == '\n'));
	return EDIT_LINE;
}

static void
stream_free(struct edit *e)
{
	struct stream *s = (struct stream *)e;

	buf_done(&s->pending);
	free(s);
}

struct edit *
edit_stream(int fd)
{
	struct stream *s = xcalloc(1, sizeof *s);

	s->edit = (struct edit){.read = stream_read, .free = stream_free};
	s->fd = fd;
	s->pending = (struct buf)BUF_INIT(STREAM_MAX);
	return &s->edit;
}
