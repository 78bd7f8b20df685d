/*
 * netlink.h - rtnetlink(7): a batch of requests, one send, one answer
 *
 * Requests are gathered in a struct and go to the kernel together; only the last
 * asks for an acknowledgement, errors of the others are reported anyway.  Knows
 * nothing of bridges being Docker's or of containers.
 *
 * Not part of base.h: few need it.
 */
#ifndef DRYDOCK_NETLINK_H
#define DRYDOCK_NETLINK_H

#include "sandbox/base/err.h"
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

struct netlink_batch {
	size_t len;
	struct nlmsghdr *last;
	_Alignas(8) char data[2048];
};
#define NETLINK_BATCH_INIT \
	{ \
		.len = 0 \
	}

/* A NETLINK_ROUTE socket of the present network namespace, or -1 with errno. */
int netlink_open(void);

/* Begin a request with its fixed body / add an attribute to it.  netlink_attr with
 * len 0 opens a nest, which netlink_close ends. */
void netlink_request(
    struct netlink_batch *b, int type, int flags, const void *body, size_t len);
struct rtattr *netlink_attr(
    struct netlink_batch *b, int type, const void *data, size_t len);
void netlink_close(struct netlink_batch *b, struct rtattr *nest);

/* Requests that several modules need. */
void netlink_up(struct netlink_batch *b, int index);
/* Removes the link. */
void netlink_down(struct netlink_batch *b, int index);
void netlink_address(struct netlink_batch *b, int index, struct in_addr ip, int bits);
void netlink_default_route(struct netlink_batch *b, struct in_addr gateway);

/* Sends the batch and waits for its answer; empties it.  `what` words the error. */
int netlink_send(int fd, struct netlink_batch *b, const char *what, struct err *err);

#endif
