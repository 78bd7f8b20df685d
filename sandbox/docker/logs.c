/*
 * logs.c - docker logs
 */
#include "sandbox/docker/command.h"
#include <stdlib.h>
#include <unistd.h>

/* Go's durations: "1h30m", "42m", "1.5s"; false when it is none. */
static bool
parse_duration(const char *text, int64_t *ret)
{
	static const struct {
		const char *unit;
		double ns;
	} units[] = {
	    {"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}};
	double sum = 0;

	if (*text == '\0')
		return false;
	while (*text != '\0') {
		char *end;
		double n = strtod(text, &end);
		size_t len = strspn(end, "nushm"), i = 0;

		if (end == text)
			return false;
		while (i < ARRAY_LEN(units) && (strlen(units[i].unit) != len ||
						   memcmp(units[i].unit, end, len) != 0))
			i++;
		if (i == ARRAY_LEN(units))
			return false;
		sum += n * units[i].ns;
		text = end + len;
	}
	*ret = (int64_t)sum;
	return true;
}

/* A point in time: RFC 3339, seconds since the epoch, or how long ago. */
static int
parse_when(const char *what, const char *text, int64_t *ret, struct err *err)
{
	cleanup_free char *longer = NULL;
	char *end;
	double seconds;
	int64_t ago;

	*ret = 0;
	if (text == NULL || text[0] == '\0')
		return 0;
	if (clock_parse(text, ret) == 0)
		return 0;
	/* a day, or a time without its zone */
	longer = xasprintf(strchr(text, 'T') != NULL ? "%sZ" : "%sT00:00:00Z", text);
	if (clock_parse(longer, ret) == 0)
		return 0;
	seconds = strtod(text, &end);
	if (*end == '\0' && end != text) {
		*ret = (int64_t)(seconds * 1e9);
		return 0;
	}
	if (!parse_duration(text, &ago))
		return err_set(err, ERR_INPUT,
		    "invalid value for \"%s\": failed to parse value as time or "
		    "duration: \"%s\"",
		    what, text);
	*ret = clock_now() - ago;
	return 0;
}

static bool
print_piece(void *arg, int stream, const char *text, size_t len)
{
	(void)arg;
	return fd_write_all(stream == 2 ? STDERR_FILENO : STDOUT_FILENO, text, len) == 0;
}

static int
read_opts(const struct opts *o, struct container_log_opts *ret, struct err *err)
{
	const char *tail = opts_str(o, "tail");
	uint64_t n;

	*ret = (struct container_log_opts){
	    .follow = opts_on(o, "follow"),
	    .timestamps = opts_on(o, "timestamps"),
	    /* as the daemon: what is no number means all of it */
	    .tail = str_to_u64(tail, INT64_MAX, &n) ? (long long)n : -1,
	};
	if (parse_when("since", opts_str(o, "since"), &ret->since, err) < 0)
		return -1;
	return parse_when("until", opts_str(o, "until"), &ret->until, err);
}

int
docker_logs(struct docker *d)
{
	struct container_log_opts o;
	struct err err = ERR_INIT;
	struct session *s;
	char id[65];

	if (read_opts(&d->opts, &o, &err) < 0)
		return docker_failed(&err);
	s = docker_session(d, &err);
	if (s == NULL)
		return docker_failed(&err);
	if (container_find(s, d->opts.args[0], id, &err) < 0 ||
	    container_logs(s, id, &o, print_piece, NULL, &err) < 0)
		return docker_refused(&err);
	return 0;
}
