/*
 * address.c - which container has which address
 *
 * One file a network; byte N is locked (fcntl(2), open file description locks) by
 * whoever has the subnet's Nth address.  A lock goes with its last descriptor, so a
 * killed monitor gives its address back without anybody's help.
 */
#include "sandbox/network/network.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static uint32_t
mask_of(unsigned bits)
{
	return bits == 0 ? 0 : ~0U << (32 - bits);
}

bool
network_subnet_has(const struct network_subnet *subnet, struct in_addr ip)
{
	uint32_t mask = mask_of(subnet->bits);

	return ((ntohl(ip.s_addr) ^ ntohl(subnet->net.s_addr)) & mask) == 0;
}

static struct flock
byte_of(const struct network_subnet *subnet, uint32_t ip)
{
	return (struct flock){.l_type = F_WRLCK,
	    .l_whence = SEEK_SET,
	    .l_start = ip - ntohl(subnet->net.s_addr),
	    .l_len = 1};
}

/* 1: ours now, 0: somebody has it, -1 with errno. */
static int
try(int fd, const struct network_subnet *subnet, uint32_t ip)
{
	struct flock byte = byte_of(subnet, ip);

	if (fcntl(fd, F_OFD_SETLK, &byte) == 0)
		return 1;
	return errno == EAGAIN || errno == EACCES ? 0 : -1;
}

static int
open_addresses(int folder)
{
	return openat(folder, "addresses", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

static int
take_lowest(int fd, const struct network_subnet *subnet, uint32_t *ip, struct err *err)
{
	bool part = subnet->range_bits > 0;
	unsigned bits = part ? subnet->range_bits : subnet->bits;
	uint32_t first = ntohl(part ? subnet->range.s_addr : subnet->net.s_addr);
	uint32_t net = ntohl(subnet->net.s_addr);
	uint32_t broadcast = net | ~mask_of(subnet->bits);

	for (*ip = first; *ip <= (first | ~mask_of(bits)); ++*ip) {
		int rc;

		if (*ip == net || *ip == broadcast ||
		    *ip == ntohl(subnet->gateway.s_addr))
			continue;
		rc = try(fd, subnet, *ip);
		if (rc > 0)
			return 0;
		if (rc < 0)
			return err_sys(err, "cannot lock an address");
	}
	return err_set(err, ERR_LIMIT,
	    "no available IPv4 addresses on this network's address pools");
}

int
network_address_take(int folder, const struct network_subnet *subnet,
    struct in_addr wanted, struct network_address *ret, struct err *err)
{
	cleanup_fd int fd = open_addresses(folder);
	uint32_t ip = ntohl(wanted.s_addr);
	int rc;

	if (fd < 0)
		return err_sys(err, "cannot open the network's addresses");
	if (ip == 0) {
		if (take_lowest(fd, subnet, &ip, err) < 0)
			return -1;
	} else {
		rc = wanted.s_addr == subnet->gateway.s_addr ? 0 : try(fd, subnet, ip);
		if (rc < 0)
			return err_sys(err, "cannot lock an address");
		if (rc == 0)
			return err_set(err, ERR_CONFLICT, "Address already in use");
	}
	ret->lock = take_fd(&fd);
	ret->ip.s_addr = htonl(ip);
	return 0;
}

bool
network_address_taken(int folder, const struct network_subnet *subnet, struct in_addr ip)
{
	cleanup_fd int fd = open_addresses(folder);
	struct flock byte = byte_of(subnet, ntohl(ip.s_addr));

	return fd >= 0 && fcntl(fd, F_OFD_GETLK, &byte) == 0 && byte.l_type != F_UNLCK;
}
