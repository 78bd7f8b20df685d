/*
 * port.c - docker port
 */
#include "sandbox/docker/command.h"
#include <stdlib.h>

static int
by_port(const void *a, const void *b)
{
	const struct network_port *x = a, *y = b;

	if (x->container_port != y->container_port)
		return x->container_port < y->container_port ? -1 : 1;
	return strcmp(x->proto, y->proto);
}

/* "0.0.0.0:80" and "[::]:80", each behind `before`. */
static void
print_port(const struct network_port *p, const char *before)
{
	bool six = strchr(p->host_ip, ':') != NULL;

	if (p->host_ip[0] == '\0')
		printf("%s0.0.0.0:%u\n%s[::]:%u\n", before, p->host_port, before,
		    p->host_port);
	else
		printf(
		    six ? "%s[%s]:%u\n" : "%s%s:%u\n", before, p->host_ip, p->host_port);
}

static int
print_one(const struct container_state *s, const char *wanted, const char *name)
{
	cleanup_free char *copy = xstrdup(wanted);
	char *slash = strchr(copy, '/');
	const char *proto = slash != NULL ? slash + 1 : "tcp";
	bool found = false;
	uint64_t number;

	if (slash != NULL)
		*slash = '\0';
	if (!str_to_u64(copy, 65535, &number)) {
		fprintf(stderr,
		    "Error: invalid port (%s): strconv.ParseUint: parsing \"%s\": "
		    "invalid syntax\n",
		    copy, copy);
		return 1;
	}
	for (size_t i = 0; i < s->nports; i++) {
		if (s->ports[i].container_port != number ||
		    !str_eq(s->ports[i].proto, proto))
			continue;
		print_port(&s->ports[i], "");
		found = true;
	}
	if (!found)
		fprintf(stderr, "Error: No public port '%s' published for %s\n", wanted,
		    name);
	return !found;
}

int
docker_port(struct docker *d)
{
	const char *name = d->opts.args[0];
	cleanup_container_state struct container_state state = {.pid = 0};
	struct err err = ERR_INIT;
	struct session *s = docker_session(d, &err);
	char id[65];

	if (s == NULL)
		return docker_failed(&err);
	if (container_find(s, name, id, &err) < 0 ||
	    container_state(s, id, &state, &err) < 0)
		return docker_refused(&err);
	if (state.nports > 0)
		qsort(state.ports, state.nports, sizeof *state.ports, by_port);
	if (d->opts.nargs > 1)
		return print_one(&state, d->opts.args[1], name);
	for (size_t i = 0; i < state.nports; i++) {
		char before[32];

		snprintf(before, sizeof before, "%u/%s -> ",
		    state.ports[i].container_port, state.ports[i].proto);
		print_port(&state.ports[i], before);
	}
	return 0;
}
