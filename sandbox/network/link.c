/*
 * link.c - a network's bridge, and a veth for each container on it
 *
 * One request makes the pair with the peer born as ethN inside the container's
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
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

void
bridge_name(const char *network_id, char out[IFNAMSIZ])
{
	snprintf(out, IFNAMSIZ, "dd%.12s", network_id);
}

static int
send_unless_there(int nl, struct netlink_batch *b, const char *what, struct err *err)
{
	struct err made = ERR_INIT;

	if (netlink_send(nl, b, what, &made) == 0 || err_is_sys(&made, EEXIST))
		return 0;
	if (err != NULL)
		*err = made;
	return -1;
}

/* Nothing goes from one bridge to another by way of the holder; what leaves the subnet is
 * heard by a monitor (outlet.c).  Said for each bridge: a new one takes over the host's
 * settings, and that may be a router. */
static void
forbid_forwarding(const char *bridge)
{
	cleanup_free char *path =
	    xasprintf("/proc/sys/net/ipv4/conf/%s/forwarding", bridge);
	cleanup_fd int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "0", 1) < 0)
		log_debug("%s cannot be written", path);
}

static int
make_bridge(
    int nl, const char *name, const struct network_subnet *subnet, struct err *err)
{
	struct netlink_batch b = NETLINK_BATCH_INIT;
	struct ifinfomsg up = {.ifi_flags = IFF_UP, .ifi_change = IFF_UP};
	struct rtattr *info;
	int index;

	netlink_request(&b, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &up, sizeof up);
	netlink_attr(&b, IFLA_IFNAME, name, strlen(name) + 1);
	info = netlink_attr(&b, IFLA_LINKINFO, NULL, 0);
	netlink_attr(&b, IFLA_INFO_KIND, "bridge", 6);
	netlink_close(&b, info);
	/* Two first containers at once: one makes it, both go on. */
	if (send_unless_there(nl, &b, "cannot make the bridge", err) < 0)
		return -1;
	forbid_forwarding(name);
	index = (int)if_nametoindex(name);
	netlink_address(&b, index, subnet->gateway, (int)subnet->bits);
	if (send_unless_there(nl, &b, "cannot give the bridge its address", err) < 0)
		return -1;
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
make_veth(int nl, const char *name, int bridge, const struct network_link *l, int netns,
    struct err *err)
{
	struct netlink_batch b = NETLINK_BATCH_INIT;
	struct ifinfomsg ours = {.ifi_flags = IFF_UP, .ifi_change = IFF_UP};
	struct ifinfomsg theirs = {.ifi_index = 0};
	struct rtattr *info, *data, *peer;
	char eth[IFNAMSIZ];

	snprintf(eth, sizeof eth, "eth%u", l->number);
	netlink_request(&b, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &ours, sizeof ours);
	veth_end(&b, name);
	netlink_attr(&b, IFLA_MASTER, &bridge, sizeof bridge);
	info = netlink_attr(&b, IFLA_LINKINFO, NULL, 0);
	netlink_attr(&b, IFLA_INFO_KIND, "veth", 4);
	data = netlink_attr(&b, IFLA_INFO_DATA, NULL, 0);
	peer = netlink_attr(&b, VETH_INFO_PEER, &theirs, sizeof theirs);
	veth_end(&b, eth);
	netlink_attr(&b, IFLA_ADDRESS, l->mac, sizeof l->mac);
	netlink_attr(&b, IFLA_NET_NS_FD, &netns, sizeof netns);
	netlink_close(&b, peer);
	netlink_close(&b, data);
	netlink_close(&b, info);
	return netlink_send(nl, &b, "cannot make the container's interface", err);
}

/* ---- on the container's side ---------------------------------------------------------
 */

/* Calls fn there and comes back: we may not stay. */
static int
visit(int netns, int (*fn)(const struct network_link *l, struct err *err),
    const struct network_link *l, struct err *err)
{
	cleanup_fd int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int rc;

	if (home < 0 || setns(netns, CLONE_NEWNET) < 0)
		return err_sys(err, "cannot enter the container's network");
	rc = fn(l, err);
	if (setns(home, CLONE_NEWNET) < 0)
		return err_sys(err, "cannot come back from the container's network");
	return rc;
}

static int
index_of(const struct network_link *l)
{
	char eth[IFNAMSIZ];

	snprintf(eth, sizeof eth, "eth%u", l->number);
	return (int)if_nametoindex(eth);
}

static int
set_route(const struct network_link *l, struct err *err)
{
	struct netlink_batch b = NETLINK_BATCH_INIT;
	cleanup_fd int nl = netlink_open();

	netlink_default_route(&b, l->subnet.gateway);
	return netlink_send(nl, &b, "cannot set the container's route", err);
}

static int
set_up(const struct network_link *l, struct err *err)
{
	struct netlink_batch b = NETLINK_BATCH_INIT;
	cleanup_fd int nl = netlink_open();
	int index = index_of(l);

	if (nl < 0 || index == 0)
		return err_sys(err, "cannot find the container's interface");
	netlink_up(&b, 1);
	netlink_up(&b, index);
	netlink_address(&b, index, l->address, (int)l->subnet.bits);
	if (l->way_out)
		netlink_default_route(&b, l->subnet.gateway);
	return netlink_send(nl, &b, "cannot set up the container's interface", err);
}

static int
take_down(const struct network_link *l, struct err *err)
{
	struct netlink_batch b = NETLINK_BATCH_INIT;
	cleanup_fd int nl = netlink_open();
	int index = index_of(l);

	if (index == 0)
		return 0;
	netlink_down(&b, index);
	return netlink_send(nl, &b, "cannot remove the container's interface", err);
}

void
network_mac(struct in_addr ip, unsigned char mac[6])
{
	mac[0] = 0x02;
	mac[1] = 0x42;
	memcpy(mac + 2, &ip.s_addr, 4);
}

int
network_attach(
    struct network_link *l, const char *container_id, int netns, struct err *err)
{
	char bridge[IFNAMSIZ], unique[8];
	cleanup_fd int nl = netlink_open();
	int index;

	if (nl < 0)
		return err_sys(err, "cannot reach the holder's network");
	bridge_name(l->network_id, bridge);
	index = (int)if_nametoindex(bridge);
	if (index == 0)
		index = make_bridge(nl, bridge, &l->subnet, err);
	if (index < 0)
		return -1;
	/* a container that starts again finds its old link still there for some ms */
	str_random_hex(unique, 6);
	snprintf(l->host_end, sizeof l->host_end, "v%.7s%s", container_id, unique);
	if (make_veth(nl, l->host_end, index, l, netns, err) < 0)
		return -1;
	return visit(netns, set_up, l, err);
}

int
network_detach(const struct network_link *l, const struct network_link *next, int netns)
{
	if (visit(netns, take_down, l, NULL) < 0)
		return -1;
	return next != NULL && next->way_out ? visit(netns, set_route, next, NULL) : 0;
}

int
network_bridge_remove(const char *network_id, struct err *err)
{
	struct netlink_batch b = NETLINK_BATCH_INIT;
	cleanup_fd int nl = netlink_open();
	char bridge[IFNAMSIZ];
	int index;

	bridge_name(network_id, bridge);
	index = (int)if_nametoindex(bridge);
	if (index == 0)
		return 0;
	netlink_down(&b, index);
	return netlink_send(nl, &b, "cannot remove the bridge", err);
}
