/*
 * within.c - a container's files, for whoever works on them from outside
 *
 * A container that runs is entered by its first process's root; one that does not gets
 * its root mounted, with its volumes, for as long as it is looked at.  Either happens in
 * a child inside the holder, which sees that root and nothing else by its descriptor.
 */
#include "sandbox/container/private.h"
#include "sandbox/container/shown.h"
#include "sandbox/offline/offline.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

struct visit {
	struct session *session;
	const struct container_config *config;
	const struct holder *holder;
	struct container_state state;
	struct runtime_spec spec;
	int pidfd;
	int (*fn)(void *arg, int root, struct err *err);
	void *arg;
};

static int
visit_running(void *arg, struct err *err)
{
	struct visit *v = arg;
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/root", (int)v->state.pid);
	cleanup_fd int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return err_sys(err, "cannot look into the container");
	if (fd_wait_readable(v->pidfd, 0) != 0) /* else the number may be another's */
		return err_set(err, ERR_CONFLICT, "the container has ended");
	return v->fn(v->arg, root, err);
}

static int
visit_stopped(void *arg, struct err *err)
{
	struct visit *v = arg;
	cleanup_fd int root = runtime_look(&v->spec, LOOK_WRITE, err);

	return root < 0 ? -1 : v->fn(v->arg, root, err);
}

/* Mounts it for the visit: what a start would, but for the files that are made for it. */
static int
open_stopped(struct visit *v, struct err *err)
{
	struct store *store = session_store(v->session);
	const struct container_config *c = v->config;
	cleanup_store_image struct store_image image = STORE_IMAGE_INIT;
	cleanup_offline struct offline lent = OFFLINE_INIT;
	cleanup_free struct runtime_mount *mounts =
	    xcalloc(c->nmounts + 1, sizeof *mounts);
	struct shown shown = SHOWN_INIT;
	int layers = store_layers_dir(store, err), rc = -1;

	if (layers < 0 || store_load_image(store, c->image_id, &image, err) < 0 ||
	    offline_lend(store_home_dir(store), layers,
		idmap_root_uid(store_idmap(store)), &image.chains, OFFLINE_FOLDERS, &lent,
		err) < 0)
		return -1;
	v->spec.lowers_at = layers;
	v->spec.lowers = (const char *const *)image.chains.v;
	v->spec.nlowers = image.chains.len;
	v->spec.under = lent.under;
	v->spec.mounts = mounts;
	if (shown_open(&shown, v->session, v->holder, c, mounts, err) == 0) {
		v->spec.nmounts = shown.len;
		rc = holder_call(v->holder, HOLDER_MOUNTS, visit_stopped, v, err);
	}
	for (size_t i = 0; i < shown.len; i++)
		fd_close_p(&mounts[i].source);
	shown_done(&shown);
	return rc;
}

static int
visit(struct visit *v, struct err *err)
{
	cleanup_fd int dir = container_open_dir(v->session, v->config->id, err);

	if (dir < 0 || container_state(v->session, v->config->id, &v->state, err) < 0)
		return -1;
	v->holder = store_holder(session_store(v->session), err);
	if (v->holder == NULL)
		return -1;
	v->spec.dir = dir;
	cleanup_fd int first =
	    v->state.status == CONTAINER_RUNNING ? open_first(&v->state) : -1;
	v->pidfd = first;
	return first >= 0 ? holder_call(v->holder, 0, visit_running, v, err)
			  : open_stopped(v, err);
}

int
container_within(struct session *s, const char *id,
    int (*fn)(void *arg, int root, struct err *err), void *arg, struct err *err)
{
	cleanup_container_config struct container_config *c = NULL;
	struct visit v = {.session = s, .fn = fn, .arg = arg};
	int rc;

	if (container_load(s, id, &c, err) < 0)
		return -1;
	v.config = c;
	rc = visit(&v, err);
	container_state_done(&v.state);
	return rc;
}

int
container_upper(struct session *s, const char *id, struct vec *chains, struct err *err)
{
	cleanup_container_config struct container_config *c = NULL;
	cleanup_store_image struct store_image image = STORE_IMAGE_INIT;
	cleanup_fd int path = container_open_dir(s, id, err);

	if (path < 0 || container_load(s, id, &c, err) < 0 ||
	    store_load_image(session_store(s), c->image_id, &image, err) < 0)
		return -1;
	vec_add_all(chains, image.chains.v);
	return take_fd(&path);
}

void
container_note(struct session *s, const char *id, const char *action, json_t *more)
{
	cleanup_container_config struct container_config *c = NULL;

	if (container_load(s, id, &c, NULL) == 0)
		container_event_more(s, c, action, more);
	else
		json_decref(more);
}
