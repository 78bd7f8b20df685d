/*
 * seccomp.c - load the filter: one that was compiled when Drydock was built, or for
 * other rights than Docker's defaults one that is made now
 *
 * No PR_SET_NO_NEW_PRIVS unless asked for, as in Docker: set-uid programs of the image
 * keep working, and init still holds CAP_SYS_ADMIN in its own user namespace.
 */
#include "sandbox/runtime/plan.h"
#include "sandbox/runtime/profile.h"
#include <seccomp_filter.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Speculation as for any other process, which is runc's choice too. */
enum {
	SPEC = SECCOMP_FILTER_FLAG_SPEC_ALLOW,
	LISTEN = SECCOMP_FILTER_FLAG_NEW_LISTENER | SPEC
};

struct loading {
	enum idmap map;
	bool more;
	const struct runtime_rights *rights;
};

/* By map, and whether it asks more. */
static const struct usual {
	const struct sock_filter *code;
	size_t len;
	const uint32_t *over;
} usual[][2] = {
    [IDMAP_RANGE] = {{seccomp_range, ARRAY_LEN(seccomp_range), seccomp_over_range},
	{seccomp_told, ARRAY_LEN(seccomp_told), seccomp_over_told}},
    [IDMAP_ONE] = {{seccomp_one, ARRAY_LEN(seccomp_one), seccomp_over_one},
	{seccomp_held, ARRAY_LEN(seccomp_held), seccomp_over_held}},
};

static long
load_deaf(const struct sock_filter *code, size_t len)
{
	struct sock_fprog prog = {(unsigned short)len, (void *)code};

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SPEC, &prog);
}

/* A call that the supervisor has begun is not broken off by a signal (Linux 5.19). */
static long
load(const struct sock_filter *code, size_t len)
{
	struct sock_fprog prog = {(unsigned short)len, (void *)code};
	long fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    LISTEN | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &prog);

	if (fd < 0 && errno == EINVAL)
		fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, LISTEN, &prog);
	return fd;
}

static int
fill(struct profile *p, const struct runtime_rights *r, struct err *err)
{
	memcpy(p->table, seccomp_base, sizeof p->table);
	if (r->seccomp != NULL && !str_eq(r->seccomp, RUNTIME_UNCONFINED))
		return profile_read(
		    p, r->seccomp, seccomp_names, ARRAY_LEN(seccomp_names), r->caps, err);
	for (size_t i = 0; r->seccomp != NULL && i < FILTER_CALLS; i++)
		p->table[i] = FILTER_ALLOW;
	for (size_t i = 0; i < ARRAY_LEN(seccomp_extra); i++)
		if (r->caps >> seccomp_extra[i].cap & 1)
			p->table[seccomp_extra[i].nr] = FILTER_ALLOW;
	return 0;
}

static bool
is_usual(const struct runtime_rights *r)
{
	return r->seccomp == NULL && r->caps == RUNTIME_CAPS;
}

static int
load_made(const struct loading *l, bool deaf, long *ret, struct err *err)
{
	cleanup_free struct profile *p = xcalloc(1, sizeof *p);
	cleanup_free struct sock_filter *code = xcalloc(FILTER_CODE, sizeof *code);
	int len;

	if (fill(p, l->rights, err) < 0)
		return -1;
	if (!deaf)
		filter_over(p->table, p->rules, usual[l->map][l->more].over);
	len = filter_compile(p->table, p->rules, code);
	if (len < 0)
		return err_set(err, ERR_LIMIT, "seccomp: the profile is too long");
	*ret = deaf ? load_deaf(code, (size_t)len) : load(code, (size_t)len);
	return 0;
}

/* deaf: without a listener. */
static int
load_any(const struct loading *l, bool deaf, long *ret, struct err *err)
{
	const struct usual *u = &usual[l->map][l->more];

	if (!is_usual(l->rights))
		return load_made(l, deaf, ret, err);
	*ret = deaf ? load_deaf(seccomp_plain, ARRAY_LEN(seccomp_plain))
		    : load(u->code, u->len);
	return 0;
}

int
seccomp_load(enum idmap map, const struct runtime_rights *r, bool more, int *ret_listener,
    struct err *err)
{
	struct loading l = {map, more, r};
	bool deaf;
	long rc = 0;

	*ret_listener = -1;
	if (r->no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_sys(err, "cannot give up new privileges");
	/* /proc says "Seccomp: 0" then, as it should */
	if (map == IDMAP_RANGE && r->seccomp != NULL &&
	    str_eq(r->seccomp, RUNTIME_UNCONFINED))
		return 0;
	if (load_any(&l, false, &rc, err) < 0)
		return -1;
	/* Only one listener is allowed, and somebody around us has it: no devices. */
	deaf = rc < 0 && errno == EBUSY && map == IDMAP_RANGE;
	if (deaf && load_any(&l, true, &rc, err) < 0)
		return -1;
	if (rc < 0)
		return err_sys(err, "cannot load the system call filter");
	*ret_listener = deaf ? -1 : (int)rc;
	return 0;
}
