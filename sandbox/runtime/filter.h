/*
 * filter.h - which system calls are allowed, as a table, and the table as classic BPF
 *
 * Shared with assets/seccomp-gen.c, which makes the usual filters when Drydock is built;
 * seccomp.c makes the others (--cap-add, --security-opt seccomp=FILE) with the same
 * functions.  Knows numbers of calls, neither names nor containers.
 */
#ifndef DRYDOCK_RUNTIME_FILTER_H
#define DRYDOCK_RUNTIME_FILTER_H

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>

enum {
	FILTER_CALLS = 600,
	FILTER_CODE = 4096,
	FILTER_RULES = 0x100,
	FILTER_MAX_RULES = 512
};

/* Docker's default capabilities, by number. */
#define FILTER_CAPS 0xa80425fbull

/* An entry of the table is what seccomp returns, or one of the rules below, or
 * FILTER_RULES + i: the chain that begins at rules[i]. */
enum filter_rule_kind {
	FILTER_AS_IS = 1, /* in a table that is laid over another */
	FILTER_CLONE,     /* no new namespaces */
	FILTER_PERSON,    /* personality: the harmless ones */
	FILTER_SOCKET,    /* not AF_ALG, not AF_VSOCK */
	FILTER_OPEN,   /* ask for writing or creating, else allow; flags are argument 1 */
	FILTER_OPENAT, /* the same, argument 2 */
	FILTER_SETLIM, /* one resource is the supervisor's (argument 0): pretend */
	FILTER_GETLIM, /* the same: ask */
	FILTER_PRLIMIT, /* the same, argument 1 */
	FILTER_MKNOD,   /* ask for devices; the mode is argument 1 */
	FILTER_MKNODAT, /* the same, argument 2 */
};
#define FILTER_ALLOW ((uint32_t)SECCOMP_RET_ALLOW)
#define FILTER_DENY ((uint32_t)(SECCOMP_RET_ERRNO | EPERM))
#define FILTER_NOSYS ((uint32_t)(SECCOMP_RET_ERRNO | ENOSYS))
#define FILTER_NOTIFY ((uint32_t)SECCOMP_RET_USER_NOTIF) /* ask the supervisor */

enum filter_op { OP_NE, OP_LT, OP_LE, OP_EQ, OP_GE, OP_GT, OP_MASKED };

/* If all its conditions hold: result; else the rule `next` (-1: otherwise). */
struct filter_rule {
	struct filter_test {
		int arg;
		enum filter_op op;
		uint64_t value, masked; /* OP_MASKED: (arg & value) == masked */
	} tests[6];
	int ntests, next;
	uint32_t result, otherwise;
};

/* What a capability adds, and names of calls; both for the tables that are generated. */
struct filter_extra {
	unsigned char cap;
	unsigned short nr;
};
struct filter_name {
	const char *name;
	int nr;
};

/* Lays `over` on table: a call that the table refuses stays refused.  rules may be NULL
 * when no entry names one. */
void filter_over(uint32_t *table, struct filter_rule *rules, const uint32_t *over);
/* Writes the program (FILTER_CODE places) for a table of FILTER_CALLS; rules may be NULL
 * when no entry names one.  Its length, -1 when it does not fit. */
int filter_compile(
    const uint32_t *table, const struct filter_rule *rules, struct sock_filter *code);

#endif
