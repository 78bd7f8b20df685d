/*
 * bridge.h - the name under which the kernel knows a session's bridge
 */
#ifndef DRYDOCK_NETWORK_BRIDGE_H
#define DRYDOCK_NETWORK_BRIDGE_H

#include <net/if.h>

/* Writes the interface name for a session's name. */
void bridge_name(const char *session, char out[IFNAMSIZ]);

#endif
