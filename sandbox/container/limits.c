/*
 * limits.c - what a container may use up: its record, its check, what holds it to it
 *
 * moby: daemon/daemon_unix.go (verifyPlatformContainerResources),
 * container/container_unix.go (UpdateContainer).
 */
#include "sandbox/container/private.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { MEMORY_MIN = 6 << 20, CGROUP_TEXT_MAX = 65536 };
#define LIMITS_FILE "limits.json" /* what `docker update` said */

/* Members that are numbers: in our record, and in HostConfig (NULL: not there). */
static const struct {
	const char *key, *inspect;
	size_t offset;
} numbers[] = {
    {"memory", "Memory", offsetof(struct container_limits, memory)},
    {"nano_cpus", "NanoCpus", offsetof(struct container_limits, nano_cpus)},
    {"cpu_shares", "CpuShares", offsetof(struct container_limits, cpu_shares)},
    {"cpu_period", "CpuPeriod", offsetof(struct container_limits, cpu_period)},
    {"cpu_quota", "CpuQuota", offsetof(struct container_limits, cpu_quota)},
    {"memory_reservation", "MemoryReservation",
	offsetof(struct container_limits, memory_reservation)},
    {"memory_swap", "MemorySwap", offsetof(struct container_limits, memory_swap)},
    {"pids", NULL, offsetof(struct container_limits, pids)},
};

static int64_t *
member(struct container_limits *l, size_t i)
{
	return (int64_t *)((char *)l + numbers[i].offset);
}

/* ---- records ------------------------------------------------------------------------
 */

void
limits_to_json(const struct container_limits *l, json_t *j)
{
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		int64_t n = *member((struct container_limits *)l, i);

		if (n != 0)
			json_object_set_new(j, numbers[i].key, json_integer(n));
	}
	if (l->cpuset != NULL)
		json_object_set_new(j, "cpuset", json_string(l->cpuset));
}

void
limits_from_json(const json_t *j, struct container_limits *l)
{
	const char *cpuset = json_get_str(j, "cpuset", NULL);

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		*member(l, i) = json_get_int(j, numbers[i].key, *member(l, i));
	if (cpuset == NULL)
		return;
	free(l->cpuset);
	l->cpuset = xstrdup(cpuset);
}

void
limits_read_update(int dir, struct container_limits *l)
{
	cleanup_json json_t *j = faccessat(dir, LIMITS_FILE, F_OK, 0) == 0
				     ? json_read_file(dir, LIMITS_FILE, NULL)
				     : NULL;

	if (j != NULL)
		limits_from_json(j, l);
}

void
limits_inspect(const struct container_limits *l, json_t *host)
{
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		if (numbers[i].inspect != NULL)
			json_object_set_new(host, numbers[i].inspect,
			    json_integer(*member((struct container_limits *)l, i)));
	json_object_set_new(
	    host, "CpusetCpus", json_string(l->cpuset != NULL ? l->cpuset : ""));
	json_object_set_new(
	    host, "PidsLimit", l->pids != 0 ? json_integer(l->pids) : json_null());
	json_object_set_new(host, "OomKillDisable", json_null());
}

void
limits_of(const struct container_limits *l, struct runtime_limits *r)
{
	*r = (struct runtime_limits){.memory = l->memory,
	    .reservation = l->memory_reservation,
	    .swap = l->memory_swap,
	    .quota = l->cpu_quota,
	    .period = l->cpu_period,
	    .shares = l->cpu_shares,
	    .pids = l->pids,
	    .cpuset = l->cpuset};
	if (l->nano_cpus > 0) {
		r->period = 100000;
		r->quota = l->nano_cpus / 10000;
	}
}

/* ---- the check ----------------------------------------------------------------------
 */

static int
check_cpus(const struct container_limits *l, struct err *err)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	const char *s = l->cpuset;
	char *end;

	if (l->nano_cpus < 0 || l->nano_cpus > cpus * NS_PER_S)
		return err_set(err, ERR_INPUT,
		    "range of CPUs is from 0.01 to %ld.00, as there are only %ld CPUs "
		    "available",
		    cpus, cpus);
	while (s != NULL && *s != '\0') {
		long n = strtol(s, &end, 10);

		if (end == s || (*end != '\0' && *end != ',' && *end != '-'))
			return err_set(err, ERR_INPUT, "Invalid value %s for cpuset cpus",
			    l->cpuset);
		if (n >= cpus)
			return err_set(err, ERR_INPUT,
			    "Requested CPUs are not available - requested %s, "
			    "available: 0-%ld",
			    l->cpuset, cpus - 1);
		s = *end != '\0' ? end + 1 : end;
	}
	return 0;
}

int
container_check_limits(const struct container_limits *l, struct err *err)
{
	if (l->memory > 0 && l->memory < MEMORY_MIN)
		return err_set(err, ERR_INPUT, "Minimum memory limit allowed is 6MB");
	if (l->memory == 0 && l->memory_swap > 0)
		return err_set(err, ERR_INPUT,
		    "You should always set the Memory limit when using Memoryswap limit, "
		    "see usage");
	if (l->memory > 0 && l->memory_swap > 0 && l->memory_swap < l->memory)
		return err_set(err, ERR_INPUT,
		    "Minimum memoryswap limit should be larger than memory limit, see "
		    "usage");
	if (l->memory > 0 && l->memory_reservation > l->memory)
		return err_set(err, ERR_INPUT,
		    "Minimum memory limit can not be less than memory reservation "
		    "limit, see usage");
	if (l->nano_cpus > 0 && (l->cpu_quota > 0 || l->cpu_period > 0))
		return err_set(err, ERR_INPUT,
		    "Conflicting options: Nano CPUs and CPU %s cannot both be set",
		    l->cpu_period > 0 ? "Period" : "Quota");
	return check_cpus(l, err);
}

/* What holds a limit where no control group is to be had. */
static const struct {
	enum limit_kind kind;
	const char *text;
} instead[] = {
    {LIMIT_MEMORY, "--memory: Drydock looks twenty times a second and ends the biggest "
		   "process when there is too much"},
    {LIMIT_CPU, "--cpus: rounded up to whole CPUs; shares are not kept"},
    {LIMIT_CPUSET, "--cpuset-cpus: its processes begin on these CPUs and may leave them"},
    {LIMIT_PIDS, "--pids-limit: counted for each user of the container by itself"},
};

void
container_explain_limits(const struct container_limits *l, struct vec *how)
{
	struct runtime_limits r;
	unsigned missing;

	limits_of(l, &r);
	missing = limits_wanted(&r);
	missing &= ~limits_offered(AT_FDCWD, NULL, missing);
	for (size_t i = 0; i < ARRAY_LEN(instead); i++)
		if (missing & instead[i].kind)
			vec_addf(how, "no control group may be made here. %s",
			    instead[i].text);
}

/* ---- of a running container ---------------------------------------------------------
 */

void
limits_of_first(pid_t first, const char *id, struct limits *ret)
{
	cleanup_buf struct buf text = BUF_INIT(CGROUP_TEXT_MAX);
	char path[64];

	*ret = (struct limits)LIMITS_INIT;
	snprintf(path, sizeof path, "/proc/%d/cgroup", (int)first);
	if (fd_read_file(AT_FDCWD, path, &text, NULL) == 0)
		limits_find(ret, AT_FDCWD, text.s, id);
}

bool
limits_watch_memory(pid_t first, int64_t most)
{
	cleanup_free struct container_process *list = NULL;
	ssize_t n = processes_of(first, &list, NULL), big = -1;
	int64_t sum = 0;

	for (ssize_t i = 0; i < n; i++) {
		sum += (int64_t)list[i].anon;
		if (big < 0 || list[i].anon > list[big].anon)
			big = i;
	}
	return sum > most && kill(list[big].pid, SIGKILL) == 0;
}

/* ---- docker update ------------------------------------------------------------------
 */

static int
merge(struct container_limits *l, const struct container_limits *set, struct err *err)
{
	if (set->memory > 0 && set->memory_swap == 0 && l->memory_swap > 0 &&
	    set->memory > l->memory_swap)
		return err_set(err, ERR_INPUT,
		    "Memory limit should be smaller than already set memoryswap limit, "
		    "update the memoryswap at the same time");
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		int64_t n = *member((struct container_limits *)set, i);

		if (n != 0)
			*member(l, i) = n;
	}
	if (set->cpuset != NULL) {
		free(l->cpuset);
		l->cpuset = xstrdup(set->cpuset);
	}
	return container_check_limits(l, err);
}

static int
write_update(int dir, const struct container_limits *l, struct err *err)
{
	cleanup_json json_t *j = json_object();

	limits_to_json(l, j);
	return json_write_file(dir, LIMITS_FILE, j, 0600, err);
}

int
container_set_limits(struct session *s, const char *id,
    const struct container_limits *set, struct err *err)
{
	cleanup_container_config struct container_config *c = NULL;
	cleanup_container_state struct container_state st = {.pid = 0};
	cleanup_fd int dir = container_open_dir(s, id, err);
	cleanup_limits struct limits groups = LIMITS_INIT;
	struct runtime_limits r;

	if (dir < 0 || container_load(s, id, &c, err) < 0 ||
	    container_state(s, id, &st, err) < 0)
		return -1;
	if (merge(&c->limits, set, err) < 0) {
		cleanup_free char *why = xstrdup(err->text);

		return err_set(err, ERR_INPUT, "Cannot update container %s: %s", id, why);
	}
	limits_of(&c->limits, &r);
	if (st.status == CONTAINER_RUNNING) {
		limits_of_first(st.pid, id, &groups);
		(void)limits_write(&groups, &r);
	}
	return write_update(dir, &c->limits, err);
}
