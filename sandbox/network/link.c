/*
 * link.c - the session's bridge, and a veth per container
 *
 * One request makes the pair with the peer born as eth0 inside the container's
 * namespace and our end on the bridge: moving a finished link between namespaces
 * costs an RCU grace period (24 ms), as does deleting one; both ends simply go with
 * the container's namespace.
 */
#include "sandbox/base/netlink.h"
#include "sandbox/network/bridge.h"
#include "sandbox/network/network.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdio.h>
#include <unistd.h>

enum { ETH0 = 2, PREFIX = 16 };

/* A name of 14 characters for a session's name of any length: FNV-1a, 48 bits. */
void
bridge_name(const char *session, char out[IFNAMSIZ])
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *session != '\0'; session++)
		h = (h ^ (unsigned char)*session) * 0x100000001b3u;
	snprintf(out, IFNAMSIZ, "dd%012llx", (unsigned long long)(h & 0xffffffffffffu));
}

static int
make_bridge(int nl, const char *name, struct err *err)
{
	struct netlink_batch b = NETLINK_BATCH_INIT;
	struct ifinfomsg up = {.ifi_flags = IFF_UP, .ifi_change = IFF_UP};
	struct rtattr *info;
	struct err made = ERR_INIT;
	int index;

	netlink_request(&b, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &up, sizeof up);
	netlink_attr(&b, IFLA_IFNAME, name, strlen(name) + 1);
	info = netlink_attr(&b, IFLA_LINKINFO, NULL, 0);
	netlink_attr(&b, IFLA_INFO_KIND, "bridge", 6);
	netlink_close(&b, info);
	/* Two first containers at once: one makes it, both go on. */
	if (netlink_send(nl, &b, "cannot make the bridge", &made) < 0 &&
	    !err_is_sys(&made, EEXIST)) {
		*err = made;
		return -1;
	}
	index = (int)if_nametoindex(name);
	netlink_address(&b, index, network_gateway(), PREFIX);
	if (netlink_send(nl, &b, "cannot give the bridge its address", &made) < 0 &&
	    !err_is_sys(&made, EEXIST)) {
		*err = made;
		return -1;
	}
	return index;
}

static void
veth_end(struct netlink_batch *b, const char *name)
{
	unsigned one = 1; /* one queue: fewer objects in sysfs, 60 us less */

	netlink_attr(b, IFLA_IFNAME, name, strlen(name) + 1);
	netlink_attr(b, IFLA_NUM_TX_QUEUES, &one, sizeof one);
	netlink_attr(b, IFLA_NUM_RX_QUEUES, &one, sizeof one);
}

static int
make_veth(int nl, const char *name, int bridge, int netns, struct err *err)
{
	struct netlink_batch b = NETLINK_BATCH_INIT;
	struct ifinfomsg ours = {.ifi_flags = IFF_UP, .ifi_change = IFF_UP};
	struct ifinfomsg theirs = {.ifi_index = ETH0};
	struct rtattr *info, *data, *peer;

	netlink_request(&b, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &ours, sizeof ours);
	veth_end(&b, name);
	netlink_attr(&b, IFLA_MASTER, &bridge, sizeof bridge);
	info = netlink_attr(&b, IFLA_LINKINFO, NULL, 0);
	netlink_attr(&b, IFLA_INFO_KIND, "veth", 4);
	data = netlink_attr(&b, IFLA_INFO_DATA, NULL, 0);
	peer = netlink_attr(&b, VETH_INFO_PEER, &theirs, sizeof theirs);
	veth_end(&b, "eth0");
	netlink_attr(&b, IFLA_NET_NS_FD, &netns, sizeof netns);
	netlink_close(&b, peer);
	netlink_close(&b, data);
	netlink_close(&b, info);
	return netlink_send(nl, &b, "cannot make the container's eth0", err);
}

int
network_attach(const char *session, const char *container_id, pid_t pid, struct err *err)
{
	char bridge[IFNAMSIZ], name[IFNAMSIZ], path[64];
	cleanup_fd int nl = netlink_open(), netns = -1;
	int index;

	snprintf(path, sizeof path, "/proc/%d/ns/net", (int)pid);
	netns = open(path, O_RDONLY | O_CLOEXEC);
	if (nl < 0 || netns < 0)
		return err_sys(err, "cannot reach the container's network");
	bridge_name(session, bridge);
	index = (int)if_nametoindex(bridge);
	if (index == 0)
		index = make_bridge(nl, bridge, err);
	if (index < 0)
		return -1;
	/* a container that starts again finds its old link still there for some ms */
	snprintf(name, sizeof name, "v%.6s%x", container_id, (unsigned)pid);
	return make_veth(nl, name, index, netns, err);
}
