/*
 * datagram.h - published UDP ports: a guest in the forwarder's loop
 *
 * UDP has no connections, so we keep one socket for each client of a port, by which the
 * container's answers find their way back; forgotten when nothing has come for a while,
 * as in docker-proxy.
 */
#ifndef DRYDOCK_NETWORK_DATAGRAM_H
#define DRYDOCK_NETWORK_DATAGRAM_H

#include "sandbox/base/base.h"
#include <net/if.h>
#include <netinet/in.h>

struct datagrams;

/* Gives; datagrams_free(). */
struct datagrams *datagrams_new(void);
void datagrams_free(struct datagrams *d);
/* Serves the bound socket fd (taken) from now on. */
void datagrams_add(struct datagrams *d, int fd, uint16_t container_port);
/* Where datagrams go: the address `to` behind the device; all clients are new then. */
void datagrams_aim(struct datagrams *d, const char device[IFNAMSIZ], struct in_addr to);
/* One epoll descriptor to wait on for readability; then call datagrams_work. */
int datagrams_fd(const struct datagrams *d);
void datagrams_work(struct datagrams *d);

#endif
