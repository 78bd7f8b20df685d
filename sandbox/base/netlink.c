/*
 * netlink.c - rtnetlink(7) in batches
 */
#include "sandbox/base/netlink.h"
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

int
netlink_open(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
}

void
netlink_request(
    struct netlink_batch *b, int type, int flags, const void *body, size_t len)
{
	struct nlmsghdr *h = (void *)(b->data + b->len);

	memset(h, 0, sizeof *h);
	h->nlmsg_type = (unsigned short)type;
	h->nlmsg_flags = (unsigned short)(NLM_F_REQUEST | flags);
	h->nlmsg_seq = (b->last != NULL ? b->last->nlmsg_seq : 0) + 1;
	h->nlmsg_len = NLMSG_LENGTH(len);
	memcpy(NLMSG_DATA(h), body, len);
	b->len += NLMSG_ALIGN(h->nlmsg_len);
	b->last = h;
}

struct rtattr *
netlink_attr(struct netlink_batch *b, int type, const void *data, size_t len)
{
	struct rtattr *a = (void *)(b->data + b->len);

	a->rta_type = (unsigned short)type;
	a->rta_len = (unsigned short)RTA_LENGTH(len);
	if (len > 0)
		memcpy(RTA_DATA(a), data, len);
	b->len += RTA_ALIGN(a->rta_len);
	b->last->nlmsg_len = (unsigned)(b->data + b->len - (char *)b->last);
	return a;
}

void
netlink_close(struct netlink_batch *b, struct rtattr *nest)
{
	nest->rta_len = (unsigned short)(b->data + b->len - (char *)nest);
}

void
netlink_up(struct netlink_batch *b, int index)
{
	struct ifinfomsg i = {
	    .ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};

	netlink_request(b, RTM_NEWLINK, 0, &i, sizeof i);
}

void
netlink_down(struct netlink_batch *b, int index)
{
	struct ifinfomsg i = {.ifi_index = index};

	netlink_request(b, RTM_DELLINK, 0, &i, sizeof i);
}

void
netlink_address(struct netlink_batch *b, int index, struct in_addr ip, int bits)
{
	struct ifaddrmsg a = {.ifa_family = AF_INET,
	    .ifa_prefixlen = (unsigned char)bits,
	    .ifa_index = (unsigned)index};

	netlink_request(b, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &a, sizeof a);
	netlink_attr(b, IFA_LOCAL, &ip, sizeof ip);
	netlink_attr(b, IFA_ADDRESS, &ip, sizeof ip);
}

void
netlink_default_route(struct netlink_batch *b, struct in_addr gateway)
{
	struct rtmsg m = {.rtm_family = AF_INET,
	    .rtm_table = RT_TABLE_MAIN,
	    .rtm_protocol = RTPROT_BOOT,
	    .rtm_type = RTN_UNICAST};

	netlink_request(b, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, &m, sizeof m);
	netlink_attr(b, RTA_GATEWAY, &gateway, sizeof gateway);
}

/* 1: the answer to request `last` was among them, 0: not yet, -1 with errno. */
static int
look(const char *data, ssize_t n, unsigned last)
{
	const struct nlmsghdr *h = (const void *)data;

	for (size_t left = (size_t)n; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
		const struct nlmsgerr *e = NLMSG_DATA(h);

		if (h->nlmsg_type != NLMSG_ERROR)
			continue;
		if (e->error != 0) {
			errno = -e->error;
			return -1;
		}
		if (h->nlmsg_seq == last)
			return 1;
	}
	return 0;
}

int
netlink_send(int fd, struct netlink_batch *b, const char *what, struct err *err)
{
	_Alignas(8) char answer[8192];
	unsigned last = b->last->nlmsg_seq;
	int found = 0;
	ssize_t n;

	b->last->nlmsg_flags |= NLM_F_ACK;
	n = send(fd, b->data, b->len, 0);
	b->len = 0;
	b->last = NULL;
	if (n < 0)
		return err_sys(err, "%s", what);
	while (found == 0) {
		n = recv(fd, answer, sizeof answer, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "%s", what);
		found = look(answer, n, last);
	}
	return found < 0 ? err_sys(err, "%s", what) : 0;
}
