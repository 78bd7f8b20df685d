/*
 * joints.c - a container joins networks and leaves them
 */
#include "sandbox/container/joints.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SERVERS = 8, ETH_MAX = 64 };

static bool
is_bridge(const struct session_network *n)
{
	return str_eq(n->driver, "bridge");
}

struct joint *
joints_outlet(const struct launch *l)
{
	struct joint *found = NULL;

	for (size_t i = 0; i < l->njoints; i++) {
		struct joint *j = &l->joints[i];

		if (!j->network.internal &&
		    (found == NULL || strcmp(j->network.name, found->network.name) < 0))
			found = j;
	}
	return found;
}

bool
joints_named(const struct launch *l)
{
	for (size_t i = 0; i < l->njoints; i++)
		if (!l->joints[i].network.predefined)
			return true;
	return false;
}

static void
joint_done(struct joint *j)
{
	session_network_done(&j->network);
	container_endpoint_done(&j->wanted);
	fd_close_p(&j->address.lock);
	fd_close_p(&j->folder);
}

static void
aim_outlet(struct launch *l)
{
	struct joint *outlet = joints_outlet(l);

	for (size_t i = 0; i < l->njoints; i++)
		l->joints[i].link.way_out = &l->joints[i] == outlet;
}

/* The lowest N for ethN. */
static unsigned
free_number(const struct launch *l)
{
	for (unsigned n = 0; n < ETH_MAX; n++) {
		size_t i = 0;

		while (i < l->njoints && l->joints[i].link.number != n)
			i++;
		if (i == l->njoints)
			return n;
	}
	return ETH_MAX;
}

static int
parse_mac(const char *text, unsigned char mac[6], struct err *err)
{
	int end = 0;

	if (sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &mac[0], &mac[1],
		&mac[2], &mac[3], &mac[4], &mac[5], &end) != 6 ||
	    text[end] != '\0')
		return err_set(err, ERR_INPUT, "%s is not a valid mac address", text);
	return 0;
}

static int
take_address(const struct session_network *n, struct joint *j, struct err *err)
{
	struct in_addr wanted = {0};

	j->link.subnet = (struct network_subnet){.net = n->subnet,
	    .gateway = n->gateway,
	    .range = n->range,
	    .bits = n->bits,
	    .range_bits = n->range_bits};
	if (j->wanted.ip != NULL && inet_pton(AF_INET, j->wanted.ip, &wanted) != 1)
		return err_set(err, ERR_INPUT, "invalid IPv4 address: %s", j->wanted.ip);
	if (wanted.s_addr != 0 && !n->chosen)
		return err_set(err, ERR_INPUT,
		    n->predefined
			? "user specified IP address is supported on user defined "
			  "networks only"
			: "user specified IP address is supported only when connecting "
			  "to networks with user configured subnets");
	if (wanted.s_addr != 0 && !network_subnet_has(&j->link.subnet, wanted))
		return err_set(err, ERR_INPUT,
		    "invalid endpoint settings:\nno configured subnet or ip-range "
		    "contain the IP address %s",
		    j->wanted.ip);
	return network_address_take(j->folder, &j->link.subnet, wanted, &j->address, err);
}

/* Takes network and wanted, whatever becomes of it. */
static int
add_joint(struct launch *l, struct session_network *network,
    struct container_endpoint *wanted, struct err *err)
{
	struct joint j = {.network = *network,
	    .wanted = *wanted,
	    .address = NETWORK_ADDRESS_INIT,
	    .folder = session_network_dir(l->session, network, err)};

	*network = (struct session_network)SESSION_NETWORK_INIT;
	memset(wanted, 0, sizeof *wanted);
	j.link.number = free_number(l);
	if (j.folder < 0 || take_address(&j.network, &j, err) < 0) {
		joint_done(&j);
		return -1;
	}
	j.link.address = j.address.ip;
	network_mac(j.address.ip, j.link.mac);
	if (j.wanted.mac != NULL && parse_mac(j.wanted.mac, j.link.mac, err) < 0) {
		joint_done(&j);
		return -1;
	}
	str_random_hex(j.endpoint_id, 64);
	l->joints = xrealloc(l->joints, (l->njoints + 1) * sizeof *l->joints);
	l->joints[l->njoints++] = j;
	for (size_t i = 0; i < l->njoints; i++) /* they have moved */
		l->joints[i].link.network_id = l->joints[i].network.id;
	aim_outlet(l);
	return 0;
}

static void
network_event(const struct launch *l, const struct joint *j, const char *action)
{
	session_event(l->session, "network", action, j->network.id,
	    json_pack("{s:s, s:s, s:s}", "container", l->config->id, "name",
		j->network.name, "type", j->network.driver));
}

int
joints_open(struct launch *l, struct err *err)
{
	const struct container_config *c = l->config;

	for (size_t i = 0; i < c->nendpoints; i++) {
		cleanup_json json_t *copy = endpoint_to_json(&c->endpoints[i]);
		cleanup_session_network struct session_network n = SESSION_NETWORK_INIT;
		struct container_endpoint wanted;
		const char *key = c->endpoints[i].network_id;

		if (*key == '\0' || str_eq(c->endpoints[i].network, "bridge"))
			key = c->endpoints[i].network;
		if (session_network_find(l->session, key, &n, err) < 0)
			return -1;
		if (!is_bridge(&n))
			continue;
		endpoint_from_json(copy, &wanted);
		if (add_joint(l, &n, &wanted, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- in the holder ----------------------------------------------------------------- */

static int
serve_names(struct launch *l, int netns, struct err *err)
{
	struct resolver_server servers[SERVERS];
	struct resolver_ask ask = member_ask(l);
	size_t n = resolv_servers(l, servers, SERVERS);

	l->names = resolver_new(netns, l->outer_dns, servers, n, &ask, err);
	return l->names == NULL ? -1 : 0;
}

static int
open_netns(const struct launch *l, struct err *err)
{
	char path[64];
	int fd;

	if (l->proc.netns >= 0)
		return fcntl(l->proc.netns, F_DUPFD_CLOEXEC, 3);
	snprintf(path, sizeof path, "/proc/%d/ns/net", (int)l->proc.pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? err_sys(err, "cannot reach the container's network") : fd;
}

/* What leaves by the outlet is heard of: to be served, or to be refused. */
static int
tap_outlet(struct launch *l, struct err *err)
{
	const struct joint *outlet = joints_outlet(l);

	fd_close_p(&l->tap);
	if (outlet == NULL)
		return 0;
	l->tap = network_outlet_tap(&outlet->link, err);
	return l->tap < 0 ? -1 : 0;
}

static int
attach_one(struct launch *l, struct joint *j, int netns, struct err *err)
{
	if (network_attach(&j->link, l->config->id, netns, err) < 0 ||
	    member_publish(l, j, err) < 0)
		return -1;
	network_event(l, j, "connect");
	return 0;
}

int
joints_attach(struct launch *l, struct err *err)
{
	cleanup_fd int netns = open_netns(l, err);

	if (netns < 0)
		return -1;
	for (size_t i = 0; i < l->njoints; i++)
		if (attach_one(l, &l->joints[i], netns, err) < 0)
			return -1;
	if (tap_outlet(l, err) < 0)
		return -1;
	return joints_named(l) ? serve_names(l, netns, err) : 0;
}

void
joints_leave(struct launch *l, bool again)
{
	resolver_free(l->names);
	l->names = NULL;
	for (size_t i = 0; i < l->njoints; i++) {
		member_withdraw(l, &l->joints[i]);
		network_event(l, &l->joints[i], "disconnect");
		if (!again)
			fd_close_p(&l->joints[i].address.lock);
	}
}

void
joints_free(struct launch *l)
{
	resolver_free(l->names);
	l->names = NULL;
	for (size_t i = 0; i < l->njoints; i++)
		joint_done(&l->joints[i]);
	free(l->joints);
	l->joints = NULL;
	l->njoints = 0;
}

/* ---- while it runs -------------------------------------------------------------------
 */

static void
remove_joint(struct launch *l, size_t at)
{
	joint_done(&l->joints[at]);
	memmove(
	    &l->joints[at], &l->joints[at + 1], (--l->njoints - at) * sizeof *l->joints);
	for (size_t i = 0; i < l->njoints; i++)
		l->joints[i].link.network_id = l->joints[i].network.id;
	aim_outlet(l);
}

static int
join(struct launch *l, const json_t *message, struct err *err)
{
	cleanup_fd int netns = open_netns(l, err);
	cleanup_session_network struct session_network n = SESSION_NETWORK_INIT;
	struct container_endpoint wanted;
	struct joint *j;

	if (netns < 0)
		return -1;
	session_network_from_json(json_object_get(message, "network"), &n);
	if (n.predefined) /* their addresses are in no record */
		if (session_network_find(l->session, n.name, &n, err) < 0)
			return -1;
	endpoint_from_json(json_object_get(message, "endpoint"), &wanted);
	if (add_joint(l, &n, &wanted, err) < 0)
		return -1;
	j = &l->joints[l->njoints - 1];
	if (attach_one(l, j, netns, err) < 0 ||
	    (l->names == NULL && joints_named(l) && serve_names(l, netns, err) < 0)) {
		network_detach(&j->link, NULL, netns);
		member_withdraw(l, j);
		remove_joint(l, l->njoints - 1);
		return -1;
	}
	files_hosts_add(l, j->address.ip);
	return 0;
}

static int
leave(struct launch *l, const char *network_id, struct err *err)
{
	cleanup_fd int netns = open_netns(l, err);
	struct joint *next;
	struct joint gone;
	size_t i = 0;

	if (netns < 0)
		return -1;
	while (i < l->njoints && !str_eq(l->joints[i].network.id, network_id))
		i++;
	if (i == l->njoints)
		return 0;
	gone = l->joints[i];
	member_withdraw(l, &gone);
	files_hosts_remove(l, gone.address.ip);
	network_event(l, &gone, "disconnect");
	memmove(&l->joints[i], &l->joints[i + 1], (--l->njoints - i) * sizeof gone);
	for (size_t k = 0; k < l->njoints; k++)
		l->joints[k].link.network_id = l->joints[k].network.id;
	aim_outlet(l);
	gone.link.network_id = gone.network.id;
	next = joints_outlet(l);
	network_detach(&gone.link, next != NULL ? &next->link : NULL, netns);
	joint_done(&gone);
	if (!joints_named(l)) {
		resolver_free(l->names);
		l->names = NULL;
	}
	return 0;
}

int
joints_change(struct launch *l, const char *text, size_t len, struct err *err)
{
	cleanup_json json_t *message = json_loadb(text, len, 0, NULL);
	const char *gone = json_get_str(message, "leave", NULL);
	int rc = gone != NULL ? leave(l, gone, err) : join(l, message, err);

	if (rc < 0)
		return -1;
	files_resolv_again(l);
	if (tap_outlet(l, err) < 0)
		return -1;
	return launch_record(l, true, err);
}
