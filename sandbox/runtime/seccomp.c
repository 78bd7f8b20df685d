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
	bool held;
	const struct runtime_rights *rights;
};

/* A call that the supervisor has begun is not broken off by a signal (Linux 5.19). */
static long
load(enum idmap map, const struct sock_filter *code, size_t len)
{
	struct sock_fprog prog = {(unsigned short)len, (void *)code};

	if (map != IDMAP_ONE)
		return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SPEC, &prog);
	long fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    LISTEN | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &prog);

	if (fd < 0 && errno == EINVAL)
		fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, LISTEN, &prog);
	return fd;
}

static long
load_usual(const struct loading *l)
{
	if (l->map != IDMAP_ONE)
		return load(l->map, seccomp_range, ARRAY_LEN(seccomp_range));
	if (l->held)
		return load(l->map, seccomp_held, ARRAY_LEN(seccomp_held));
	return load(l->map, seccomp_one, ARRAY_LEN(seccomp_one));
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

static int
load_made(const struct loading *l, long *ret, struct err *err)
{
	cleanup_free struct profile *p = xcalloc(1, sizeof *p);
	cleanup_free struct sock_filter *code = xcalloc(FILTER_CODE, sizeof *code);
	int len;

	if (fill(p, l->rights, err) < 0)
		return -1;
	if (l->map == IDMAP_ONE)
		filter_over(
		    p->table, p->rules, l->held ? seccomp_over_held : seccomp_over_one);
	len = filter_compile(p->table, p->rules, code);
	if (len < 0)
		return err_set(err, ERR_LIMIT, "seccomp: the profile is too long");
	*ret = load(l->map, code, (size_t)len);
	return 0;
}

int
seccomp_load(enum idmap map, const struct runtime_rights *r, bool held, int *ret_listener,
    struct err *err)
{
	struct loading l = {map, held, r};
	long rc = 0;

	*ret_listener = -1;
	if (r->no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_sys(err, "cannot give up new privileges");
	if (r->seccomp == NULL && r->caps == RUNTIME_CAPS)
		rc = load_usual(&l);
	else if (map == IDMAP_ONE || r->seccomp == NULL ||
		 !str_eq(r->seccomp, RUNTIME_UNCONFINED))
		if (load_made(&l, &rc, err) < 0)
			return -1;
	if (rc < 0)
		return err_sys(err, "cannot load the system call filter");
	if (map == IDMAP_ONE)
		*ret_listener = (int)rc;
	return 0;
}
