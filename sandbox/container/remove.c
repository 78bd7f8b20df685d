/*
 * remove.c - rm and rename
 *
 * A container is gone by one rename; emptying the trash is nobody's waiting time.
 */
#include "sandbox/container/joints.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

char *
container_to_trash(struct session *s, const struct container_config *c)
{
	char tail[9];
	char *entry;

	str_random_hex(tail, 8);
	entry = xasprintf("%s-%s", c->id, tail);
	if (renameat(session_containers_dir(s), c->id, session_trash_dir(s), entry) < 0) {
		free(entry);
		return NULL;
	}
	unlinkat(session_names_dir(s), c->name, 0);
	return entry;
}

/* Its monitor is still unmounting: the overlay must be gone first. */
static bool
still_locked(int trash, const char *entry)
{
	cleanup_free char *path = xasprintf("%s/lock", entry);
	cleanup_fd int lock = openat(trash, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	return lock >= 0 && flock(lock, LOCK_SH | LOCK_NB) < 0;
}

/* All of it: what somebody who was killed has left there goes too. */
static int
sweep_trash(int trash)
{
	int fd = openat(trash, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;
	int rc = 0;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (path_is_name(e->d_name) && !still_locked(trash, e->d_name) &&
		    fd_remove_tree(trash, e->d_name) < 0 && errno != ENOENT)
			rc = -1;
	return rc;
}

void
container_empty_trash(struct session *s, const char *entry)
{
	(void)fd_remove_tree(session_trash_dir(s), entry);
	(void)sweep_trash(session_trash_dir(s));
}

static int
empty_inside(void *arg, struct err *err)
{
	if (sweep_trash(session_trash_dir(arg)) < 0)
		return err_set(err, ERR_SYS, "cannot remove a container's files");
	return 0;
}

/* Files of other ids can only be removed inside the map. */
void
container_trash_now(struct session *s)
{
	struct holder *h = store_holder(session_store(s), NULL);

	if (h == NULL || holder_call(h, 0, empty_inside, s, NULL) < 0)
		log_debug("the trash is left for a later sweep");
}

/* A monitor that is still unmounting holds the lock; its overlay must be gone first. */
static void
wait_unmounted(int dir)
{
	cleanup_fd int lock = openat(dir, "lock", O_RDONLY | O_CLOEXEC);

	if (lock >= 0)
		flock(lock, LOCK_SH);
}

static int
remove_it(struct session *s, const char *id, bool force, bool volumes, struct err *err)
{
	cleanup_container_config struct container_config *c = NULL;
	cleanup_container_state struct container_state st = {0};
	cleanup_fd int dir = container_open_dir(s, id, err);
	cleanup_free char *entry = NULL;

	if (dir < 0 || container_load(s, id, &c, err) < 0 ||
	    container_state(s, id, &st, err) < 0)
		return -1;
	if (st.restarting && !force)
		return err_set(err, ERR_CONFLICT,
		    "cannot remove container \"/%s\": container is restarting: stop the "
		    "container before removing or force remove",
		    c->name);
	if (st.paused && !force)
		return err_set(err, ERR_CONFLICT,
		    "cannot remove container \"/%s\": container is paused and must be "
		    "unpaused first",
		    c->name);
	if (st.status == CONTAINER_RUNNING && !force)
		return err_set(err, ERR_CONFLICT,
		    "cannot remove container \"/%s\": container is running: stop the "
		    "container "
		    "before removing or force remove",
		    c->name);
	if ((st.status == CONTAINER_RUNNING || st.restarting) &&
	    container_signal(s, id, SIGKILL, err) < 0 && err->kind != ERR_CONFLICT)
		return -1;
	if (!c->auto_remove || st.status != CONTAINER_RUNNING)
		wait_unmounted(dir);
	entry = container_to_trash(s, c);
	if (entry == NULL)
		return 0; /* --rm was quicker */
	if (volumes || c->auto_remove)
		volumes_to_trash(s, c);
	container_trash_now(s);
	container_event(s, c, "destroy", -1);
	return 0;
}

int
container_remove(struct session *s, const char *id, bool force, struct err *err)
{
	return remove_it(s, id, force, false, err);
}

int
container_remove_all(struct session *s, const char *id, bool force, struct err *err)
{
	return remove_it(s, id, force, true, err);
}

int
container_rename(struct session *s, const char *id, const char *name, struct err *err)
{
	cleanup_container_config struct container_config *c = NULL;
	cleanup_fd int dir = container_open_dir(s, id, err);

	if (dir < 0 || container_load(s, id, &c, err) < 0)
		return -1;
	if (str_eq(name, c->name))
		return err_set(err, ERR_INPUT,
		    "Renaming a container with the same name as its current name");
	if (container_take_name(s, name, id, err) < 0)
		return err_while(err, "Error when allocating new name");
	if (fd_write_file(dir, "name", name, strlen(name), 0644, err) < 0) {
		unlinkat(session_names_dir(s), name, 0);
		return -1;
	}
	unlinkat(session_names_dir(s), c->name, 0);
	member_rename(s, c, name);
	container_event_more(s, c, "rename",
	    json_pack(
		"{s:o, s:s}", "oldName", json_sprintf("/%s", c->name), "name", name));
	return 0;
}
