/*
 * seccomp.c - load the filter that was compiled when Drydock was built
 *
 * No PR_SET_NO_NEW_PRIVS, as in Docker: set-uid programs of the image keep working,
 * and init still holds CAP_SYS_ADMIN in its own user namespace.
 */
#include "sandbox/runtime/plan.h"
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp_filter.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Speculation as for any other process, which is runc's choice too. */
enum {
	SPEC = SECCOMP_FILTER_FLAG_SPEC_ALLOW,
	LISTEN = SECCOMP_FILTER_FLAG_NEW_LISTENER | SPEC
};

/* A call that the supervisor has begun is not broken off by a signal (Linux 5.19). */
static int
load_with_listener(bool held)
{
	struct sock_fprog one = {ARRAY_LEN(seccomp_one), (void *)seccomp_one};

	if (held)
		one = (struct sock_fprog){ARRAY_LEN(seccomp_held), (void *)seccomp_held};
	long fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    LISTEN | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &one);

	if (fd < 0 && errno == EINVAL)
		fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, LISTEN, &one);
	return (int)fd;
}

int
seccomp_load(enum idmap map, bool held, int *ret_listener, struct err *err)
{
	struct sock_fprog range = {ARRAY_LEN(seccomp_range), (void *)seccomp_range};
	long rc;

	*ret_listener = -1;
	if (map == IDMAP_ONE)
		rc = *ret_listener = load_with_listener(held);
	else
		rc = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SPEC, &range);
	return rc < 0 ? err_sys(err, "cannot load the system call filter") : 0;
}
