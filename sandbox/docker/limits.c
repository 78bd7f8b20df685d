/*
 * limits.c - --memory, --cpus, --pids-limit, ... of run, create and update
 *
 * docker/cli, cli/command/container/opts.go.  No disk limit: Docker's own needs a disk
 * with project quotas, and says so where there is none.
 */
#include "sandbox/docker/command.h"
#include <stdlib.h>

/* "512m"; "-1" where that has a meaning. */
static int
read_bytes(const char *text, int64_t *ret, struct err *err)
{
	if (!str_eq(text, "-1"))
		return opts_bytes(text, 1024, ret, err);
	*ret = -1;
	return 0;
}

static int
read_cpus(const char *text, int64_t *ret, struct err *err)
{
	char *end;
	double n = strtod(text, &end);

	if (end == text || *end != '\0')
		return err_set(
		    err, ERR_INPUT, "failed to parse %s as a rational number", text);
	*ret = (int64_t)(n * 1e9 + 0.5);
	return 0;
}

static int
read_number(const char *text, int64_t *ret, struct err *err)
{
	(void)err; /* an OPT_INT: checked when it was parsed */
	*ret = strtoll(text, NULL, 10);
	return 0;
}

static const struct {
	const char *option, *shown;
	size_t offset;
	int (*read)(const char *text, int64_t *ret, struct err *err);
} rows[] = {
    {"memory", "-m, --memory", offsetof(struct container_limits, memory), read_bytes},
    {"memory-swap", "--memory-swap", offsetof(struct container_limits, memory_swap),
	read_bytes},
    {"memory-reservation", "--memory-reservation",
	offsetof(struct container_limits, memory_reservation), read_bytes},
    {"cpus", "--cpus", offsetof(struct container_limits, nano_cpus), read_cpus},
    {"cpu-shares", "-c, --cpu-shares", offsetof(struct container_limits, cpu_shares),
	read_number},
    {"cpu-period", "--cpu-period", offsetof(struct container_limits, cpu_period),
	read_number},
    {"cpu-quota", "--cpu-quota", offsetof(struct container_limits, cpu_quota),
	read_number},
    {"pids-limit", "--pids-limit", offsetof(struct container_limits, pids), read_number},
};

int
docker_read_limits(const struct opts *o, struct container_limits *l, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *v =
		    opts_given(o, rows[i].option) ? opts_str(o, rows[i].option) : NULL;
		struct err why = ERR_INIT;

		if (v != NULL &&
		    rows[i].read(v, (int64_t *)((char *)l + rows[i].offset), &why) < 0)
			return err_set(err, ERR_INPUT,
			    "invalid argument \"%.400s\" for \"%s\" flag: %.1000s", v,
			    rows[i].shown, why.text);
	}
	if (opts_given(o, "cpuset-cpus")) {
		free(l->cpuset);
		l->cpuset = xstrdup(opts_str(o, "cpuset-cpus"));
	}
	return 0;
}

int
docker_take_limits(struct docker *d, struct container_config *c, struct err *err)
{
	struct container_limits *l = &c->limits;
	cleanup_vec struct vec how = VEC_INIT;

	if (docker_read_limits(&d->opts, l, err) < 0 ||
	    container_check_limits(l, err) < 0)
		return -1;
	if (opts_given(&d->opts, "storage-opt")) /* overlay2 on most disks */
		return err_set(err, ERR_INPUT,
		    "--storage-opt is supported only for overlay over xfs with 'pquota' "
		    "mount option");
	if (l->memory > 0 && l->memory_swap == 0)
		l->memory_swap = 2 * l->memory;
	container_explain_limits(l, &how);
	for (size_t i = 0; i < how.len; i++)
		fprintf(stderr, "WARNING: %s\n", how.v[i]);
	return 0;
}
