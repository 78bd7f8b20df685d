/*
 * attach.c - back to a container that runs
 */
#include "sandbox/container/private.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 2000 };

void
attach_address(int dir, struct sockaddr_un *ret)
{
	ret->sun_family = AF_UNIX;
	snprintf(
	    ret->sun_path, sizeof ret->sun_path, "/proc/self/fd/%d/" ATTACH_SOCKET, dir);
}

/* The monitor of a container that has just been started opens its door a moment later. */
int
attach_knock(int dir, struct err *err)
{
	cleanup_fd int sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	int64_t give_up = clock_mono() + PATIENCE_MS * (NS_PER_S / 1000);
	struct timespec nap = {.tv_nsec = 2000000};
	struct sockaddr_un a;

	attach_address(dir, &a);
	if (sock < 0)
		return err_sys(err, "cannot make a socket");
	while (connect(sock, (struct sockaddr *)&a, sizeof a) < 0) {
		if (!container_monitored(dir))
			return err_set(err, ERR_CONFLICT, "the container has ended");
		if (clock_mono() > give_up)
			return err_sys(err, "the container's monitor does not answer");
		nanosleep(&nap, NULL);
	}
	return take_fd(&sock);
}

int
container_attach(
    struct session *s, const char *id, const struct container_attach *a, struct err *err)
{
	cleanup_container_state struct container_state st = {0};
	cleanup_fd int dir = container_open_dir(s, id, err);
	char wants = (char)((a->in ? WIRE_HELLO_IN : 0) | (a->out ? WIRE_HELLO_OUT : 0));

	if (dir < 0 || container_state(s, id, &st, err) < 0)
		return -1;
	if (st.status != CONTAINER_RUNNING)
		return err_set(err, ERR_CONFLICT, "container %s is not running", id);
	cleanup_fd int sock = attach_knock(dir, err);
	if (sock < 0)
		return -1;
	if (wire_send(sock, WIRE_HELLO, &wants, 1, 0) < 0)
		return err_sys(err, "cannot attach to the container");
	return client_follow(sock, a, err);
}
