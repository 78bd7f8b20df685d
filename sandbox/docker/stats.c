/*
 * stats.c - docker stats
 *
 * Without a cgroup of its own a container's numbers are the sums over its processes.
 */
#include "sandbox/docker/command.h"
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const struct format_field fields[] = {{"ID", "CONTAINER ID"},
    {"Container", "CONTAINER"}, {"Name", "NAME"}, {"CPUPerc", "CPU %"},
    {"MemUsage", "MEM USAGE / LIMIT"}, {"MemPerc", "MEM %"}, {"NetIO", "NET I/O"},
    {"BlockIO", "BLOCK I/O"}, {"PIDs", "PIDS"}, {NULL, NULL}};
static const struct format_spec spec = {"*container.statsContext",
    "table {{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t"
    "{{.BlockIO}}\t{{.PIDs}}",
    NULL, fields};

struct sample {
	int64_t at; /* CLOCK_MONOTONIC */
	unsigned long long ticks, memory, read, written, received, sent;
	unsigned threads;
	bool there;
};

static void
take(struct session *s, const char *id, struct sample *ret)
{
	cleanup_free struct container_process *list = NULL;
	ssize_t n = container_processes(s, id, &list, NULL);

	*ret = (struct sample){.at = clock_mono(), .there = n >= 0};
	for (ssize_t i = 0; i < n; i++) {
		ret->ticks += list[i].ticks + list[i].child_ticks;
		ret->memory += list[i].anon;
		ret->read += list[i].read_bytes;
		ret->written += list[i].write_bytes;
		ret->threads += list[i].threads;
	}
	(void)container_traffic(s, id, &ret->received, &ret->sent, NULL);
}

static void
pair(json_t *row, const char *key, double a, double b, bool binary)
{
	char left[FORMAT_TEXT], right[FORMAT_TEXT];

	(binary ? format_size_binary : format_size)(a, left);
	(binary ? format_size_binary : format_size)(b, right);
	json_object_set_new(row, key, json_sprintf("%s / %s", left, right));
}

/* What the container may have: what it was given, or all there is. */
static double
memory_limit(const struct docker_row *r)
{
	double ram = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
	double given = (double)r->config->limits.memory;

	return given > 0 && given < ram ? given : ram;
}

static json_t *
make_row(const struct docker_row *r, bool no_trunc, const struct sample *old,
    const struct sample *now)
{
	json_t *row = json_object();
	double limit = memory_limit(r);
	double time = (double)(now->at - old->at) / NS_PER_S, used = 0;

	if (time > 0 && now->ticks > old->ticks)
		used = (double)(now->ticks - old->ticks) / (double)sysconf(_SC_CLK_TCK) /
		       time;
	json_object_set_new(row, "ID", json_sprintf("%.*s", no_trunc ? 64 : 12, r->id));
	json_object_set_new(row, "Container", json_string(r->config->name));
	json_object_set_new(row, "Name", json_string(r->config->name));
	json_object_set_new(row, "CPUPerc", json_sprintf("%.2f%%", 100 * used));
	pair(row, "MemUsage", (double)now->memory, now->there ? limit : 0, true);
	json_object_set_new(
	    row, "MemPerc", json_sprintf("%.2f%%", 100 * (double)now->memory / limit));
	pair(row, "NetIO", (double)now->received, (double)now->sent, false);
	pair(row, "BlockIO", (double)now->read, (double)now->written, false);
	json_object_set_new(row, "PIDs", json_sprintf("%u", now->threads));
	return row;
}

static bool
is_wanted(const struct docker *d, const struct vec *ids, const struct docker_row *r)
{
	if (d->opts.nargs > 0)
		return vec_has(ids, r->id);
	return opts_on(&d->opts, "all") || r->state.status == CONTAINER_RUNNING;
}

static int
show(struct docker *d, const struct vec *ids, int64_t gap, struct err *err)
{
	cleanup_format struct format *f =
	    format_open(&spec, opts_str(&d->opts, "format"), false, err);
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);
	struct docker_row *rows = NULL;
	ssize_t n = f != NULL ? docker_rows(d->session, &rows, err) : -1;
	struct timespec nap = {.tv_sec = gap / NS_PER_S, .tv_nsec = gap % NS_PER_S};
	int rc = n < 0 ? -1 : 0;

	if (rc < 0)
		return -1;
	cleanup_free struct sample *old = xcalloc((size_t)n + 1, sizeof *old);
	for (ssize_t i = 0; i < n; i++)
		if (is_wanted(d, ids, &rows[i]))
			take(d->session, rows[i].id, &old[i]);
	nanosleep(&nap, NULL);
	for (ssize_t i = 0; i < n && rc == 0; i++) {
		struct sample now;

		if (!is_wanted(d, ids, &rows[i]))
			continue;
		take(d->session, rows[i].id, &now);
		rc = format_row(f,
		    make_row(&rows[i], opts_on(&d->opts, "no-trunc"), &old[i], &now),
		    err);
	}
	docker_rows_free(rows, (size_t)n);
	format_finish(f, &out);
	if (!opts_on(&d->opts, "no-stream") && isatty(STDOUT_FILENO))
		fputs("\033[2J\033[H", stdout);
	fputs(out.s, stdout);
	fflush(stdout);
	return rc;
}

int
docker_stats(struct docker *d)
{
	cleanup_vec struct vec ids = VEC_INIT;
	struct err err = ERR_INIT;

	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	for (size_t i = 0; i < d->opts.nargs; i++) {
		char id[65];

		if (container_find(d->session, d->opts.args[i], id, &err) < 0)
			return docker_refused(&err);
		vec_add(&ids, id);
	}
	do {
		if (show(d, &ids, NS_PER_S, &err) < 0)
			return docker_failed(&err);
	} while (!opts_on(&d->opts, "no-stream") && !ferror(stdout));
	return 0;
}
