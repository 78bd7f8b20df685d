/*
 * address.c - which container has which address
 *
 * One file a session; byte N is locked (fcntl(2), open file description locks) by
 * whoever has 172.17.0.N.  A lock goes with its last descriptor, so a killed monitor
 * gives its address back without anybody's help.
 */
#include "sandbox/network/network.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { NETWORK = 0xac110000, GATEWAY = 1, FIRST = 2, LAST = 65534 };

struct in_addr
network_gateway(void)
{
	return (struct in_addr){htonl(NETWORK | GATEWAY)};
}

int
network_address_take(int session_dir, struct network_address *ret, struct err *err)
{
	cleanup_fd int fd =
	    openat(session_dir, "addresses", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_sys(err, "cannot open the session's addresses");
	for (off_t n = FIRST; n <= LAST; n++) {
		struct flock byte = {
		    .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = n, .l_len = 1};

		if (fcntl(fd, F_OFD_SETLK, &byte) == 0) {
			ret->lock = take_fd(&fd);
			ret->ip.s_addr = htonl(NETWORK | (unsigned)n);
			return 0;
		}
		if (errno != EAGAIN && errno != EACCES)
			return err_sys(err, "cannot lock an address");
	}
	return err_set(err, ERR_LIMIT, "no available IPv4 addresses on this network");
}
