/*
 * log.c - a container's output as Docker's json-file driver writes it, and back
 */
#include "sandbox/container/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 16384, RECORD_MAX = 1 << 18, READ_SIZE = 65536, LOOK_MS = 200 };

/* ---- writing ------------------------------------------------------------------------
 */

void
log_writer_init(struct log_writer *w, int dir, const struct log_options *o)
{
	*w = (struct log_writer){.dir = dir,
	    .fd = -1,
	    .options = *o,
	    .partial = {BUF_INIT(LINE_MAX_BYTES), BUF_INIT(LINE_MAX_BYTES)}};
}

static void
escape(struct buf *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len;) {
		unsigned char c = (unsigned char)s[i];
		size_t n = str_utf8_len(s + i);

		if (c >= 0x80 && (n == 1 || n > len - i)) {
			buf_adds(out, "\\ufffd");
			i++;
			continue;
		}
		switch (c) {
		case '"': buf_adds(out, "\\\""); break;
		case '\\': buf_adds(out, "\\\\"); break;
		case '\n': buf_adds(out, "\\n"); break;
		case '\r': buf_adds(out, "\\r"); break;
		case '\t': buf_adds(out, "\\t"); break;
		default:
			if (c < 0x20 || c == '<' || c == '>' || c == '&')
				buf_addf(out, "\\u%04x", c);
			else
				buf_add(out, s + i, n);
		}
		i += n;
	}
}

static void
open_log(struct log_writer *w)
{
	struct stat st;

	w->fd =
	    openat(w->dir, "log.json", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	w->size = w->fd >= 0 && fstat(w->fd, &st) == 0 ? st.st_size : 0;
}

/* Each file becomes the one before it, the oldest goes. */
static void
rotate(struct log_writer *w)
{
	char from[24], to[24];

	fd_close_p(&w->fd);
	log_file_name(w->options.max_file - 1, to);
	unlinkat(w->dir, to, 0);
	for (unsigned age = w->options.max_file - 1; age > 0; age--) {
		log_file_name(age - 1, from);
		log_file_name(age, to);
		renameat(w->dir, from, w->dir, to);
	}
	open_log(w);
}

static void
emit(struct log_writer *w, int stream, const char *line, size_t len)
{
	cleanup_buf struct buf record = BUF_INIT(RECORD_MAX);
	char now[CLOCK_TEXT];

	if (w->fd < 0)
		open_log(w);
	if (w->options.max_size > 0 && w->size >= w->options.max_size)
		rotate(w);
	clock_format(clock_now(), now);
	buf_adds(&record, "{\"log\":\"");
	escape(&record, line, len);
	buf_addf(&record, "\",\"stream\":\"%s\",\"time\":\"%s\"}\n",
	    stream == 1 ? "stdout" : "stderr", now);
	w->size += (int64_t)record.len;
	(void)fd_write_all(
	    w->fd, record.s, record.len); /* a full disk must not end the container */
}

void
log_writer_add(struct log_writer *w, int stream, const char *data, size_t len)
{
	struct buf *part = &w->partial[stream - 1];

	while (len > 0 && !w->options.none) {
		const char *end = memchr(data, '\n', len);
		size_t n = end != NULL ? (size_t)(end - data) + 1 : len;

		if (n > part->max - part->len)
			n = part->max - part->len;
		buf_add(part, data, n);
		if (part->len == part->max || part->s[part->len - 1] == '\n') {
			emit(w, stream, part->s, part->len);
			buf_clear(part);
		}
		data += n;
		len -= n;
	}
}

void
log_writer_done(struct log_writer *w)
{
	for (int stream = 1; stream <= 2; stream++) {
		struct buf *part = &w->partial[stream - 1];

		if (part->len > 0)
			emit(w, stream, part->s, part->len);
		buf_done(part);
	}
	fd_close_p(&w->fd);
}

/* ---- reading -------------------------------------------------------------------------
 */

struct reader {
	const struct container_log_opts *opts;
	bool (*line)(void *arg, int stream, const char *text, size_t len);
	void *arg;
	struct buf rest; /* bytes of a record that has not ended */
	bool stop;
};

static void
deliver(struct reader *r, const char *record, size_t len)
{
	cleanup_json json_t *j = json_loadb(record, len, 0, NULL);
	json_t *log = json_object_get(j, "log");
	const char *text = json_string_value(log), *time = json_get_str(j, "time", "");
	int stream = str_eq(json_get_str(j, "stream", ""), "stderr") ? 2 : 1;
	int64_t at = 0;

	clock_parse(time, &at);
	if (text == NULL || (r->opts->since > 0 && at < r->opts->since))
		return;
	if (r->opts->until > 0 && at > r->opts->until) {
		r->stop = true;
		return;
	}
	if (r->opts->timestamps) {
		cleanup_free char *stamped = xasprintf("%s %s", time, text);

		r->stop = !r->line(r->arg, stream, stamped, strlen(stamped));
	} else {
		r->stop = !r->line(r->arg, stream, text, json_string_length(log));
	}
}

/* All whole records that can be read now; false at a read error. */
static bool
read_on(struct reader *r, int fd)
{
	ssize_t n = 0;

	while (!r->stop && (n = buf_read(&r->rest, fd, READ_SIZE)) > 0) {
		char *start = r->rest.s, *end;

		while (!r->stop && (end = memchr(start, '\n',
					r->rest.len - (size_t)(start - r->rest.s)))) {
			deliver(r, start, (size_t)(end - start));
			start = end + 1;
		}
		buf_eat(&r->rest, (size_t)(start - r->rest.s));
	}
	return r->stop || n == 0;
}

/* Sets the file offset so that `tail` records follow; gives how many more there would
 * have to be before them. */
static long long
seek_tail(int fd, long long tail)
{
	char block[READ_SIZE];
	off_t end = lseek(fd, 0, SEEK_END), at = end;
	long long seen = 0;

	if (tail == 0)
		return 0;
	while (at > 0) {
		size_t want = at < READ_SIZE ? (size_t)at : READ_SIZE;

		at -= (off_t)want;
		if (pread(fd, block, want, at) != (ssize_t)want)
			break;
		for (size_t i = want; i-- > 0;) {
			if (block[i] != '\n' || at + (off_t)i == end - 1)
				continue;
			if (++seen == tail) {
				lseek(fd, at + (off_t)i + 1, SEEK_SET);
				return 0;
			}
		}
	}
	lseek(fd, 0, SEEK_SET);
	return tail - seen - (end > 0);
}

/* The file that is followed may have become the one before: what is left of it, then the
 * new one. */
static bool
next_file(struct reader *r, int dir, int *fd)
{
	struct stat now, ours;

	if (fstatat(dir, "log.json", &now, 0) < 0 || fstat(*fd, &ours) < 0 ||
	    now.st_ino == ours.st_ino)
		return true;
	if (!read_on(r, *fd))
		return false;
	fd_close_p(fd);
	*fd = openat(dir, "log.json", O_RDONLY | O_CLOEXEC);
	return *fd < 0 || read_on(r, *fd);
}

/* New records until the monitor has gone; the file says when to look. */
static void
follow(struct reader *r, int dir, int *fd)
{
	cleanup_fd int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	char path[32], events[4096];

	snprintf(path, sizeof path, "/proc/self/fd/%d", dir);
	inotify_add_watch(watch, path, IN_MODIFY | IN_CREATE | IN_DELETE);
	while (!r->stop) {
		bool alive = container_monitored(dir) &&
			     faccessat(dir, "running.json", F_OK, 0) == 0;

		if (*fd < 0)
			*fd = openat(dir, "log.json", O_RDONLY | O_CLOEXEC);
		if (*fd >= 0 && (!read_on(r, *fd) || !next_file(r, dir, fd)))
			return;
		if (!alive)
			return;
		fd_wait_readable(watch, LOOK_MS);
		while (read(watch, events, sizeof events) > 0)
			;
	}
}

/* The files of a log, the present one (age 0) first; closed by the caller. */
static size_t
open_all(int dir, unsigned count, int *fds)
{
	size_t n = 0;

	for (unsigned age = 0; age < count; age++) {
		char name[24];

		log_file_name(age, name);
		fds[n] = openat(dir, name, O_RDONLY | O_CLOEXEC);
		if (fds[n] < 0 && age > 0)
			break;
		n += fds[n] >= 0;
	}
	return n;
}

/* Oldest first, from where the tail begins; gives the present file. */
static int
read_all(struct reader *r, int dir, unsigned count)
{
	cleanup_free int *fds = xcalloc(count, sizeof *fds);
	size_t n = open_all(dir, count, fds), first = n;
	long long left = r->opts->tail;

	if (left >= 0)
		for (first = 0; first < n && (left > 0 || first == 0); first++)
			left = seek_tail(fds[first], left);
	for (size_t i = n; i-- > 0;) {
		if (i < first)
			read_on(r, fds[i]);
		if (i > 0)
			fd_close_p(&fds[i]);
	}
	return n > 0 ? fds[0] : -1;
}

int
container_logs(struct session *s, const char *id, const struct container_log_opts *o,
    bool (*line)(void *arg, int stream, const char *text, size_t len), void *arg,
    struct err *err)
{
	cleanup_container_config struct container_config *c = NULL;
	cleanup_fd int dir = container_open_dir(s, id, err), fd = -1;
	struct log_options options;
	struct reader r = {
	    .opts = o, .line = line, .arg = arg, .rest = BUF_INIT(4 * RECORD_MAX)};

	if (dir < 0 || container_load(s, id, &c, err) < 0)
		return -1;
	if (log_options_parse(c, &options, NULL) == 0 && options.none)
		return err_set(err, ERR_UNSUPPORTED,
		    "configured logging driver does not support reading");
	fd = read_all(&r, dir, options.max_file);
	if (o->follow)
		follow(&r, dir, &fd);
	buf_done(&r.rest);
	return 0;
}
