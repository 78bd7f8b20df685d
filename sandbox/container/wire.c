/*
 * wire.c - messages between a client and a monitor
 */
#include "sandbox/container/private.h"
#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

int
wire_send(int sock, enum wire_kind kind, const void *data, size_t len, int flags)
{
	char byte = (char)kind;
	struct iovec parts[2] = {{&byte, 1}, {(void *)data, len}};
	struct msghdr m = {.msg_iov = parts, .msg_iovlen = 2};
	ssize_t n;

	do
		n = sendmsg(sock, &m, MSG_NOSIGNAL | flags);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -1 : 0;
}

int
wire_recv(int sock, char *data, size_t *ret_len, int flags)
{
	char byte = 0;
	struct iovec parts[2] = {{&byte, 1}, {data, WIRE_MAX}};
	struct msghdr m = {.msg_iov = parts, .msg_iovlen = 2};
	ssize_t n;

	do
		n = recvmsg(sock, &m, flags);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return (int)n;
	*ret_len = (size_t)n - 1;
	return (unsigned char)byte;
}
