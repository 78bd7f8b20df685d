/*
 * rules_run.c - mistakes around containers: names, ports, what answers and what does not
 */
#include "src/coach/private.h"
#include <ctype.h>
#include <stdlib.h>

static void
set_number(struct see *s, const char *name, long long number)
{
	char text[24];

	snprintf(text, sizeof text, "%lld", number);
	see_set(s, name, text);
}

static void
set_container(struct see *s, const json_t *c)
{
	cleanup_free char *state = see_state(c);

	see_set(s, "owner", json_get_str(c, "name", ""));
	see_set(s, "state", state);
}

/* "Bind for 0.0.0.0:5000 failed: port is already allocated", "listen tcp4 0.0.0.0:5000:
 * bind: address already in use": the number behind the last colon in front of it. */
static long long
taken_port(const char *out)
{
	static const char *const marks[] = {
	    " failed: port is already allocated", ": bind: address already in use"};

	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		const char *end = strstr(out, marks[i]), *at = end;

		while (at != NULL && at > out && isdigit((unsigned char)at[-1]))
			at--;
		if (at != NULL && at < end)
			return strtoll(at, NULL, 10);
	}
	return 0;
}

bool
rule_port_own(struct see *s)
{
	long long port = taken_port(s->out);
	const json_t *c = port > 0 ? see_publisher(s, port) : NULL;

	if (c == NULL)
		return false;
	set_number(s, "port", port);
	set_number(s, "next", port + 1);
	set_container(s, c);
	return true;
}

/* "listen tcp4 0.0.0.0:80: bind: permission denied" */
bool
rule_port_low(struct see *s)
{
	const char *end = strstr(s->out, ": bind: permission denied"), *at = end;
	long long port, next;

	while (at != NULL && at > s->out && isdigit((unsigned char)at[-1]))
		at--;
	if (at == NULL || at == end)
		return false;
	port = strtoll(at, NULL, 10);
	set_number(s, "port", port);
	next = port == 443 ? 8443 : 8000 + port;
	while (see_publisher(s, next) != NULL)
		next++;
	set_number(s, "next", next);
	return true;
}

bool
rule_port_other(struct see *s)
{
	long long port = taken_port(s->out);

	set_number(s, "port", port);
	set_number(s, "next", port + 1);
	return port > 0;
}

bool
rule_name_taken(struct see *s)
{
	const json_t *c = see_container(s, see_get(s, "name"));

	if (c != NULL)
		set_container(s, c);
	else
		see_set(s, "state", "is there");
	return true;
}

/* ---- images ---- */

static void
image_names(struct see *s, struct vec *names)
{
	const json_t *image;
	size_t i;

	json_array_foreach(see_scene(s, "images"), i, image)
	    see_strings(json_object_get(image, "names"), names);
}

/* "flaskap:latest" -> "flaskap", as it was typed most likely. */
static void
drop_latest(struct see *s)
{
	cleanup_free char *name = xstrdup(see_get(s, "name"));

	if (str_ends(name, ":latest"))
		name[strlen(name) - strlen(":latest")] = '\0';
	see_set(s, "name", name);
}

/* The nearest whole name; else one of the same repository with another tag. */
bool
rule_image_near(struct see *s)
{
	cleanup_vec struct vec names = VEC_INIT;
	const char *near;

	image_names(s, &names);
	near = see_nearest(see_get(s, "name"), &names);
	drop_latest(s);
	for (size_t i = 0; near == NULL && i < names.len; i++) {
		const char *name = see_get(s, "name");
		size_t n = strcspn(name, ":");

		if (strncmp(names.v[i], name, n) == 0 && names.v[i][n] == ':')
			near = names.v[i];
	}
	if (near == NULL)
		return false;
	see_set(s, "near", near);
	return true;
}

/* "python:3.99: ... not found" in the last line of a failed build: a base image. */
static bool
take_base(struct see *s)
{
	cleanup_free char *name = xstrdup(see_get(s, "name"));
	size_t n = strlen(name);

	if (!see_docker(s, "build") || n == 0 || name[n - 1] != ':')
		return false;
	name[n - 1] = '\0';
	if (strpbrk(name, "\"'/ ") != NULL && strchr(name, '.') == NULL)
		return false;
	see_set(s, "name", name);
	return true;
}

bool
rule_base_near(struct see *s)
{
	return take_base(s) && rule_image_near(s);
}

const char *
coach_stand_in(const char *name)
{
	static const char *const rows[][2] = {{"alpine", "busybox"},
	    {"python", "python:3.9-slim"}, {"flask", "python:3.9-slim"},
	    {"django", "python:3.9-slim"}};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_starts(name, rows[i][0]))
			return rows[i][1];
	return "debian:bookworm-slim";
}

bool
rule_image_none(struct see *s)
{
	cleanup_vec struct vec names = VEC_INIT;
	cleanup_free char *all = NULL;

	drop_latest(s);
	image_names(s, &names);
	all = vec_join(&names, ", ");
	see_set(s, "images", names.len > 0 ? all : "none");
	see_set(s, "instead", coach_stand_in(see_get(s, "name")));
	return true;
}

bool
rule_base_none(struct see *s)
{
	return take_base(s) &&
	       strstr(s->out, "failed to resolve source metadata") != NULL &&
	       rule_image_none(s);
}

/* "dial tcp: lookup quay.io: no such host" */
bool
rule_no_host(struct see *s)
{
	return see_docker(s, "pull") && see_take(s, s->out, "host", "lookup ", ": \n");
}

bool
rule_container_near(struct see *s)
{
	cleanup_vec struct vec names = VEC_INIT;
	const json_t *all = see_scene(s, "containers"), *c;
	cleanup_free char *list = NULL;
	const char *near;
	size_t i;

	json_array_foreach(all, i, c) vec_add(&names, json_get_str(c, "name", ""));
	list = vec_join(&names, ", ");
	near = see_nearest(see_get(s, "name"), &names);
	see_set(s, "names", names.len > 0 ? list : "none");
	see_set(s, "near", near != NULL ? near : "the name that `docker ps -a` shows");
	return true;
}

/* ---- docker run's words ---- */

/* Options of run that take a value in the next word. */
static const char valued[] =
    " -p --publish --name -e --env -v --volume -w --workdir -u --user "
    "--network --net -h --hostname --entrypoint --env-file -m "
    "--memory --cpus --restart -l --label --mount --expose ";

static bool
takes_value(const char *word)
{
	char padded[40];

	snprintf(padded, sizeof padded, " %.30s ", word);
	return strstr(valued, padded) != NULL;
}

/* Where the image stands, or docker.len. */
static size_t
image_at(const struct see *s)
{
	size_t i = 0;

	while (i < s->docker.len && !str_eq(s->docker.v[i], "run"))
		i++;
	for (i++; i < s->docker.len && s->docker.v[i][0] == '-'; i++)
		if (takes_value(s->docker.v[i]))
			i++;
	return i < s->docker.len ? i : s->docker.len;
}

/* docker run app -p 5000:5000 -d */
bool
rule_options_late(struct see *s)
{
	static const char *const ours[] = {
	    "-p", "-d", "--name", "--publish", "--detach", "--rm", "-it", NULL};
	size_t image = image_at(s);

	if (!see_docker(s, "run") || image + 1 >= s->docker.len)
		return false;
	for (size_t k = 0; ours[k] != NULL; k++)
		if (str_eq(s->docker.v[image + 1], ours[k])) {
			see_set(s, "word", ours[k]);
			see_set(s, "image", s->docker.v[image]);
			return true;
		}
	return false;
}

bool
rule_no_image(struct see *s)
{
	return see_docker(s, "run");
}

/* docker run without -d, ended by Ctrl-C. */
bool
rule_foreground(struct see *s)
{
	size_t image = image_at(s);

	if (!see_docker(s, "run") || (s->in->status != 130 && s->in->status != 137))
		return false;
	for (size_t i = 0; i < image; i++)
		if (str_eq(s->docker.v[i], "-d") || str_starts(s->docker.v[i], "-i") ||
		    str_eq(s->docker.v[i], "-t") || str_eq(s->docker.v[i], "--detach"))
			return false;
	see_set(s, "line", s->line);
	return image < s->docker.len;
}

/* ---- what answers ---- */

/* Somebody asked a port of localhost and got nothing; or asks the tutor. */
static bool
asks_port(struct see *s, long long *port)
{
	*port = see_port(s);
	return (*port > 0 && s->in->status != 0) || s->line[0] == '\0';
}

/* The running container that publishes the port; for port 0 the newest that publishes. */
static const json_t *
behind(struct see *s, long long port)
{
	const json_t *c;
	size_t i;

	if (port > 0)
		return see_publisher(s, port);
	json_array_foreach(see_scene(s, "containers"), i,
	    c) if (see_running(c) &&
		   json_array_size(json_object_get(c, "ports")) > 0) return c;
	return NULL;
}

/* "Running on http://127.0.0.1:5000" in its log, and nowhere that it listens to all. */
bool
rule_bound_local(struct see *s)
{
	long long port;
	const json_t *c = asks_port(s, &port) ? behind(s, port) : NULL;
	const char *log = c != NULL ? see_log(s, c) : "";

	if ((strstr(log, "http://127.0.0.1:") == NULL &&
		strstr(log, "http://localhost:") == NULL) ||
	    strstr(log, "0.0.0.0") != NULL || strstr(log, "all addresses") != NULL)
		return false;
	set_container(s, c);
	if (!see_take(s, log, "inner", "http://127.0.0.1:", " \n\t/()"))
		see_take(s, log, "inner", "http://localhost:", " \n\t/()");
	return true;
}

/* It listens on one port, and another one is published. */
bool
rule_port_mismatch(struct see *s)
{
	long long port, inner;
	const json_t *c = asks_port(s, &port) ? behind(s, port) : NULL, *p;
	const char *at = c != NULL ? strstr(see_log(s, c), "http://") : NULL;
	size_t i;

	at = at != NULL ? strchr(at + strlen("http://"), ':') : NULL;
	inner = at != NULL ? strtoll(at + 1, NULL, 10) : 0;
	if (inner == 0)
		return false;
	json_array_foreach(json_object_get(c, "ports"), i,
	    p) if (strtoll(json_get_str(p, "port", ""), NULL, 10) == inner) return false;
	p = json_array_get(json_object_get(c, "ports"), 0);
	set_container(s, c);
	set_number(s, "inner", inner);
	set_number(s, "host", json_get_int(p, "host", 0));
	see_set(s, "published", json_get_str(p, "port", ""));
	return true;
}

/* It runs and is published, and did not answer. */
bool
rule_starting(struct see *s)
{
	long long port = see_port(s);
	const json_t *c = port > 0 && s->in->status != 0 ? see_publisher(s, port) : NULL;

	if (c != NULL)
		set_container(s, c);
	return c != NULL;
}

/* Something runs, but nobody published the port that was asked. */
bool
rule_not_published(struct see *s)
{
	const json_t *c, *other = NULL;
	long long port = see_port(s);
	size_t i;

	if (port == 0 || s->in->status == 0 || see_publisher(s, port) != NULL)
		return false;
	json_array_foreach(see_scene(s, "containers"), i,
	    c) if (other == NULL && see_running(c)) other = c;
	if (other == NULL)
		return false;
	set_container(s, other);
	set_number(s, "port", port);
	return true;
}

static const json_t *
newest(struct see *s)
{
	return json_array_get(see_scene(s, "containers"), 0);
}

bool
rule_nothing_runs(struct see *s)
{
	const json_t *c = newest(s);
	long long port = see_port(s);

	if (port == 0 || s->in->status == 0 || see_running(c))
		return false;
	set_number(s, "port", port);
	if (c == NULL) {
		see_set(s, "owner", "no container");
		see_set(s, "state", "is there yet");
	} else {
		set_container(s, c);
	}
	return true;
}

/* ---- old, killed, silent ---- */

/* "exec /app/start.sh: no such file or directory", and the file is there. */
bool
rule_interpreter(struct see *s)
{
	cleanup_free char *whole = NULL;

	if (!see_take(s, s->out, "name", "exec ", ":\n"))
		return false;
	whole = xasprintf("exec %s: no such file or directory", see_get(s, "name"));
	return see_get(s, "name")[0] == '/' && strstr(s->out, whole) != NULL;
}

/* Does the name that it was made from mean another image by now? */
static bool
is_old(struct see *s, const json_t *c)
{
	const char *name = json_get_str(c, "image", "");
	cleanup_free char *latest = xasprintf("%s:latest", name);
	const json_t *image;
	size_t i;

	json_array_foreach(see_scene(s, "images"), i, image)
	{
		cleanup_vec struct vec names = VEC_INIT;

		see_strings(json_object_get(image, "names"), &names);
		if (vec_has(&names, name) || vec_has(&names, latest))
			return !str_eq(json_get_str(image, "id", ""),
			    json_get_str(c, "image_id", ""));
	}
	return false;
}

/* It was started again in place of made anew; or a check of the step fails. */
bool
rule_old_image(struct see *s)
{
	bool again = see_docker(s, "restart") || see_docker(s, "start");
	const json_t *c = NULL;

	if (again && s->docker.len > 0)
		c = see_container(s, s->docker.v[s->docker.len - 1]);
	else if (s->line[0] == '\0')
		c = json_array_get(see_scene(s, "containers"), 0);
	if (c == NULL || !is_old(s, c))
		return false;
	set_container(s, c);
	return true;
}

bool
rule_killed(struct see *s)
{
	const json_t *c = NULL;

	if (s->line[0] == '\0')
		c = json_array_get(see_scene(s, "containers"), 0);
	if (c == NULL || see_running(c) || json_get_int(c, "exit_code", 0) != 137)
		return false;
	set_container(s, c);
	return true;
}

/* `docker logs` of a Python server that runs, and nothing came. */
bool
rule_logs_empty(struct see *s)
{
	cleanup_free char *text = NULL;
	const json_t *c;

	if (!see_docker(s, "logs") || s->in->status != 0 || s->out[0] != '\0')
		return false;
	c = see_container(s, s->docker.v[s->docker.len - 1]);
	if (c == NULL || !see_running(c) ||
	    json_array_size(json_object_get(c, "ports")) == 0)
		return false;
	text = json_dumps(see_scene(s, "dockerfile"), 0);
	if (text == NULL || strstr(text, "python") == NULL ||
	    strstr(text, "PYTHONUNBUFFERED") != NULL)
		return false;
	set_container(s, c);
	return true;
}

/* The newest container has ended and the student looks for it: after `run -d`, `ps`, or
 * when the tutor is asked. */
bool
rule_ended(struct see *s)
{
	const json_t *c;
	bool looks = s->line[0] == '\0' || (see_docker(s, "run") && s->in->status == 0) ||
		     see_docker(s, "ps");

	for (size_t i = 0; i < s->docker.len; i++) {
		const char *w = s->docker.v[i];

		if (see_docker(s, "ps") &&
		    (str_eq(w, "--all") || (w[0] == '-' && strchr(w, 'a') != NULL)))
			return false;
	}
	if (see_docker(s, "run")) {
		bool detached = false;

		for (size_t i = 0; i < image_at(s); i++)
			detached |=
			    str_eq(s->docker.v[i], "--detach") ||
			    (s->docker.v[i][0] == '-' && s->docker.v[i][1] != '-' &&
				strchr(s->docker.v[i], 'd') != NULL);
		looks &= detached;
	}
	c = looks ? newest(s) : NULL;
	/* stopped by the student: 137 and 143 are no crash */
	if (c == NULL || !str_eq(json_get_str(c, "status", ""), "exited") ||
	    json_get_int(c, "exit_code", 0) == 137 ||
	    json_get_int(c, "exit_code", 0) == 143)
		return false;
	set_container(s, c);
	return true;
}

bool
rule_ended_module(struct see *s)
{
	const char *log;

	if (!rule_ended(s))
		return false;
	log = see_log(s, newest(s));
	return see_take(s, log, "module", "No module named '", "'\n");
}

/* Also in a log that is looked at: that command itself succeeds. */
bool
rule_module(struct see *s)
{
	return s->failed || see_docker(s, "logs");
}
