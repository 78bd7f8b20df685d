/*
 * ports.c - the PORTS cell of `docker ps`
 *
 * Ports of one kind (an address and protocol, or a protocol alone) are grouped
 * while they are contiguous; a group is written when the next of its kind does
 * not follow.  Those that change their number come last, one by one.
 */
#include "sandbox/base/base.h"
#include "sandbox/format/format.h"
#include <stdlib.h>

struct group {
	const char *ip, *proto;
	unsigned first, last;
};

static const char *
ip_of(const struct format_port *p)
{
	return p->ip != NULL ? p->ip : "";
}

static int
by_port(const void *a, const void *b)
{
	const struct format_port *x = a, *y = b;
	int order;

	if (x->container != y->container)
		return x->container < y->container ? -1 : 1;
	order = strcmp(ip_of(x), ip_of(y));
	if (order != 0)
		return order;
	if (x->host != y->host)
		return x->host < y->host ? -1 : 1;
	return strcmp(x->proto, y->proto);
}

/* "ip:" with brackets for IPv6, as Go's net.JoinHostPort. */
static void
add_host(struct buf *b, const char *ip)
{
	buf_addf(b, strchr(ip, ':') != NULL ? "[%s]:" : "%s:", ip);
}

static void
add_comma(struct buf *b)
{
	if (b->len > 0)
		buf_adds(b, ", ");
}

static void
add_group(struct buf *b, const struct group *g)
{
	char range[32];

	if (g->first == g->last)
		snprintf(range, sizeof range, "%u", g->first);
	else
		snprintf(range, sizeof range, "%u-%u", g->first, g->last);
	add_comma(b);
	if (*g->ip != '\0') {
		add_host(b, g->ip);
		buf_addf(b, "%s->", range);
	}
	buf_addf(b, "%s/%s", range, g->proto);
}

/* Puts p into the group of its kind; a group that it does not continue is written. */
static void
collect(
    struct buf *out, struct group *groups, size_t *ngroups, const struct format_port *p)
{
	const char *ip = ip_of(p);
	size_t i = 0;

	while (i < *ngroups &&
	       (!str_eq(groups[i].ip, ip) || !str_eq(groups[i].proto, p->proto)))
		i++;
	if (i < *ngroups && p->container == groups[i].last + 1) {
		groups[i].last = p->container;
		return;
	}
	if (i < *ngroups)
		add_group(out, &groups[i]);
	else
		(*ngroups)++;
	groups[i] = (struct group){ip, p->proto, p->container, p->container};
}

char *
format_ports(const struct format_port *ports, size_t count)
{
	cleanup_free struct format_port *sorted = xcalloc(count + 1, sizeof *sorted);
	cleanup_free struct group *groups = xcalloc(count + 1, sizeof *groups);
	cleanup_buf struct buf moved = BUF_INIT(BUF_OURS);
	struct buf out = BUF_INIT(BUF_OURS);
	size_t ngroups = 0;

	for (size_t i = 0; i < count; i++)
		sorted[i] = ports[i];
	qsort(sorted, count, sizeof *sorted, by_port);
	for (size_t i = 0; i < count; i++) {
		const struct format_port *p = &sorted[i];

		if (*ip_of(p) == '\0' || p->host == p->container) {
			collect(&out, groups, &ngroups, p);
			continue;
		}
		add_comma(&moved);
		add_host(&moved, p->ip);
		buf_addf(&moved, "%u->%u/%s", p->host, p->container, p->proto);
	}
	for (size_t i = 0; i < ngroups; i++)
		add_group(&out, &groups[i]);
	if (moved.len > 0) {
		add_comma(&out);
		buf_adds(&out, moved.s);
	}
	return buf_take(&out);
}
