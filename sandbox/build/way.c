/*
 * way.c - the way out of a RUN
 *
 * Where the user has said that builds may go online and the machine's network leads
 * somewhere, a RUN stands on the session's bridge like a container that was told nothing
 * else.  All others have lo alone.
 */
#include "sandbox/build/private.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { RESOLV_MAX = 65536 };

void
build_way_done(struct build_way *w)
{
	session_network_done(&w->network);
	fd_close_p(&w->folder);
	fd_close_p(&w->address.lock);
	fd_close_p(&w->outlet);
}

static bool
leads_out(struct session *s)
{
	cleanup_fd int apart = session_outer_netns(s);

	return apart < 0 && network_leads_out();
}

int
build_way_open(struct session *s, struct build_way *w, struct err *err)
{
	struct session_network *n = &w->network;

	if (!leads_out(s))
		return 0;
	if (session_network_find(s, "bridge", n, err) < 0 ||
	    (w->folder = session_network_dir(s, n, err)) < 0)
		return -1;
	w->link = (struct network_link){.network_id = n->id,
	    .subnet = {.net = n->subnet,
		.gateway = n->gateway,
		.range = n->range,
		.bits = n->bits,
		.range_bits = n->range_bits},
	    .way_out = true};
	if (network_address_take(
		w->folder, &w->link.subnet, (struct in_addr){0}, &w->address, err) < 0)
		return -1;
	w->link.address = w->address.ip;
	network_mac(w->address.ip, w->link.mac);
	w->outlet = network_outlet_open(err);
	return w->outlet < 0 ? -1 : 0;
}

int
build_way_attach(struct build_way *w, pid_t pid, struct err *err)
{
	char path[64], unique[8];

	if (w->outlet < 0)
		return 0;
	snprintf(path, sizeof path, "/proc/%d/ns/net", (int)pid);
	cleanup_fd int netns = open(path, O_RDONLY | O_CLOEXEC);
	if (netns < 0)
		return err_sys(err, "cannot reach the step's network");
	str_random_hex(unique, 7);
	if (network_attach(&w->link, unique, netns, err) < 0)
		return -1;
	int tap = network_outlet_tap(&w->link, err);
	return tap < 0 ? -1 : network_outlet_serve(w->outlet, tap, &w->link.subnet, err);
}

/* A server of the machine that the step would look for on its own loopback, or by a way
 * that it has not. */
static bool
is_unreachable(const char *line)
{
	cleanup_vec struct vec words = VEC_INIT;

	vec_split(&words, line, " \t");
	return words.len > 1 && str_eq(words.v[0], "nameserver") &&
	       (str_starts(words.v[1], "127.") || strchr(words.v[1], ':') != NULL);
}

void
build_way_resolv(struct buf *out)
{
	cleanup_buf struct buf host = BUF_INIT(RESOLV_MAX);
	char *save = NULL;
	bool any = false;

	if (fd_read_file(AT_FDCWD, "/etc/resolv.conf", &host, NULL) == 0 && host.len > 0)
		for (char *line = strtok_r(host.s, "\n", &save); line != NULL;
		     line = strtok_r(NULL, "\n", &save)) {
			if (is_unreachable(line))
				continue;
			any |= str_starts(line, "nameserver");
			buf_addf(out, "%s\n", line);
		}
	if (!any)
		buf_adds(out, "nameserver 8.8.8.8\nnameserver 8.8.4.4\n");
}
