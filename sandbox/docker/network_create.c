/*
 * network_create.c - docker network create, connect, disconnect
 *
 * Checks and words: docker/cli, cli/command/network/create.go; moby, daemon/network.go.
 */
#include "sandbox/docker/command.h"
#include <arpa/inet.h>
#include <stdlib.h>

enum { SMALLEST_BITS = 30, LARGEST_BITS = 8 };

static uint32_t
mask_of(unsigned bits)
{
	return bits == 0 ? 0 : ~0U << (32 - bits);
}

/* "10.1.0.0/16" -> network and bits; the host's part is dropped, as by Go. */
static int
parse_cidr(const char *text, const char *what, struct in_addr *net, unsigned *bits,
    struct err *err)
{
	cleanup_free char *ip = xstrndup(text, strcspn(text, "/"));
	uint64_t n;

	if (text[strlen(ip)] != '/' || inet_pton(AF_INET, ip, net) != 1 ||
	    !str_to_u64(text + strlen(ip) + 1, 32, &n))
		return err_set(err, ERR_INPUT, "%sinvalid CIDR address: %s", what, text);
	*bits = (unsigned)n;
	net->s_addr = htonl(ntohl(net->s_addr) & mask_of(*bits));
	return 0;
}

static bool
contains(const struct session_network *n, struct in_addr ip)
{
	return ((ntohl(ip.s_addr) ^ ntohl(n->subnet.s_addr)) & mask_of(n->bits)) == 0;
}

/* 1: the engine refuses what the command line let pass. */
static int
config_refused(struct err *err, const char *subnet, const char *why)
{
	err_set(err, ERR_INPUT, "invalid network config:\ninvalid subnet %s: %s", subnet,
	    why);
	return 1;
}

/* Refuses 10.1.0.5/16. */
static int
check_masked(const char *subnet, const struct session_network *n, struct err *err)
{
	cleanup_free char *masked = xasprintf("%s/%u", inet_ntoa(n->subnet), n->bits);
	cleanup_free char *why = xasprintf("it should be %s", masked);

	return str_eq(subnet, masked) ? 0 : config_refused(err, subnet, why);
}

/* -1: the command line refuses, 1: the engine. */
static int
take_subnet(const struct opts *o, struct session_network *n, struct err *err)
{
	const char *subnet = opts_str(o, "subnet"), *gateway = opts_str(o, "gateway");
	const char *range = opts_str(o, "ip-range");

	if (subnet == NULL)
		return range == NULL && gateway == NULL
			   ? 0
			   : err_set(err, ERR_INPUT,
				 "every ip-range or gateway must have a corresponding "
				 "subnet");
	if (parse_cidr(subnet, "", &n->subnet, &n->bits, err) < 0)
		return range != NULL || gateway != NULL
			   ? -1
			   : config_refused(err, subnet, "invalid CIDR block notation");
	if (n->bits < LARGEST_BITS || n->bits > SMALLEST_BITS)
		return err_set(err, ERR_UNSUPPORTED,
		    "subnets from /%d to /%d are possible here, not %s", LARGEST_BITS,
		    SMALLEST_BITS, subnet);
	n->chosen = true;
	n->gateway.s_addr = htonl(ntohl(n->subnet.s_addr) | 1);
	if (range != NULL) {
		if (parse_cidr(range, "", &n->range, &n->range_bits, err) < 0)
			return -1;
		if (!contains(n, n->range) || n->range_bits < n->bits)
			return err_set(
			    err, ERR_INPUT, "no matching subnet for range %s", range);
		n->gateway.s_addr = htonl(ntohl(n->range.s_addr) | 1);
	}
	if (gateway != NULL &&
	    (inet_pton(AF_INET, gateway, &n->gateway) != 1 || !contains(n, n->gateway)))
		return err_set(
		    err, ERR_INPUT, "no matching subnet for gateway %s", gateway);
	return check_masked(subnet, n, err);
}

static int
check_driver(const char *driver, struct err *err)
{
	if (str_eq(driver, "bridge"))
		return 0;
	if (str_eq(driver, "host") || str_eq(driver, "null"))
		return err_set(err, ERR_CONFLICT,
		    "only one instance of \"%s\" network is allowed", driver);
	if (str_eq(driver, "overlay"))
		return err_set(err, ERR_UNSUPPORTED,
		    "This node is not a swarm manager. Use \"docker swarm init\" or "
		    "\"docker swarm join\" to connect this node to swarm and try again.");
	if (str_eq(driver, "macvlan") || str_eq(driver, "ipvlan"))
		return err_set(err, ERR_UNSUPPORTED,
		    "the driver %s needs root; a rootless engine has bridge", driver);
	return err_set(err, ERR_NOT_FOUND,
	    "could not resolve driver %s in remote driver: plugin \"%s\" not found",
	    driver, driver);
}

static void
take_pairs(const struct opts *o, const char *option, struct vec *list)
{
	const char *v;

	for (size_t i = 0; (v = opts_next(o, option, &i)) != NULL;) {
		cleanup_free char *key = xstrndup(v, strcspn(v, "="));

		vec_env_set(list, key, strchr(v, '=') != NULL ? strchr(v, '=') + 1 : "");
	}
}

static bool
is_predefined(const char *name)
{
	return str_eq(name, "bridge") || str_eq(name, "host") || str_eq(name, "none") ||
	       str_eq(name, "default");
}

int
docker_network_create(struct docker *d)
{
	const struct opts *o = &d->opts;
	cleanup_session_network struct session_network n = SESSION_NETWORK_INIT;
	struct err err = ERR_INIT;
	int refused;

	n.name = xstrdup(o->args[0]);
	n.internal = opts_on(o, "internal");
	n.attachable = opts_on(o, "attachable");
	take_pairs(o, "label", &n.labels);
	take_pairs(o, "opt", &n.options);
	refused = take_subnet(o, &n, &err);
	if (refused < 0)
		return docker_failed(&err);
	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	if (is_predefined(n.name)) {
		err_set(&err, ERR_CONFLICT,
		    "operation is not permitted on predefined %s network ", n.name);
		return docker_refused(&err);
	}
	if (n.name[0] == '\0') {
		err_set(&err, ERR_INPUT, "invalid name: name is empty");
		return docker_refused(&err);
	}
	if (refused > 0 || check_driver(opts_str(o, "driver"), &err) < 0 ||
	    session_network_create(d->session, &n, &err) < 0)
		return docker_refused(&err);
	session_event(d->session, "network", "create", n.id,
	    json_pack("{s:s, s:s}", "name", n.name, "type", "bridge"));
	printf("%s\n", n.id);
	return 0;
}

/* The network and the container that a command names.  --force asks for the endpoint
 * alone. */
static int
find_both(
    struct docker *d, bool force, struct session_network *n, char id[65], struct err *err)
{
	const char *name = d->opts.args[1];

	if (session_network_find(d->session, d->opts.args[0], n, err) < 0)
		return -1;
	if (container_find(d->session, name, id, err) == 0)
		return 0;
	return force ? err_set(err, ERR_NOT_FOUND, "endpoint %s not found", name) : -1;
}

int
docker_network_connect(struct docker *d)
{
	const struct opts *o = &d->opts;
	cleanup_session_network struct session_network n = SESSION_NETWORK_INIT;
	struct container_endpoint e = {.aliases = VEC_INIT, .links = VEC_INIT};
	struct err err = ERR_INIT;
	const char *v;
	char id[65];
	int rc;

	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	if (find_both(d, false, &n, id, &err) < 0)
		return docker_refused(&err);
	if (docker_check_ip6(opts_str(o, "ip6"), n.name, &err) < 0)
		return docker_refused(&err);
	e.network = xstrdup(n.name);
	for (size_t i = 0; (v = opts_next(o, "alias", &i)) != NULL;)
		vec_add(&e.aliases, v);
	for (size_t i = 0; (v = opts_next(o, "link", &i)) != NULL;)
		vec_addf(&e.links, strchr(v, ':') != NULL ? "%s" : "%s:%s", v, v);
	if ((v = opts_str(o, "ip")) != NULL && *v != '\0')
		e.ip = xstrdup(v);
	rc = container_connect(d->session, id, &n, &e, &err);
	container_endpoint_done(&e);
	return rc < 0 ? docker_refused(&err) : 0;
}

int
docker_network_disconnect(struct docker *d)
{
	cleanup_session_network struct session_network n = SESSION_NETWORK_INIT;
	struct err err = ERR_INIT;
	char id[65];
	bool force;

	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	force = opts_on(&d->opts, "force");
	if (find_both(d, force, &n, id, &err) < 0 ||
	    container_disconnect(d->session, id, &n, force, &err) < 0)
		return docker_refused(&err);
	return 0;
}
