/*
 * events.c - docker events: what has happened, and what happens
 *
 * The session's log has everything; Docker's engine remembers its last 256 events only.
 * A line of ours that is about commands, or a build as such, is none of Docker's.
 */
#include "sandbox/docker/event.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <unistd.h>

enum { REMEMBERED = 256, LOG_MAX = 1 << 30, FORMAT_EXIT = 64 };

struct events {
	struct docker *d;
	struct format_template *format; /* NULL: Docker's own line */
	bool as_json;
	int64_t since, until; /* ns; 0: not given */
	int log;
	struct buf text; /* what was read and is no whole line yet */
};

/* ---- one event --------------------------------------------------------------------- */

static int
print_template(struct events *e, const json_t *event, struct err *err)
{
	cleanup_json json_t *object = event_object(event);
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);
	int rc = format_template_exec(
	    e->format, FORMAT_STRUCTS, object, "*events.Message", &out, err);

	buf_addc(&out, '\n');
	(void)docker_print(&out);
	return rc;
}

static int
print_event(struct events *e, const json_t *event, struct err *err)
{
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);

	if (e->format != NULL && !e->as_json)
		return print_template(e, event, err);
	if (e->as_json)
		event_json(&out, event);
	else
		event_line(&out, event);
	return docker_print(&out) == 0 ? 0 : err_sys(err, "write /dev/stdout");
}

/* The complete lines of what was read, as events that are asked for; takes them off. */
static int
take_lines(struct events *e, json_t *list, struct err *err)
{
	size_t done = 0;
	char *end;

	while ((end = memchr(e->text.s + done, '\n', e->text.len - done)) != NULL) {
		size_t len = (size_t)(end - e->text.s) - done;
		json_t *raw = json_loadb(e->text.s + done, len, 0, NULL);
		json_t *event = raw != NULL ? event_read(raw) : NULL;
		int64_t time = event != NULL ? json_get_int(event, "time", 0) : 0;
		int wanted = event != NULL ? event_wanted(&e->d->opts, event, err) : 0;

		done += len + 1;
		if (wanted > 0 && time >= e->since && (e->until == 0 || time <= e->until))
			json_array_append(list, event);
		json_decref(raw);
		json_decref(event);
		if (wanted < 0)
			return -1;
	}
	buf_eat(&e->text, done);
	return 0;
}

static int
read_more(struct events *e, json_t *list, struct err *err)
{
	ssize_t n;

	while ((n = buf_read(&e->text, e->log, 1 << 16)) > 0)
		if (take_lines(e, list, err) < 0)
			return -1;
	return n < 0 ? err_sys(err, "cannot read the events") : 0;
}

static int
print_all(struct events *e, const json_t *list, size_t from, struct err *err)
{
	for (size_t i = from; i < json_array_size(list); i++)
		if (print_event(e, json_array_get(list, i), err) < 0)
			return -1;
	return 0;
}

/* ---- the past, then the present ---------------------------------------------------- */

static int
print_past(struct events *e, struct err *err)
{
	cleanup_json json_t *list = json_array();
	size_t n;

	if (read_more(e, list, err) < 0)
		return -1;
	n = json_array_size(list);
	return print_all(e, list, n > REMEMBERED ? n - REMEMBERED : 0, err);
}

/* Milliseconds until the end that was asked for, -1: there is none. */
static int
time_left(const struct events *e)
{
	int64_t left;

	if (e->until == 0)
		return -1;
	left = (e->until - clock_now()) / (NS_PER_S / 1000) + 1;
	return left < 0 ? 0 : left > 1000000 ? 1000000 : (int)left;
}

static int
follow(struct events *e, int watch, struct err *err)
{
	char notes[4096];
	int left;

	while ((left = time_left(e)) != 0) {
		cleanup_json json_t *list = json_array();
		int got = fd_wait_readable(watch, left);

		if (got < 0)
			return err_sys(err, "cannot wait for events");
		if (got > 0 && read(watch, notes, sizeof notes) < 0 && errno != EAGAIN)
			return err_sys(err, "cannot wait for events");
		if (read_more(e, list, err) < 0 || print_all(e, list, 0, err) < 0)
			return -1;
	}
	return 0;
}

static int
run(struct events *e, struct err *err)
{
	cleanup_fd int watch = inotify_init1(IN_CLOEXEC);
	cleanup_fd int log = session_events_open(e->d->session, 0, err);
	char path[64];

	if (log < 0)
		return -1;
	e->log = log;
	snprintf(path, sizeof path, "/proc/self/fd/%d", log);
	if (watch < 0 || inotify_add_watch(watch, path, IN_MODIFY) < 0)
		return err_sys(err, "cannot watch the events");
	/* without --since only what comes */
	if (!opts_given(&e->d->opts, "since")) {
		e->since = clock_now();
		(void)lseek(log, 0, SEEK_END);
	}
	return print_past(e, err) < 0 ? -1 : follow(e, watch, err);
}

/* ---- the command ------------------------------------------------------------------- */

/* A template that an event cannot have is refused at once. */
static int
read_format(struct events *e, struct err *err)
{
	const char *text = opts_str(&e->d->opts, "format");
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);
	cleanup_json json_t *none = json_object(), *event = event_read(none);
	cleanup_json json_t *object = event_object(event);

	if (text == NULL || text[0] == '\0')
		return 0;
	e->as_json = str_eq(text, "json") || str_eq(text, "{{json .}}");
	e->format = format_template_parse(e->as_json ? "{{json .}}" : text, err);
	return e->format == NULL ? -1
				 : format_template_exec(e->format, FORMAT_STRUCTS, object,
				       "*events.Message", &out, err);
}

static void
events_done(struct events *e)
{
	format_template_free(e->format);
	buf_done(&e->text);
}

int
docker_events(struct docker *d)
{
	__attribute__((cleanup(events_done))) struct events e = {
	    .d = d, .text = BUF_INIT(LOG_MAX)};
	struct err err = ERR_INIT;

	if (read_format(&e, &err) < 0) {
		const char *text = str_after(err.text, "template parsing error: ");

		fprintf(
		    stderr, "Error parsing format: %s\n", text != NULL ? text : err.text);
		return FORMAT_EXIT;
	}
	if (docker_when(NULL, opts_str(&d->opts, "since"), &e.since, &err) < 0 ||
	    docker_when(NULL, opts_str(&d->opts, "until"), &e.until, &err) < 0)
		return docker_failed(&err);
	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	return run(&e, &err) < 0 ? docker_refused(&err) : 0;
}
