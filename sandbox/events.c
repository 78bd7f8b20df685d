/*
 * events.c - what has happened in the session since a point of its log
 */
#include "sandbox/private.h"
#include <unistd.h>

/* One look takes at most this much of the log; the next goes on from there. */
enum { LOOK_MAX = 4 << 20 };

long long
sandbox_events_offset(struct sandbox *s, struct err *err)
{
	cleanup_fd int fd = session_events_open(s->session, 0, err);
	off_t end;

	if (fd < 0)
		return -1;
	end = lseek(fd, 0, SEEK_END);
	return end < 0 ? err_sys(err, "cannot look at the event log") : (long long)end;
}

int
sandbox_events_read(struct sandbox *s, long long *offset,
    void (*event)(void *arg, const json_t *object), void *arg, struct err *err)
{
	cleanup_fd int fd = session_events_open(s->session, *offset, err);
	cleanup_buf struct buf text = BUF_INIT(LOOK_MAX);
	size_t done = 0;
	int count = 0;
	char *end;

	if (fd < 0)
		return -1;
	while (text.len < text.max && buf_read(&text, fd, text.max - text.len) > 0)
		continue;
	while ((end = memchr(text.s + done, '\n', text.len - done)) != NULL) {
		size_t len = (size_t)(end - text.s) - done;
		cleanup_json json_t *object = json_loadb(text.s + done, len, 0, NULL);

		done += len + 1;
		if (object == NULL) /* a torn line of a killed writer */
			continue;
		event(arg, object);
		count++;
	}
	*offset += (long long)done;
	return count;
}
