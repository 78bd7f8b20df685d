/*
 * judge_container.c - expectations about containers, and what answers behind them
 */
#include "src/check/private.h"
#include <stdlib.h>

static bool
is_running(const json_t *container)
{
	return str_eq(json_get_str(container, "status", ""), "running");
}

/* "it has ended with exit code 1" */
static char *
status_text(const json_t *c)
{
	const char *status = json_get_str(c, "status", "");

	if (str_eq(status, "exited"))
		return xasprintf(
		    "it has ended with exit code %lld", json_get_int(c, "exit_code", 0));
	if (str_eq(status, "created"))
		return xstrdup("created, never started");
	return xstrdup("it is running");
}

void
judge_container_running(struct judging *j)
{
	const json_t *c = judge_container(j, "container");

	if (c != NULL)
		judge_say(j, is_running(c), xstrdup("it is running"), status_text(c));
}

void
judge_container_stopped(struct judging *j)
{
	const json_t *c = judge_container(j, "container");

	if (c != NULL)
		judge_say(j, !is_running(c), xstrdup("it is there and not running"),
		    status_text(c));
}

void
judge_container_exists(struct judging *j)
{
	const json_t *c = judge_container(j, "container");

	if (c != NULL)
		judge_say(j, true, xasprintf("a container %s", judge_arg(j, "NAME")),
		    status_text(c));
}

void
judge_container_absent(struct judging *j)
{
	const char *name = judge_arg(j, "NAME");
	const json_t *c = judge_fact(j, "container", "%s", name);
	bool there = c != NULL && json_get_bool(c, "exists", false);

	if (c == NULL)
		return;
	judge_say(j, !there, xasprintf("no container %s", name),
	    !there          ? xstrdup("there is none")
	    : is_running(c) ? xstrdup("it is still running")
			    : xstrdup("it is stopped, and still there (docker ps -a)"));
}

void
judge_container_exited(struct judging *j)
{
	const json_t *c = judge_container(j, "container");
	long long code = (long long)lesson_arg_number(j->c, "CODE", 0);

	if (c != NULL)
		judge_say(j,
		    str_eq(json_get_str(c, "status", ""), "exited") &&
			json_get_int(c, "exit_code", -1) == code,
		    xasprintf("it has ended with exit code %lld", code), status_text(c));
}

void
judge_container_of(struct judging *j)
{
	const char *name = judge_arg(j, "IMAGE");
	const json_t *c = judge_container(j, "container"),
		     *image = c ? judge_image(j, name) : NULL;
	bool same;

	if (image == NULL)
		return;
	same = str_eq(json_get_str(c, "image_id", ""), json_get_str(image, "id", "-"));
	judge_say(j, same, xasprintf("made from %s as it is now", name),
	    sandbox_same_name(json_get_str(c, "image", ""), name)
		? xasprintf("made from an older %s", name)
		: xasprintf("made from %s", json_get_str(c, "image", "another image")));
}

/* "5000/tcp" for PORT 5000 */
static char *
port_text(const char *port)
{
	return strchr(port, '/') != NULL ? xstrdup(port) : xasprintf("%s/tcp", port);
}

static char *
published(const json_t *c)
{
	struct buf b = BUF_INIT(BUF_OURS);
	const json_t *p;
	size_t i;

	json_array_foreach(json_object_get(c, "ports"), i, p)
	    buf_addf(&b, "%s%s on %lld", i > 0 ? ", " : "published is ",
		json_get_str(p, "port", ""), json_get_int(p, "host", 0));
	if (b.len == 0)
		buf_adds(&b, "no port is published");
	return buf_take(&b);
}

static bool
is_published(const json_t *c, const char *port, long long host)
{
	const json_t *p;
	size_t i;

	json_array_foreach(json_object_get(c, "ports"), i,
	    p) if (str_eq(json_get_str(p, "port", ""), port) &&
		   json_get_int(p, "host", 0) == host) return true;
	return false;
}

void
judge_container_port(struct judging *j)
{
	const json_t *c = judge_container(j, "container"), *probe;
	cleanup_free char *port = port_text(judge_arg(j, "PORT"));
	long long host = (long long)lesson_arg_number(j->c, "HOSTPORT", 0);

	if (c == NULL)
		return;
	if (!is_running(c) || !is_published(c, port, host)) {
		judge_say(j, false, xasprintf("port %s on %lld", port, host),
		    is_running(c) ? published(c) : status_text(c));
		return;
	}
	if (str_ends(port, "/udp")) { /* nobody answers there unasked */
		judge_say(j, true, NULL, published(c));
		return;
	}
	probe = judge_fact(j, "probe", "%s", judge_arg(j, "HOSTPORT"));
	if (probe != NULL)
		judge_say(j, json_object_get(probe, "failed") == NULL,
		    xasprintf("something in the container listens on port %s", port),
		    xstrdup("the port is published, but nothing behind it answers"));
}

void
judge_container_stops(struct judging *j)
{
	const json_t *c = judge_container(j, "container"), *stops;
	double limit = lesson_arg_number(j->c, "TIME", 0), seconds;

	if (c == NULL)
		return;
	if (!is_running(c)) {
		judge_say(j, false, xstrdup("it is running, and can be stopped"),
		    status_text(c));
		return;
	}
	if (json_get_bool(c, "auto_remove", false)) {
		judge_error(
		    j, xstrdup("it was run with --rm: stopping it to measure would "
			       "remove it"));
		return;
	}
	stops = judge_fact(j, "stops", "%s", judge_arg(j, "NAME"));
	if (stops == NULL)
		return;
	seconds = json_number_value(json_object_get(stops, "seconds"));
	judge_say(j, seconds <= limit, xasprintf("it stops within %gs", limit),
	    xasprintf("it took %.1fs", seconds));
}

void
judge_container_logs(struct judging *j)
{
	const json_t *log = NULL;

	if (judge_container(j, "container") != NULL)
		log = judge_fact(j, "log", "%s", judge_arg(j, "NAME"));
	if (log != NULL)
		judge_match(j, "the log", json_get_str(log, "text", ""));
}

/* ---- http ---- */

/* Why there was no answer, in words. */
static char *
no_answer(const char *failed)
{
	static const struct {
		const char *word, *text;
	} all[] = {{"refused", "nothing listens there"},
	    {"empty", "the connection was closed without an answer"},
	    {"silent", "no answer in time"},
	    {"garbled", "what answers there does not speak HTTP"}};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (str_eq(all[i].word, failed))
			return xstrdup(all[i].text);
	return xstrdup(failed);
}

void
judge_http(struct judging *j)
{
	const json_t *fact =
	    judge_fact(j, "http", "%s %s", judge_arg(j, "METHOD"), judge_arg(j, "URL"));
	long long wanted = (long long)lesson_arg_number(j->c, "CODE", 0), code;

	if (fact == NULL)
		return;
	if (json_object_get(fact, "failed") != NULL) {
		judge_say(j, false, xasprintf("%s answers", judge_arg(j, "URL")),
		    no_answer(json_get_str(fact, "failed", "")));
		return;
	}
	code = json_get_int(fact, "code", 0);
	if (wanted > 0 ? code != wanted : code < 200 || code > 399) {
		judge_say(j, false,
		    wanted > 0 ? xasprintf("status %lld", wanted)
			       : xstrdup("a status of success"),
		    xasprintf("status %lld", code));
		return;
	}
	if (lesson_arg(j->c, "MATCH") != NULL)
		judge_match(j, "the answer", json_get_str(fact, "body", ""));
	else
		judge_say(j, true, NULL, xasprintf("status %lld", code));
}

/* ---- commands ---- */

void
judge_output(struct judging *j)
{
	const char *command = judge_arg(j, "COMMAND");
	const json_t *fact = judge_fact(j, "output", "%s", command);

	if (fact != NULL)
		judge_match(j, "the output", json_get_str(fact, "text", ""));
}

/* 1 a command that fits ended so, 0 none did, -1 one fits but ended otherwise (*other).
 */
static int
has_run(const json_t *commands, const char *glob, long long status, long long *other)
{
	cleanup_free char *wanted = words_short(glob, 4096);
	const json_t *c;
	int found = 0;
	size_t i;

	json_array_foreach(json_object_get(commands, "list"), i, c)
	{
		cleanup_free char *line = words_short(json_get_str(c, "line", ""), 4096);

		if (!sandbox_glob(wanted, line))
			continue;
		if (json_get_int(c, "status", -1) == status)
			return 1;
		found = -1;
		*other = json_get_int(c, "status", -1);
	}
	return found;
}

static void
judge_ran(struct judging *j, long long status)
{
	const json_t *commands = judge_fact(j, "commands", "%s", "");
	long long other = 0;
	int found;

	if (commands == NULL)
		return;
	found = has_run(commands, judge_arg(j, "GLOB"), status, &other);
	judge_say(j, found > 0, NULL,
	    found > 0   ? xstrdup("it was run")
	    : found < 0 ? xasprintf("it was run and ended with %lld", other)
			: xstrdup("not run in this step yet"));
}

void
judge_run(struct judging *j)
{
	judge_ran(j, 0);
}

void
judge_run_exits(struct judging *j)
{
	judge_ran(j, (long long)lesson_arg_number(j->c, "CODE", 0));
}
