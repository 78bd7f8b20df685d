/*
 * joints.h - the networks that a running container is on, in its monitor (private to this
 * module)
 *
 * A joint is an address, an interface and, on a network with names, a file
 * networks/ID/members/CONTAINER that says what it is called there.  Joints outlive a
 * restart by the policy: the interfaces are then made anew.
 */
#ifndef DRYDOCK_CONTAINER_JOINTS_H
#define DRYDOCK_CONTAINER_JOINTS_H

#include "sandbox/container/private.h"

struct joint {
	struct session_network network;
	struct container_endpoint wanted;
	struct network_address address;
	struct network_link link;
	char endpoint_id[65];
	int folder; /* the network's */
};

/* All of l->config's, with their addresses; on the host's side. */
int joints_open(struct launch *l, struct err *err);
/* Interfaces, names and the name server, for the container's new first process; in the
 * holder. */
int joints_attach(struct launch *l, struct err *err);
/* Nobody finds it by name any more; the addresses are free.  Keeps what a further start
 * needs when `again`. */
void joints_leave(struct launch *l, bool again);
void joints_free(struct launch *l);

/* One more, one less, while it runs: what a WIRE_NETWORK message asks. */
int joints_change(struct launch *l, const char *text, size_t len, struct err *err);

/* The one that has the way out and the published ports, or NULL. */
struct joint *joints_outlet(const struct launch *l);
/* Is there a network with names among them? */
bool joints_named(const struct launch *l);

/* members.c: who is called what on a network. */
int member_publish(const struct launch *l, const struct joint *j, struct err *err);
void member_withdraw(const struct launch *l, const struct joint *j);
/* Another name for it, from any process. */
void member_rename(struct session *s, const struct container_config *c, const char *name);
/* What the container's name server answers from. */
struct resolver_ask member_ask(struct launch *l);

/* resolv.c: the two files that depend on the networks.  servers: what the name server
 * asks, at most max. */
void resolv_write(const struct launch *l, struct buf *b);
size_t resolv_servers(
    const struct launch *l, struct resolver_server *servers, size_t max);

/* files.c: does every legacy link lead to a running container?  ERR_CONFLICT. */
int files_check_links(const struct launch *l, struct err *err);
/* Writes /etc/resolv.conf anew; adds or removes a line of /etc/hosts. */
void files_resolv_again(const struct launch *l);
void files_hosts_add(const struct launch *l, struct in_addr ip);
void files_hosts_remove(const struct launch *l, struct in_addr ip);

#endif
