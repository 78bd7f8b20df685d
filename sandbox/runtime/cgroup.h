/*
 * cgroup.h - what a container may use up, and what of the machine holds it to that
 *
 * The best is a control group of its own (v2 where a folder is delegated to us, v1 where
 * one may be written).  Where none is to be had, init limits itself as well as a process
 * can: processes by RLIMIT_NPROC, which the kernel counts for each user namespace by
 * itself, and CPUs by affinity; memory is then the monitor's to watch.
 *
 * Knows numbers, neither options nor Docker.
 */
#ifndef DRYDOCK_RUNTIME_CGROUP_H
#define DRYDOCK_RUNTIME_CGROUP_H

#include "sandbox/base/base.h"
#include <sys/types.h>

struct runtime_limits {
	int64_t memory, reservation; /* bytes; 0: none */
	int64_t swap;                /* memory and swap together; -1: any; 0: not said */
	int64_t quota, period;       /* us of CPU time in each period; 0: none */
	int64_t shares;              /* 0: usual */
	int64_t pids;                /* 0 or less: any number */
	const char *cpuset;          /* "0-1,3"; NULL: all */
};

enum limit_kind {
	LIMIT_MEMORY = 1,
	LIMIT_CPU = 2,
	LIMIT_CPUSET = 4,
	LIMIT_PIDS = 8,
};
/* Which of these l asks for. */
unsigned limits_wanted(const struct runtime_limits *l);
/* Which of `wanted` control groups can hold for us, below root, the folder where they are
 * mounted (AT_FDCWD: /sys/fs/cgroup); cgroup: text of /proc/self/cgroup (NULL: ours). */
unsigned limits_offered(int root, const char *cgroup, unsigned wanted);

enum { LIMITS_GROUPS = 4 };
/* A container's groups. */
struct limits {
	unsigned held;                                   /* what they hold */
	int groups[LIMITS_GROUPS], procs[LIMITS_GROUPS]; /* folders; cgroup.procs */
	int parents[LIMITS_GROUPS];
	size_t len;
	bool v2;
	char name[80];
};
#define LIMITS_INIT \
	{ \
		.len = 0 \
	}

/* Makes (or finds) the groups called name for what l wants; before holder_enter, whose
 * root (owner) will remove them.  What cannot be had is not in ret->held: no error. */
void limits_open(struct limits *ret, int root, const char *cgroup, const char *name,
    const struct runtime_limits *l, uid_t owner);
/* Finds those that a process is in (cgroup: text of its /proc/PID/cgroup). */
void limits_find(struct limits *ret, int root, const char *cgroup, const char *name);
/* Other values for the groups there are; 0, -1 when one that l wants did not take it. */
int limits_write(const struct limits *g, const struct runtime_limits *l);
/* Puts a process in; 0 or -1. */
int limits_join(const struct limits *g, pid_t pid);
/* How many of its processes the kernel has ended for want of memory. */
unsigned long long limits_oom_kills(const struct limits *g);
/* Removes the groups (nobody is in them any more), closes. */
void limits_remove(struct limits *g);
/* Closes. */
void limits_done(struct limits *g);

#define cleanup_limits __attribute__((cleanup(limits_done)))

/* In init: what a process can do for itself of the limits that are not in held. */
int limits_self(const struct runtime_limits *l, unsigned held);

#endif
