/*
 * uplink.h - the way out of one container: libslirp behind a packet socket
 *
 * A program of its own, `net`, in the host's network: it reads what one container sends
 * beyond its subnet and does the same with sockets of the host's.  Never asked for: the
 * host's loopback, link-local addresses, other containers.  It ends with the container's
 * interface.  Who starts it: network.h.
 */
#ifndef DRYDOCK_UPLINK_H
#define DRYDOCK_UPLINK_H

#include "sandbox/base/base.h"

/* `net SUBNET BITS`: descriptor 3 is the packet socket, bound to the interface.  Returns
 * the exit code. */
int uplink_main(int argc, char **argv);

#endif
