/*
 * cgroup_files.c - limits as words for the kernel
 *
 * What each of them is called in a control group, v1 and v2, and what a process can do by
 * itself where there is none.  Knows nothing of where groups are.
 *
 * Files and their meaning: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/ of the
 * kernel.
 */
#include "sandbox/runtime/cgroup_files.h"
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PERIOD = 100000, VALUE_MAX = 64 };

/* ---- what is written where ----------------------------------------------------------
 */

/* Each fills text with what to write; false: nothing. */
typedef bool value_fn(const struct runtime_limits *l, bool v2, char text[VALUE_MAX]);

static bool
number(char text[VALUE_MAX], int64_t n)
{
	snprintf(text, VALUE_MAX, "%lld", (long long)n);
	return n > 0;
}

static bool
value_memory(const struct runtime_limits *l, bool v2, char text[VALUE_MAX])
{
	(void)v2;
	return number(text, l->memory);
}

static bool
value_reservation(const struct runtime_limits *l, bool v2, char text[VALUE_MAX])
{
	(void)v2;
	return number(text, l->reservation);
}

/* v1 counts memory and swap together, v2 swap alone. */
static bool
value_swap(const struct runtime_limits *l, bool v2, char text[VALUE_MAX])
{
	if (l->memory == 0)
		return false;
	if (l->swap < 0)
		snprintf(text, VALUE_MAX, v2 ? "max" : "-1");
	else
		snprintf(text, VALUE_MAX, "%lld",
		    (long long)((l->swap > 0 ? l->swap : 2 * l->memory) -
				(v2 ? l->memory : 0)));
	return true;
}

static bool
value_period(const struct runtime_limits *l, bool v2, char text[VALUE_MAX])
{
	number(text, l->period > 0 ? l->period : PERIOD);
	return !v2 && l->quota > 0;
}

static bool
value_quota(const struct runtime_limits *l, bool v2, char text[VALUE_MAX])
{
	if (!v2)
		return number(text, l->quota);
	snprintf(text, VALUE_MAX, "%lld %lld", (long long)l->quota,
	    (long long)(l->period > 0 ? l->period : PERIOD));
	return l->quota > 0;
}

/* 2..262144 shares are 1..10000 of weight, as runc converts them. */
static bool
value_shares(const struct runtime_limits *l, bool v2, char text[VALUE_MAX])
{
	int64_t s = l->shares;

	return number(text, v2 && s > 0 ? 1 + ((s - 2) * 9999) / 262142 : s);
}

static bool
value_cpus(const struct runtime_limits *l, bool v2, char text[VALUE_MAX])
{
	(void)v2;
	snprintf(text, VALUE_MAX, "%s", l->cpuset != NULL ? l->cpuset : "");
	return l->cpuset != NULL;
}

static bool
value_pids(const struct runtime_limits *l, bool v2, char text[VALUE_MAX])
{
	(void)v2;
	return number(text, l->pids);
}

static const struct row {
	enum limit_kind kind;
	const char *controller, *v1, *v2; /* NULL: not there */
	value_fn *value;
	bool needed; /* without it the limit does not hold */
} rows[] = {
    {LIMIT_MEMORY, "memory", "memory.limit_in_bytes", "memory.max", value_memory, true},
    {LIMIT_MEMORY, "memory", "memory.memsw.limit_in_bytes", "memory.swap.max", value_swap,
	false},
    {LIMIT_MEMORY, "memory", "memory.soft_limit_in_bytes", "memory.low",
	value_reservation, false},
    {LIMIT_CPU, "cpu", "cpu.cfs_period_us", NULL, value_period, false},
    {LIMIT_CPU, "cpu", "cpu.cfs_quota_us", "cpu.max", value_quota, true},
    {LIMIT_CPU, "cpu", "cpu.shares", "cpu.weight", value_shares, false},
    {LIMIT_CPUSET, "cpuset", "cpuset.cpus", "cpuset.cpus", value_cpus, true},
    {LIMIT_PIDS, "pids", "pids.max", "pids.max", value_pids, true},
};

unsigned
limits_wanted(const struct runtime_limits *l)
{
	char text[VALUE_MAX];
	unsigned wanted = 0;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].value(l, true, text) || rows[i].value(l, false, text))
			wanted |= rows[i].kind;
	return wanted;
}

bool
limits_write_file(int dir, const char *file, const char *text)
{
	cleanup_fd int fd = openat(dir, file, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

/* Memory and its sum with swap bound each other: what fails at first may go later. */
unsigned
limits_write_files(int dir, const struct runtime_limits *l, unsigned kinds, bool v2)
{
	unsigned held = kinds;

	for (int round = 0; round < 2; round++) {
		held = kinds;
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			const char *file = v2 ? rows[i].v2 : rows[i].v1;
			char text[VALUE_MAX];

			if ((kinds & rows[i].kind) == 0 || file == NULL ||
			    !rows[i].value(l, v2, text))
				continue;
			if (!limits_write_file(dir, file, text) && rows[i].needed)
				held &= ~(unsigned)rows[i].kind;
		}
	}
	return held;
}

const char *
limits_controller(unsigned kind)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].kind == kind)
			return rows[i].controller;
	return "";
}

/* ---- without groups ------------------------------------------------------------------
 */

/* "0-1,3" */
static void
read_cpuset(const char *text, cpu_set_t *set)
{
	cleanup_vec struct vec parts = VEC_INIT;

	vec_split(&parts, text, ",");
	for (size_t i = 0; i < parts.len; i++) {
		unsigned from = 0, to = 0;
		int n = sscanf(parts.v[i], "%u-%u", &from, &to);

		for (unsigned c = from; n > 0 && c <= (n == 2 ? to : from) && c < 1024;
		     c++)
			CPU_SET(c, set);
	}
}

/* As many CPUs as the quota is worth, rounded up. */
static void
first_cpus(const struct runtime_limits *l, cpu_set_t *set)
{
	int64_t period = l->period > 0 ? l->period : PERIOD;
	int64_t n = (l->quota + period - 1) / period;
	cpu_set_t have;

	CPU_ZERO(&have);
	sched_getaffinity(0, sizeof have, &have);
	for (int c = 0; c < 1024 && n > 0; c++)
		if (CPU_ISSET(c, &have)) {
			CPU_SET(c, set);
			n--;
		}
}

int
limits_self(const struct runtime_limits *l, unsigned held)
{
	unsigned missing = limits_wanted(l) & ~held;
	cpu_set_t set;

	CPU_ZERO(&set);
	if (missing & LIMIT_CPUSET)
		read_cpuset(l->cpuset, &set);
	else if ((missing & LIMIT_CPU) && l->quota > 0)
		first_cpus(l, &set);
	if (CPU_COUNT(&set) > 0)
		(void)sched_setaffinity(0, sizeof set, &set);
	if (missing & LIMIT_PIDS) {
		struct rlimit r = {(rlim_t)l->pids, (rlim_t)l->pids};

		if (setrlimit(RLIMIT_NPROC, &r) < 0)
			return -1;
	}
	return 0;
}
