/*
 * filter.c - which containers --filter lets through
 *
 * Facts: moby, daemon/list.go.  Values of one filter are alternatives (labels: all must
 * hold), different filters must all hold.
 */
#include "sandbox/docker/command.h"
#include <regex.h>
#include <stdlib.h>

/* What a filter may look at. */
struct question {
	struct session *s;
	const struct docker_row *row, *rows;
	size_t count;
	const char *value;
	struct err *err;
};

/* Each answers 1, 0, or -1 with *err. */
static int
is_id(const struct question *q)
{
	return str_starts(q->row->id, q->value);
}

static int
is_name(const struct question *q)
{
	cleanup_free char *with_slash = xasprintf("/%s", q->row->config->name);
	regex_t re;
	int hit;

	/* Docker matches the expression against "/name" and "name" */
	if (regcomp(&re, q->value, REG_EXTENDED | REG_NOSUB) != 0)
		return strstr(with_slash, q->value) != NULL;
	hit = regexec(&re, with_slash, 0, NULL, 0) == 0 ||
	      regexec(&re, q->row->config->name, 0, NULL, 0) == 0;
	regfree(&re);
	return hit;
}

static int
is_label(const struct question *q)
{
	size_t n = strcspn(q->value, "=");
	cleanup_free char *name = xstrndup(q->value, n);
	const char *has = vec_env_get(&q->row->config->labels, name);

	return has != NULL && (q->value[n] != '=' || str_eq(has, q->value + n + 1));
}

static int
is_status(const struct question *q)
{
	static const char *const known[] = {"created", "dead", "exited", "paused",
	    "removing", "restarting", "running", NULL};

	for (size_t i = 0; known[i] != NULL; i++)
		if (str_eq(q->value, known[i]))
			return str_eq(docker_state_word(&q->row->state), q->value);
	return err_set(q->err, ERR_INPUT, "invalid filter 'status=%s'", q->value);
}

static int
is_exited(const struct question *q)
{
	char *end;
	long code = strtol(q->value, &end, 10);

	if (*end != '\0' || end == q->value)
		return err_set(q->err, ERR_INPUT, "invalid filter 'exited=%s'", q->value);
	return q->row->state.status == CONTAINER_EXITED &&
	       q->row->state.exit_code == code;
}

static int
is_ancestor(const struct question *q)
{
	char id[65];

	if (docker_find_image(q->s, q->value, id, NULL, NULL) < 0)
		return 0;
	return str_eq(id, q->row->config->image_id);
}

/* The creation time of the container that a before or since filter names. */
static int
time_of(const struct question *q, int64_t *ret)
{
	char id[65];

	if (container_find(q->s, q->value, id, q->err) < 0)
		return -1;
	for (size_t i = 0; i < q->count; i++) {
		if (str_eq(q->rows[i].id, id)) {
			*ret = q->rows[i].config->created;
			return 0;
		}
	}
	return err_set(q->err, ERR_NOT_FOUND, "No such container: %s", q->value);
}

static int
is_before(const struct question *q)
{
	int64_t t;

	return time_of(q, &t) < 0 ? -1 : q->row->config->created < t;
}

static int
is_since(const struct question *q)
{
	int64_t t;

	return time_of(q, &t) < 0 ? -1 : q->row->config->created > t;
}

static int
is_network(const struct question *q)
{
	const struct container_config *c = q->row->config;

	for (size_t i = 0; i < c->nendpoints; i++)
		if (str_eq(q->value, c->endpoints[i].network) ||
		    (*q->value != '\0' &&
			str_starts(c->endpoints[i].network_id, q->value)))
			return 1;
	return 0;
}

/* Is the container's port, "80/tcp", one of "80", "80/tcp", "80-90/udp"?  Without a
 * protocol tcp is meant. */
static bool
is_port(const char *port, const char *wanted)
{
	const char *proto = strchr(wanted, '/'), *ours = strchr(port, '/');
	char *end = NULL;
	unsigned long from = strtoul(wanted, &end, 10), to = from,
		      n = strtoul(port, NULL, 10);

	if (*end == '-')
		to = strtoul(end + 1, NULL, 10);
	return n >= from && n <= to &&
	       str_eq(ours != NULL ? ours : "/tcp", proto != NULL ? proto : "/tcp");
}

static int
is_publish(const struct question *q)
{
	for (size_t i = 0; i < q->row->config->nports; i++) {
		const struct network_port *p = &q->row->config->ports[i];
		char text[32];

		snprintf(text, sizeof text, "%u/%s", p->container_port, p->proto);
		if (is_port(text, q->value))
			return 1;
	}
	return 0;
}

static int
is_expose(const struct question *q)
{
	const struct vec *exposed = &q->row->config->exposed;

	for (size_t i = 0; i < exposed->len; i++)
		if (is_port(exposed->v[i], q->value))
			return 1;
	return 0;
}

/* Tasks are swarm's: no container is one. */
static int
is_task(const struct question *q)
{
	bool wanted;

	if (!opts_parse_bool(q->value, &wanted))
		return err_set(
		    q->err, ERR_INPUT, "invalid filter 'is-task=[%s]'", q->value);
	return !wanted;
}

/* A volume's name or the place where something is mounted. */
static int
is_volume(const struct question *q)
{
	for (size_t i = 0; i < q->row->config->nmounts; i++) {
		const struct container_mount *m = &q->row->config->mounts[i];

		if (str_eq(m->target, q->value) ||
		    (m->source != NULL && str_eq(m->source, q->value)))
			return 1;
	}
	return 0;
}

static int
is_health(const struct question *q)
{
	static const char *const known[] = {
	    "none", "starting", "healthy", "unhealthy", NULL};
	size_t i = 0;

	while (known[i] != NULL && !str_eq(q->value, known[i]))
		i++;
	if (known[i] == NULL)
		return err_set(q->err, ERR_INPUT,
		    "unrecognized filter value for health: %s", q->value);
	return str_eq(q->value, container_health_word(q->row->state.health));
}

static const struct filter {
	const char *name;
	int (*asks)(const struct question *q);
	bool all; /* every value must hold, not only one */
} filters[] = {
    {"id", is_id, false},
    {"name", is_name, false},
    {"label", is_label, true},
    {"status", is_status, false},
    {"exited", is_exited, false},
    {"ancestor", is_ancestor, false},
    {"before", is_before, true},
    {"since", is_since, true},
    {"network", is_network, false},
    {"publish", is_publish, false},
    {"expose", is_expose, false},
    {"volume", is_volume, false},
    {"health", is_health, false},
    {"is-task", is_task, false},
};

/* The values of one filter, put together as it wants. */
static int
ask(const struct filter *f, struct question *q, const struct opts *o)
{
	const char *v;
	bool any = false, one = false, every = true;

	for (size_t i = 0; (v = opts_next(o, "filter", &i)) != NULL;) {
		const char *value = str_after(v, f->name);
		int hit;

		if (value == NULL || *value != '=')
			continue;
		q->value = value + 1;
		hit = f->asks(q);
		if (hit < 0)
			return -1;
		any = true;
		one = one || hit > 0;
		every = every && hit > 0;
	}
	return !any || (f->all ? every : one);
}

int
docker_filter_check(const struct opts *o, const char *const *known, struct err *err)
{
	const char *v;

	for (size_t i = 0; (v = opts_next(o, "filter", &i)) != NULL;) {
		const char *dangling = str_after(v, "dangling=");
		size_t n = strcspn(v, "="), k = 0;
		bool truth;

		while (known[k] != NULL &&
		       (strlen(known[k]) != n || memcmp(known[k], v, n) != 0))
			k++;
		if (n > 0 && known[k] == NULL)
			return err_set(
			    err, ERR_INPUT, "invalid filter '%.*s'", (int)n, v);
		if (dangling != NULL && !opts_parse_bool(dangling, &truth))
			return err_set(
			    err, ERR_INPUT, "invalid filter 'dangling=[%s]'", dangling);
	}
	return 0;
}

int
docker_filter_values(struct session *s, const struct opts *o, struct err *err)
{
	static const char *const checked[] = {"status", "exited", "health", "is-task"};
	static const char *const named[] = {"before=", "since="};
	struct container_config none = {.id = ""};
	struct docker_row row = {.config = &none};
	struct question q = {.s = s, .row = &row, .err = err};
	char id[65];
	const char *v, *name;

	for (size_t i = 0; i < ARRAY_LEN(filters); i++)
		for (size_t k = 0; k < ARRAY_LEN(checked); k++)
			if (str_eq(filters[i].name, checked[k]) &&
			    ask(&filters[i], &q, o) < 0)
				return -1;
	for (size_t i = 0; (v = opts_next(o, "filter", &i)) != NULL;)
		for (size_t k = 0; k < ARRAY_LEN(named); k++)
			if ((name = str_after(v, named[k])) != NULL &&
			    container_find(s, name, id, err) < 0)
				return -1;
	return 0;
}

int
docker_filter_row(struct session *s, const struct opts *o, const struct docker_row *row,
    const struct docker_row *rows, size_t count, struct err *err)
{
	struct question q = {
	    .s = s, .row = row, .rows = rows, .count = count, .err = err};

	for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
		int hit = ask(&filters[i], &q, o);

		if (hit <= 0)
			return hit;
	}
	return 1;
}
