/*
 * call_ids.c - who am I, and may I become somebody else
 */
#include "sandbox/runtime/supervise.h"
#include <errno.h>
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>

int64_t
call_change(struct call *c)
{
	struct ids ids = *call_who(c);
	int64_t rc = ids_change(&ids, c->nr, c->args);

	if (rc < 0)
		return rc;
	return ids_set(&c->s->ids, c->pid, &ids) < 0 ? -errno : rc;
}

int64_t
call_get_id(struct call *c)
{
	const struct ids *i = call_who(c);

	switch (c->nr) {
	case SYS_getuid: return i->user[IDS_REAL];
	case SYS_geteuid: return i->user[IDS_EFFECTIVE];
	case SYS_getgid: return i->group[IDS_REAL];
	default: return i->group[IDS_EFFECTIVE];
	}
}

int64_t
call_get_three(struct call *c)
{
	const struct ids *i = call_who(c);
	const uint32_t *x = c->nr == SYS_getresuid ? i->user : i->group;

	for (int k = 0; k < 3; k++)
		if (tracee_write(c, c->args[k], &x[k], sizeof x[k]) < 0)
			return -EFAULT;
	return 0;
}

int64_t
call_getgroups(struct call *c)
{
	const struct ids *i = call_who(c);
	int size = (int)c->args[0];

	if (size < 0 || (size > 0 && (uint32_t)size < i->ngroups))
		return -EINVAL;
	if (size > 0 && i->ngroups > 0 &&
	    tracee_write(c, c->args[1], i->groups, i->ngroups * sizeof i->groups[0]) < 0)
		return -EFAULT;
	return i->ngroups;
}

int64_t
call_setgroups(struct call *c)
{
	struct ids ids = *call_who(c);
	uint64_t n = (uint32_t)c->args[0];

	if (ids.user[IDS_EFFECTIVE] != 0 || (ids.lacks >> CAP_SETGID & 1))
		return -EPERM;
	if (n > IDS_GROUPS)
		return -EINVAL;
	if (n > 0 && tracee_read(c, c->args[1], ids.groups, n * sizeof ids.groups[0]) < 0)
		return -EFAULT;
	ids.ngroups = (uint32_t)n;
	ids_sort_groups(&ids);
	return ids_set(&c->s->ids, c->pid, &ids) < 0 ? -errno : 0;
}

/* The limit that holds our number is told as unlimited, and stays as it is. */
int64_t
call_limit(struct call *c)
{
	struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
	uint64_t to = c->args[c->row->rest];

	return to == 0 ? 0 : tracee_write(c, to, &none, sizeof none);
}

/* The kernel does it; from now on absolute paths may mean something else. */
int64_t
call_chroot(struct call *c)
{
	if (!ids_root(call_who(c)))
		return -EPERM;
	c->s->chrooted = true;
	return CALL_CONTINUE;
}
