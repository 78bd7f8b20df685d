/*
 * seccomp.c - load the filter that was compiled when Drydock was built
 *
 * No PR_SET_NO_NEW_PRIVS, as in Docker: set-uid programs of the image keep working,
 * and init still holds CAP_SYS_ADMIN in its own user namespace.
 */
#include "sandbox/runtime/plan.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp_filter.h>
#include <sys/syscall.h>
#include <unistd.h>

int
seccomp_load(enum idmap map, struct err *err)
{
	struct sock_fprog range = {ARRAY_LEN(seccomp_range), (void *)seccomp_range};
	struct sock_fprog one = {ARRAY_LEN(seccomp_one), (void *)seccomp_one};

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0,
		map == IDMAP_ONE ? &one : &range) < 0)
		return err_sys(err, "cannot load the system call filter");
	return 0;
}
