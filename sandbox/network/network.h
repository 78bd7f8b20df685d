/*
 * network.h - bridges, addresses, published ports
 *
 * Every session has an outer network: what its commands call localhost.  It is
 * the host's own, or a private namespace made for the session.  Containers sit
 * on bridges, one a network, inside the holder's network namespace.  Nothing is
 * forwarded between bridges, and sessions use the same addresses.
 *
 * A published port is a listening socket of the outer network; each connection
 * is carried on by a socket of the holder's namespace, bound to the bridge, to
 * the container's eth0 address - never to its loopback.
 */
#ifndef DRYDOCK_NETWORK_H
#define DRYDOCK_NETWORK_H

#include "sandbox/base/base.h"
#include <netinet/in.h>
#include <stdint.h>

/* ---- addresses ---------------------------------------------------------------- */

struct network_address {
	int lock; /* while open, the address is taken */
	struct in_addr ip;
};
#define NETWORK_ADDRESS_INIT \
	{ \
		.lock = -1 \
	}

struct network_subnet {
	struct in_addr net, gateway, range; /* range: where free ones are looked for */
	unsigned bits, range_bits;
};

/* A free address of the subnet: the one wanted, or (0) the lowest.  folder (borrowed) is
 * the network's, with a file `addresses`; kept until the lock's last copy is closed,
 * however its holders end.  ERR_CONFLICT "Address already in use", ERR_LIMIT. */
int network_address_take(int folder, const struct network_subnet *subnet,
    struct in_addr wanted, struct network_address *ret, struct err *err);
/* Does somebody have it? */
bool network_address_taken(
    int folder, const struct network_subnet *subnet, struct in_addr ip);
bool network_subnet_has(const struct network_subnet *subnet, struct in_addr ip);

/* ---- links; in a process that has entered the holder with its network -------------- */

/* One interface of a container. */
struct network_link {
	const char *network_id; /* the bridge is named after it */
	struct network_subnet subnet;
	struct in_addr address;
	unsigned char mac[6];
	unsigned number;   /* eth0, eth1, ... */
	bool way_out;      /* the default route goes through it */
	bool served;       /* somebody carries on what goes beyond the subnet */
	char host_end[16]; /* filled by network_attach: its other end's name */
};

/* ---- the way out of the host's network ----------------------------------------------
 */

/* Does the network that we are in lead anywhere? */
bool network_leads_out(void);
/* Before holder_enter: forks a process that stays in this network and waits.  Gives the
 * socket to it; it leaves when that is closed. */
int network_outlet_open(struct err *err);
/* In the holder: a socket on which is readable what the container sends beyond its
 * subnet.  Nothing is read here: give it to network_outlet_serve().  Gives. */
int network_outlet_tap(const struct network_link *l, struct err *err);
/* Nobody serves it: says "network is unreachable" to who has sent what is there. */
void network_outlet_refuse(int tap, const struct network_subnet *subnet);
/* From now on the program `net` serves it.  Takes tap. */
int network_outlet_serve(
    int outlet, int tap, const struct network_subnet *subnet, struct err *err);

/* Docker's MAC address of an IP address. */
void network_mac(struct in_addr ip, unsigned char mac[6]);
/* Makes (once) the network's bridge, and a veth born as ethN in the network namespace
 * netns, with its address and route; lo is up as well. */
int network_attach(
    struct network_link *l, const char *container_id, int netns, struct err *err);
/* Removes ethN; `next` (may be NULL) has the way out from now on. */
int network_detach(
    const struct network_link *l, const struct network_link *next, int netns);
/* Removes the bridge; nobody may be on it. */
int network_bridge_remove(const char *network_id, struct err *err);

/* ---- published ports ------------------------------------------------------------------
 */

struct network_port {
	uint16_t container_port;
	uint16_t host_port; /* 0: any free one; filled in by network_listen */
	char proto[5];      /* "tcp" or "udp" */
	char host_ip[46];   /* "" means 0.0.0.0 and [::] */
};

enum { NETWORK_LISTENERS_MAX = 2 };
struct network_listener {
	struct network_port port;
	int fd[NETWORK_LISTENERS_MAX]; /* -1: none */
};

/* In the outer network: bind and listen.  Fills port->host_port.  ERR_CONFLICT when
 * somebody has the port, ERR_SYS otherwise. */
int network_listen(
    struct network_port *port, struct network_listener *ret, struct err *err);
void network_listener_done(struct network_listener *l);

/* The forwarder: an event loop's guest.  All of it runs in the monitor, which is in
 * the holder's network namespace. */
struct forwarder;
/* Copies the listeners' descriptors: they listen on when it is gone.  SIGPIPE must be
 * ignored: a client may leave in the middle.  Gives; forwarder_free(). */
struct forwarder *forwarder_new(const struct network_listener *listeners, size_t count);
/* Where new connections go from now on: the address `to` on the network's bridge. */
void forwarder_aim(struct forwarder *f, const char *network_id, struct in_addr to);
void forwarder_free(struct forwarder *f);
/* One epoll descriptor to wait on for readability; then call forwarder_work. */
int forwarder_fd(const struct forwarder *f);
void forwarder_work(struct forwarder *f);

/* ---- names ----------------------------------------------------------------------------
 */

/* The name server that a container finds at 127.0.0.11: an event loop's guest as well.
 * It answers from what ask() says and sends all else on to outer name servers. */
struct resolver;

enum { RESOLVER_ADDRESSES_MAX = 32, RESOLVER_NAME_MAX = 256 };
struct resolver_ask {
	/* The addresses of a name (0: not ours). */
	size_t (*addresses)(
	    void *arg, const char *name, struct in_addr out[RESOLVER_ADDRESSES_MAX]);
	/* The full name of an address; false: not ours. */
	bool (*name)(void *arg, struct in_addr ip, char out[RESOLVER_NAME_MAX]);
	void *arg;
};
struct resolver_server {
	struct sockaddr_storage address;
	bool inside; /* asked from the container's network, not from the outer one */
};

/* netns: the container's, with lo up.  outer_sockets: UDP sockets (IPv4, IPv6; -1: none)
 * of the outer network, copied.  servers (copied) may be none.  In a process that has
 * entered the holder.  Gives; resolver_free(). */
struct resolver *resolver_new(int netns, const int outer_sockets[2],
    const struct resolver_server *servers, size_t nservers,
    const struct resolver_ask *ask, struct err *err);
void resolver_free(struct resolver *r);
/* One epoll descriptor to wait on for readability; then call resolver_work. */
int resolver_fd(const struct resolver *r);
void resolver_work(struct resolver *r);

/* ---- private outer networks
 * --------------------------------------------------------------- */

/* A process that keeps a network namespace with lo up, below the holder's user
 * namespace, until lifeline's other end is closed.  In a process of the host's side.
 * Returns its pid: /proc/PID/ns/net is the network. */
struct holder;
pid_t network_keep(const struct holder *h, int lifeline, struct err *err);

#endif
