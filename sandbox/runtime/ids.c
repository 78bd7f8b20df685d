/*
 * ids.c - see ids.h
 */
#include "sandbox/runtime/ids.h"
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NONE = -1 }; /* as an argument: leave it */

void
ids_init(struct ids_table *t, const struct ids *first)
{
	t->len = 1;
	t->cap = 16;
	t->v = xcalloc(t->cap, sizeof *t->v);
	t->v[0] = *first;
}

void
ids_done(struct ids_table *t)
{
	free(take_ptr(t->v));
	t->len = t->cap = 0;
}

const struct ids *
ids_get(const struct ids_table *t, pid_t pid)
{
	struct rlimit limit;

	if (t->len == 1 || prlimit(pid, RLIMIT_LOCKS, NULL, &limit) < 0 ||
	    limit.rlim_cur >= t->len)
		return &t->v[0];
	return &t->v[limit.rlim_cur];
}

static bool
same(const struct ids *a, const struct ids *b)
{
	return a->lacks == b->lacks && memcmp(a->user, b->user, sizeof a->user) == 0 &&
	       memcmp(a->group, b->group, sizeof a->group) == 0 &&
	       a->ngroups == b->ngroups &&
	       memcmp(a->groups, b->groups, a->ngroups * sizeof a->groups[0]) == 0;
}

static size_t
find_or_add(struct ids_table *t, const struct ids *ids)
{
	size_t i = 0;

	while (i < t->len && !same(&t->v[i], ids))
		i++;
	if (i < t->len || i == IDS_MAX)
		return i;
	if (t->len == t->cap) {
		t->cap *= 2;
		t->v = xrealloc(t->v, t->cap * sizeof *t->v);
	}
	t->v[t->len++] = *ids;
	return i;
}

int
ids_set(struct ids_table *t, pid_t pid, const struct ids *ids)
{
	struct ids copy = *ids; /* it may lie in the table, which moves */
	size_t i = find_or_add(t, &copy);
	struct rlimit limit;

	if (i == IDS_MAX) {
		errno = EAGAIN;
		return -1;
	}
	if (prlimit(pid, RLIMIT_LOCKS, NULL, &limit) < 0)
		return -1;
	limit.rlim_cur = i == 0 ? limit.rlim_max : i;
	return prlimit(pid, RLIMIT_LOCKS, &limit, NULL);
}

/* ---- the kernel's rules
 * ----------------------------------------------------------------- */

/* May x become `to` unasked?  Only what is in the first n kinds already. */
static bool
among(const uint32_t x[IDS_KINDS], uint32_t to, int n)
{
	for (int i = 0; i < n; i++)
		if (x[i] == to)
			return true;
	return to == (uint32_t)NONE;
}

static int64_t
set_one(uint32_t x[IDS_KINDS], bool may, uint32_t to)
{
	if (to == (uint32_t)NONE)
		return -EINVAL;
	if (may)
		x[IDS_REAL] = x[IDS_SAVED] = to;
	else if (to != x[IDS_REAL] && to != x[IDS_SAVED])
		return -EPERM;
	x[IDS_EFFECTIVE] = x[IDS_FS] = to;
	return 0;
}

static int64_t
set_two(uint32_t x[IDS_KINDS], bool may, uint32_t real, uint32_t effective)
{
	uint32_t old = x[IDS_REAL];

	if (!may && (!among(x, real, 2) || !among(x, effective, 3)))
		return -EPERM;
	if (real != (uint32_t)NONE)
		x[IDS_REAL] = real;
	if (effective != (uint32_t)NONE)
		x[IDS_EFFECTIVE] = effective;
	if (real != (uint32_t)NONE || (effective != (uint32_t)NONE && effective != old))
		x[IDS_SAVED] = x[IDS_EFFECTIVE];
	x[IDS_FS] = x[IDS_EFFECTIVE];
	return 0;
}

static int64_t
set_three(uint32_t x[IDS_KINDS], bool may, const uint64_t to[3])
{
	for (int i = 0; i < 3; i++)
		if (!may && !among(x, (uint32_t)to[i], 3))
			return -EPERM;
	for (int i = 0; i < 3; i++)
		if ((uint32_t)to[i] != (uint32_t)NONE)
			x[i] = (uint32_t)to[i];
	x[IDS_FS] = x[IDS_EFFECTIVE];
	return 0;
}

static int64_t
set_fs(uint32_t x[IDS_KINDS], bool may, uint32_t to)
{
	uint32_t old = x[IDS_FS];

	if (to != (uint32_t)NONE && (may || among(x, to, IDS_KINDS)))
		x[IDS_FS] = to;
	return old;
}

static const struct {
	int nr;
	bool group;
	int how; /* 1, 2, 3 ids, or 0: the file system's */
} changes[] = {{SYS_setuid, false, 1}, {SYS_setgid, true, 1}, {SYS_setreuid, false, 2},
    {SYS_setregid, true, 2}, {SYS_setresuid, false, 3}, {SYS_setresgid, true, 3},
    {SYS_setfsuid, false, 0}, {SYS_setfsgid, true, 0}};

bool
ids_is_change(int nr)
{
	for (size_t i = 0; i < ARRAY_LEN(changes); i++)
		if (changes[i].nr == nr)
			return true;
	return false;
}

int64_t
ids_change(struct ids *ids, int nr, const uint64_t args[3])
{
	size_t i = 0;

	while (i < ARRAY_LEN(changes) && changes[i].nr != nr)
		i++;
	if (i == ARRAY_LEN(changes))
		return -ENOSYS;
	uint32_t *x = changes[i].group ? ids->group : ids->user;
	int cap = changes[i].group ? CAP_SETGID : CAP_SETUID;
	bool may = ids->user[IDS_EFFECTIVE] == 0 && (ids->lacks >> cap & 1) == 0;

	switch (changes[i].how) {
	case 1: return set_one(x, may, (uint32_t)args[0]);
	case 2: return set_two(x, may, (uint32_t)args[0], (uint32_t)args[1]);
	case 3: return set_three(x, may, args);
	default: return set_fs(x, may, (uint32_t)args[0]);
	}
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

void
ids_sort_groups(struct ids *ids)
{
	qsort(ids->groups, ids->ngroups, sizeof ids->groups[0], by_number);
}

bool
ids_in_group(const struct ids *ids, uint32_t gid)
{
	for (uint32_t i = 0; i < ids->ngroups; i++)
		if (ids->groups[i] == gid)
			return true;
	return ids->group[IDS_FS] == gid;
}
