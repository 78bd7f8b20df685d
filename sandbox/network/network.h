/*
 * network.h - bridges, addresses, published ports
 *
 * Every session has an outer network: what its commands call localhost.  It is
 * the host's own, or a private namespace made for the session.  Containers sit
 * on the session's bridge (172.17.0.0/16) inside the holder's network
 * namespace; sessions use the same addresses, their bridges do not meet.
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

/* The lowest free address of the session (folder borrowed); kept until the lock's
 * last copy is closed, however its holders end. */
int network_address_take(int session_dir, struct network_address *ret, struct err *err);
struct in_addr network_gateway(void);

/* ---- links; in a process that has entered the holder with its network -------------- */

/* Makes (once) the session's bridge, and a veth born as eth0 in the network
 * namespace of pid.  session: its name. */
int network_attach(
    const char *session, const char *container_id, pid_t pid, struct err *err);

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
/* Takes the listeners' descriptors (array copied).  Gives; forwarder_free(). */
struct forwarder *forwarder_new(const char *session, struct in_addr to,
    struct network_listener *listeners, size_t count);
void forwarder_free(struct forwarder *f);
/* One epoll descriptor to wait on for readability; then call forwarder_work. */
int forwarder_fd(const struct forwarder *f);
void forwarder_work(struct forwarder *f);

/* ---- private outer networks
 * --------------------------------------------------------------- */

/* A process that keeps a network namespace with lo up, below the holder's user
 * namespace, until lifeline's other end is closed.  In a process of the host's side.
 * Returns its pid: /proc/PID/ns/net is the network. */
struct holder;
pid_t network_keep(const struct holder *h, int lifeline, struct err *err);

#endif
