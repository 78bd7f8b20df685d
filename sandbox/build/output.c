/*
 * output.c - what a RUN prints, line by line
 *
 * As BuildKit does it: a step that prints too much or too fast is heard no more, and told
 * so.  Knows nothing of containers: a stream, and the process to end when a signal comes.
 *
 * Facts: BuildKit's util/progress/logs
 */
#include "sandbox/build/private.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

enum {
	LINE_BYTES = 64 * 1024,
	SIZE_MAX_ALL = 2 * 1024 * 1024,
	SIZE_MAX_SECOND = 200 * 1024,
};

struct output {
	struct builder *b;
	const struct build_vertex *v;
	struct buf text; /* not yet told */
	int64_t start, size;
	bool clipped;
};

/* Tells the whole lines; with `rest`, what follows the last one too. */
static void
tell_lines(struct output *o, bool rest)
{
	struct buf *text = &o->text;
	const char *line = text->s, *end;

	while ((end = memchr(line, '\n', text->len - (size_t)(line - text->s))) != NULL) {
		size_t shown = (size_t)(end - line);
		while (shown > 0 && line[shown - 1] == '\r')
			shown--;
		build_log(o->b, o->v, line, shown);
		line = end + 1;
	}
	buf_eat(text, (size_t)(line - text->s));
	if (text->len > 0 && (rest || text->len >= LINE_BYTES)) {
		build_log(o->b, o->v, text->s, text->len);
		buf_clear(text);
	}
}

/* What was dropped counts too: who shouts for long stays unheard. */
static void
take(struct output *o, const char *data, size_t len)
{
	int64_t seconds = (clock_mono() - o->start + NS_PER_S - 1) / NS_PER_S;
	int64_t most = (seconds > 0 ? seconds : 1) * SIZE_MAX_SECOND;
	bool by_speed = most <= SIZE_MAX_ALL;
	int64_t room = (by_speed ? most : SIZE_MAX_ALL) - o->size;

	o->size += (int64_t)len;
	if (room >= (int64_t)len) {
		o->clipped = false;
		buf_add(&o->text, data, len);
	} else if (!o->clipped) {
		o->clipped = true;
		buf_add(&o->text, data, room > 0 ? (size_t)room : 0);
		buf_addf(&o->text, "\n[output clipped, log limit %s reached]\n",
		    by_speed ? "200KiB/s" : "2MiB");
	}
	tell_lines(o, false);
}

/* A signal ends the child; with it, by its lifeline, all that it started.  What is
 * written until then is still told: the end of the stream says that all are gone. */
void
build_read_output(struct builder *b, const struct build_vertex *v, int fd, pid_t pid)
{
	cleanup_free char *data = xmalloc(LINE_BYTES);
	struct output o = {
	    .b = b, .v = v, .text = BUF_INIT(4 * LINE_BYTES), .start = clock_mono()};
	struct pollfd p[2] = {
	    {.fd = fd, .events = POLLIN}, {.fd = b->signals, .events = POLLIN}};

	for (;;) {
		if (poll(p, 2, -1) <= 0)
			continue;
		if (p[1].revents != 0) {
			if (build_is_canceled(b))
				kill(pid, SIGKILL);
			p[1].fd = -1;
		}
		if (p[0].revents == 0)
			continue;
		ssize_t n = read(fd, data, LINE_BYTES);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		take(&o, data, (size_t)n);
	}
	tell_lines(&o, true);
	buf_done(&o.text);
}
