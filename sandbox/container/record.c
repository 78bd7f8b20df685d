/*
 * record.c - the small files that say what became of a container
 *
 * running.json and exited.json are written under new names and removed, never renamed
 * over each other: ext4 starts write-back for a file that replaces another (0.4 ms).
 */
#include "sandbox/container/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

int
container_open_dir(struct session *s, const char *id, struct err *err)
{
	int fd = openat(
	    session_containers_dir(s), id, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return err_set(err, ERR_NOT_FOUND, "No such container: %s", id);
	return fd;
}

bool
container_monitored(int dir)
{
	cleanup_fd int lock = openat(dir, "lock", O_RDONLY | O_CLOEXEC);

	return lock >= 0 && flock(lock, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}

static int
write_record(int dir, const char *name, json_t *taken, struct err *err)
{
	cleanup_json json_t *j = taken;
	cleanup_free char *text = json_dumps(j, JSON_COMPACT);
	cleanup_fd int fd =
	    openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (text == NULL || fd < 0 || fd_write_all(fd, text, strlen(text)) < 0)
		return err_sys(err, "cannot write '%s'", name);
	return 0;
}

static json_t *
addresses_to_json(const struct container_state *state)
{
	json_t *a = json_array();

	for (size_t i = 0; i < state->naddresses; i++) {
		const struct container_address *x = &state->addresses[i];

		json_array_append_new(
		    a, json_pack("{s:s, s:s, s:s, s:s, s:s, s:i}", "network",
			   x->network_id, "endpoint", x->endpoint_id, "ip", x->ip,
			   "gateway", x->gateway, "mac", x->mac, "bits", (int)x->bits));
	}
	return a;
}

static void
addresses_from_json(const json_t *a, struct container_state *state)
{
	size_t i;
	json_t *j;

	state->naddresses = json_array_size(a);
	state->addresses = xcalloc(state->naddresses, sizeof *state->addresses);
	json_array_foreach(a, i, j)
	{
		struct container_address *x = &state->addresses[i];

		str_copy(
		    x->network_id, sizeof x->network_id, json_get_str(j, "network", ""));
		str_copy(x->endpoint_id, sizeof x->endpoint_id,
		    json_get_str(j, "endpoint", ""));
		str_copy(x->ip, sizeof x->ip, json_get_str(j, "ip", ""));
		str_copy(x->gateway, sizeof x->gateway, json_get_str(j, "gateway", ""));
		str_copy(x->mac, sizeof x->mac, json_get_str(j, "mac", ""));
		x->bits = (unsigned)json_get_int(j, "bits", 0);
	}
}

int
record_running(int dir, const struct container_state *state, bool again, struct err *err)
{
	cleanup_json json_t *j = json_pack("{s:i, s:i, s:I, s:I}", "restarts",
	    (int)state->restarts, "pid", (int)state->pid, "start_time",
	    (json_int_t)state->start_time, "started_at", (json_int_t)state->started_at);

	json_object_set_new(j, "addresses", addresses_to_json(state));
	json_object_set_new(j, "ports", ports_to_json(state->ports, state->nports));
	if (again)
		return json_write_file(dir, "running.json", j, 0600, err);
	if (write_record(dir, "running.json", take_ptr(j), err) < 0)
		return -1;
	unlinkat(dir, "exited.json", 0);
	return 0;
}

int
record_exited(int dir, const struct container_state *state, struct err *err)
{
	json_t *j = json_pack("{s:i, s:I, s:I, s:b}", "exit_code", state->exit_code,
	    "started_at", (json_int_t)state->started_at, "finished_at",
	    (json_int_t)state->finished_at, "created",
	    state->status == CONTAINER_CREATED);

	if (state->restarts > 0)
		json_object_set_new(j, "restarts", json_integer(state->restarts));
	if (state->restarting)
		json_object_set_new(j, "restarting", json_true());
	if (state->oom_killed)
		json_object_set_new(j, "oom_killed", json_true());
	if (state->error != NULL)
		json_object_set_new(j, "error", json_string(state->error));
	if (write_record(dir, "exited.json", j, err) < 0)
		return -1;
	unlinkat(dir, "running.json", 0);
	return 0;
}

/* The mark names the process that is paused: one that was left behind means nothing. */
static bool
is_paused(int dir, unsigned long long start_time)
{
	cleanup_buf struct buf b = BUF_INIT(64);

	return faccessat(dir, PAUSED_MARK, F_OK, 0) == 0 &&
	       fd_read_file(dir, PAUSED_MARK, &b, NULL) == 0 &&
	       strtoull(b.s, NULL, 10) == start_time;
}

static void
read_running(const json_t *j, struct container_state *s)
{
	s->status = CONTAINER_RUNNING;
	s->restarts = (unsigned)json_get_int(j, "restarts", 0);
	s->pid = (pid_t)json_get_int(j, "pid", 0);
	s->start_time = (unsigned long long)json_get_int(j, "start_time", 0);
	s->started_at = json_get_int(j, "started_at", 0);
	addresses_from_json(json_object_get(j, "addresses"), s);
	s->nports = ports_from_json(json_object_get(j, "ports"), &s->ports);
}

static void
read_exited(const json_t *j, struct container_state *s)
{
	const char *error = json_get_str(j, "error", NULL);

	s->status =
	    json_get_bool(j, "created", false) ? CONTAINER_CREATED : CONTAINER_EXITED;
	s->exit_code = (int)json_get_int(j, "exit_code", 0);
	s->restarts = (unsigned)json_get_int(j, "restarts", 0);
	s->restarting = json_get_bool(j, "restarting", false);
	s->oom_killed = json_get_bool(j, "oom_killed", false);
	s->started_at = json_get_int(j, "started_at", 0);
	s->finished_at = json_get_int(j, "finished_at", 0);
	s->error = error != NULL ? xstrdup(error) : NULL;
}

int
record_read(int dir, struct container_state *ret, bool *ret_was_running)
{
	cleanup_json json_t *running = json_read_file(dir, "running.json", NULL);
	cleanup_json json_t *exited =
	    running != NULL ? NULL : json_read_file(dir, "exited.json", NULL);

	memset(ret, 0, sizeof *ret);
	*ret_was_running = running != NULL;
	ret->health = health_read(dir, running != NULL);
	if (running != NULL) {
		read_running(running, ret);
		ret->paused = is_paused(dir, ret->start_time);
	}
	if (running == NULL && exited != NULL)
		read_exited(exited, ret);
	return 0;
}

void
container_state_done(struct container_state *s)
{
	free(s->error);
	free(s->ports);
	free(s->addresses);
	memset(s, 0, sizeof *s);
}

void
container_state_at(int dir, struct container_state *ret)
{
	bool was_running;

	memset(ret, 0, sizeof *ret);
	/* The order matters: a monitor that ends between two looks has then written
	 * exited.json, which the second look finds. */
	for (int look = 0; look < 2; look++) {
		bool monitored = container_monitored(dir);

		container_state_done(ret);
		record_read(dir, ret, &was_running);
		ret->restarting &= monitored;
		if (!was_running || monitored)
			return;
	}
	ret->lost = true; /* the monitor was killed, and it with it */
	ret->status = CONTAINER_EXITED;
	if (ret->health != HEALTH_NONE)
		ret->health = HEALTH_UNHEALTHY;
	ret->paused = false;
	ret->exit_code = 137;
	ret->finished_at = ret->started_at;
}

int
container_state(
    struct session *s, const char *id, struct container_state *ret, struct err *err)
{
	cleanup_fd int dir = container_open_dir(s, id, err);

	memset(ret, 0, sizeof *ret);
	if (dir < 0)
		return -1;
	container_state_at(dir, ret);
	return 0;
}
