/*
 * bridge.h - the name under which the kernel knows a network's bridge
 */
#ifndef DRYDOCK_NETWORK_BRIDGE_H
#define DRYDOCK_NETWORK_BRIDGE_H

#include <net/if.h>

/* Writes the interface name for a network's id. */
void bridge_name(const char *network_id, char out[IFNAMSIZ]);

#endif
