/*
 * checkpoint.c - going back in time with a session: containers end before, and run again
 */
#include "sandbox/private.h"
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { ANSWER_MAX = 64 << 10, DOCKER_MS = 60000 };

/* `docker ARGV...` of the tutor's own; what it prints goes to *ret (BUF_INIT). */
static int
ask(struct sandbox *s, struct vec *argv, struct buf *ret, struct err *err)
{
	struct sandbox_client c = SANDBOX_CLIENT_INIT;

	c.asked = true;
	return sandbox_docker_capture(s, &c, argv->v, DOCKER_MS, ret, err);
}

int
sandbox_checkpoint_make(struct sandbox *s, const char *key, const char *workspace,
    const char *text, struct err *err)
{
	cleanup_fd int folder = open(workspace, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_json json_t *note = NULL;
	json_t *containers = sandbox_fact_containers(s, err);

	if (containers == NULL)
		return -1;
	note = json_pack("{s:s, s:o}", "text", text, "containers", containers);
	if (folder < 0)
		return err_sys(err, "cannot open the workspace '%s'", workspace);
	return session_checkpoint_make(s->session, key, folder, workspace, note, err);
}

/* ---- who has to go ---- */

static bool
runs(const json_t *container)
{
	return str_eq(json_get_str(container, "status", ""), "running");
}

static bool
share_port(const json_t *a, const json_t *b)
{
	const json_t *p, *q;
	size_t i, k;

	json_array_foreach(json_object_get(a, "ports"), i, p) json_array_foreach(
	    json_object_get(b, "ports"), k,
	    q) if (json_get_int(p, "host", 0) == json_get_int(q, "host", -1)) return true;
	return false;
}

/* Why a container of now cannot stay beside one that comes, in words; NULL: it can. */
static const char *
collision(const json_t *now, const json_t *coming)
{
	const json_t *c;
	size_t i;

	json_array_foreach(coming, i, c)
	{
		if (str_eq(json_get_str(c, "name", ""), json_get_str(now, "name", "-")))
			return "its name is needed";
		if (runs(c) && runs(now) && share_port(c, now))
			return "its port is needed";
	}
	return NULL;
}

static int
make_room(struct sandbox *s, const json_t *coming, enum session_opening how,
    struct vec *told, struct err *err)
{
	cleanup_json json_t *now = sandbox_fact_containers(s, err);
	cleanup_vec struct vec rm = VEC_INIT;
	cleanup_buf struct buf out = BUF_INIT(ANSWER_MAX);
	const json_t *c;
	size_t i;

	if (now == NULL)
		return -1;
	vec_add(&rm, "rm");
	vec_add(&rm, "--force");
	json_array_foreach(now, i, c)
	{
		const char *why = how == SESSION_ADD ? collision(c, coming) : "";

		if (why == NULL)
			continue;
		vec_add(&rm, json_get_str(c, "id", ""));
		if (*why != '\0')
			vec_addf(told, "the container %s was removed: %s",
			    json_get_str(c, "name", "?"), why);
	}
	return rm.len == 2 ? 0 : ask(s, &rm, &out, err) < 0 ? -1 : 0;
}

/* One that cannot be started is told of; the others run. */
static void
start_again(struct sandbox *s, const json_t *coming, struct vec *told)
{
	const json_t *c;
	size_t i;

	/* Oldest first, as they were started. */
	for (i = json_array_size(coming); i > 0; i--) {
		cleanup_vec struct vec start = VEC_INIT;
		cleanup_buf struct buf out = BUF_INIT(ANSWER_MAX);
		struct err err = ERR_INIT;

		c = json_array_get(coming, i - 1);
		if (!runs(c))
			continue;
		vec_add(&start, "start");
		vec_add(&start, json_get_str(c, "id", ""));
		if (ask(s, &start, &out, &err) != 0)
			vec_addf(told, "the container %s did not start again: %s",
			    json_get_str(c, "name", "?"),
			    out.len > 0 ? str_trim(out.s) : err.text);
	}
}

int
sandbox_checkpoint_open(struct sandbox *s, struct sandbox *from, const char *key,
    enum session_opening how, const char *workspace, struct vec *told, struct err *err)
{
	cleanup_json json_t *about = session_checkpoint_about(from->session, key);
	const json_t *coming =
	    json_object_get(json_object_get(about, "note"), "containers");
	cleanup_fd int folder = open(workspace, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (about == NULL)
		return err_set(err, ERR_NOT_FOUND, "no such checkpoint: %s", key);
	if (folder < 0)
		return err_sys(err, "cannot open the workspace '%s'", workspace);
	if (make_room(s, coming, how, told, err) < 0 ||
	    session_checkpoint_open(
		s->session, from->session, key, how, folder, workspace, err) < 0)
		return -1;
	if (!json_get_bool(about, "files", false))
		vec_add(told, "the files in the workspace were too many to be kept: they "
			      "are as they were");
	start_again(s, coming, told);
	return 0;
}

int
sandbox_checkpoint_finish(
    struct sandbox *s, const char *workspace, struct vec *told, struct err *err)
{
	cleanup_json json_t *pending = session_checkpoint_pending(s->session);
	cleanup_session struct session *other = NULL;
	struct sandbox from = *s;

	if (pending == NULL)
		return 0;
	if (session_open(s->store, json_get_str(pending, "session", ""), &other, err) < 0)
		return -1;
	from.session = other;
	return sandbox_checkpoint_open(s, &from, json_get_str(pending, "key", ""),
	    json_get_bool(pending, "add", false) ? SESSION_ADD : SESSION_REPLACE,
	    workspace, told, err);
}
