/*
 * session.c - the folders of a session
 *
 * A new session is filled under a name that begins with '.' and gets its own by one
 * rename; an old one gets such a name before it is removed.  Sessions are made under
 * a lock: what then has such a name, and is not locked itself, is left by a process
 * that was killed, and goes.
 */
#include "sandbox/session/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, NAME_LONGEST = 128 };

bool
session_name_ok(const char *s)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789";
	size_t len = strlen(s);

	return len > 0 && len <= NAME_LONGEST && strchr(first, *s) != NULL &&
	       strspn(s + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "0123456789_.-") == len - 1;
}

static int
open_sessions(struct store *store, struct err *err)
{
	int fd = openat(store_home_dir(store), "sessions", FOLDER);

	return fd < 0 ? err_sys(err, "cannot open the sessions") : fd;
}

/* ---- a new one -----------------------------------------------------------------------
 */

static int
make_folders(int dir, struct err *err)
{
	static const struct {
		const char *name;
		mode_t mode;
	} all[] = {{"containers", 0700}, {"names", 0700}, {"trash", 0700}};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (mkdirat(dir, all[i].name, all[i].mode) < 0)
			return err_sys(err, "cannot create folder '%s'", all[i].name);
	return 0;
}

/* Under the lock on the folder of all sessions: nobody else is making one. */
static void
sweep(struct store *store, int sessions)
{
	int copy = openat(sessions, ".", FOLDER);
	cleanup_dir DIR *d = copy >= 0 ? fdopendir(copy) : NULL;
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL) {
		struct err ignored = ERR_INIT;
		cleanup_fd int fd = -1;

		if (e->d_name[0] != '.' || !path_is_name(e->d_name))
			continue;
		fd = openat(sessions, e->d_name, FOLDER);
		if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
			store_remove_tree(store, sessions, e->d_name, &ignored);
	}
}

static int
fill(struct store *store, int sessions, const char *temp, const char *name,
    struct err *err)
{
	cleanup_fd int dir = openat(sessions, temp, FOLDER);

	if (dir < 0 || fchmod(dir, 0711) < 0)
		return err_sys(err, "cannot open the new session");
	if (make_folders(dir, err) < 0 || session_tags_new(store, dir, err) < 0)
		return -1;
	if (renameat2(sessions, temp, sessions, name, RENAME_NOREPLACE) < 0)
		return err_sys(err, "cannot name the session");
	return 0;
}

static int
make_session(struct store *store, int sessions, const char *name, struct err *err)
{
	char temp[32] = ".new-";
	struct err ignored = ERR_INIT;
	struct stat st;
	int rc;

	if (flock(sessions, LOCK_EX) < 0)
		return err_sys(err, "cannot lock the sessions");
	/* another process may have made it while we waited */
	if (fstatat(sessions, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	sweep(store, sessions);
	str_random_hex(temp + strlen(temp), 16);
	if (mkdirat(sessions, temp, 0711) < 0)
		return err_sys(err, "cannot create a session");
	rc = fill(store, sessions, temp, name, err);
	store_remove_tree(store, sessions, temp, &ignored);
	return rc;
}

/* ---- opening
 * ---------------------------------------------------------------------------- */

/* The mapped root must write here.  Only real root has to give the folder away; it does
 * so again when it comes with the other map. */
static int
open_given(struct session *s, const char *name, struct err *err)
{
	cleanup_fd int fd = openat(s->dir, name, FOLDER);
	uid_t root = geteuid() == 0 ? idmap_root_uid(store_idmap(s->store)) : geteuid();
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(err, "cannot open the session's '%s'", name);
	if (st.st_uid != root && geteuid() == 0 && fchown(fd, root, root) < 0)
		return err_sys(err, "cannot give away the session's '%s'", name);
	return take_fd(&fd);
}

static int
open_all(struct session *s, struct err *err)
{
	cleanup_fd int sessions = open_sessions(s->store, err);

	if (sessions < 0)
		return -1;
	s->dir = openat(sessions, s->name, FOLDER);
	if (s->dir < 0 && errno == ENOENT) {
		if (make_session(s->store, sessions, s->name, err) < 0)
			return -1;
		s->dir = openat(sessions, s->name, FOLDER);
	}
	if (s->dir < 0)
		return err_sys(err, "cannot open its folder");
	s->containers = open_given(s, "containers", err);
	s->trash = s->containers < 0 ? -1 : open_given(s, "trash", err);
	if (s->trash < 0)
		return -1;
	s->names = open_given(s, "names", err);
	return s->names < 0 ? -1 : session_events_ready(s, err);
}

int
session_open(struct store *store, const char *name, struct session **ret, struct err *err)
{
	cleanup_session struct session *s = xcalloc(1, sizeof *s);

	s->dir = s->containers = s->names = s->trash = s->events = -1;
	s->store = store;
	if (name == NULL)
		name = getenv("DRYDOCK_SESSION");
	if (name == NULL || *name == '\0')
		name = "default";
	if (!session_name_ok(name))
		return err_set(err, ERR_INPUT,
		    "invalid session name '%s': only [a-zA-Z0-9][a-zA-Z0-9_.-]* are "
		    "allowed",
		    name);
	s->name = xstrdup(name);
	if (open_all(s, err) < 0)
		return err_while(err, "opening the session '%s'", name);
	*ret = take_ptr(s);
	return 0;
}

void
session_free(struct session *s)
{
	if (s == NULL)
		return;
	fd_close_p(&s->events);
	fd_close_p(&s->trash);
	fd_close_p(&s->names);
	fd_close_p(&s->containers);
	fd_close_p(&s->dir);
	free(s->name);
	free(s);
}

void
session_free_p(struct session **s)
{
	session_free(*s);
	*s = NULL;
}

const char *
session_name(const struct session *s)
{
	return s->name;
}

struct store *
session_store(const struct session *s)
{
	return s->store;
}

int
session_dir(const struct session *s)
{
	return s->dir;
}

int
session_containers_dir(const struct session *s)
{
	return s->containers;
}

int
session_names_dir(const struct session *s)
{
	return s->names;
}

int
session_trash_dir(const struct session *s)
{
	return s->trash;
}

/* ---- all
 * ------------------------------------------------------------------------------------ */

int
session_list(struct store *store, struct vec *names, struct err *err)
{
	int fd = open_sessions(store, err);
	cleanup_dir DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	if (d == NULL)
		return -1;
	while ((e = readdir(d)) != NULL)
		if (session_name_ok(e->d_name))
			vec_add(names, e->d_name);
	vec_sort(names);
	return 0;
}

int
session_remove(struct store *store, const char *name, struct err *err)
{
	cleanup_fd int sessions = open_sessions(store, err), dir = -1;
	char temp[32] = ".old-";

	if (sessions < 0)
		return -1;
	str_random_hex(temp + strlen(temp), 16);
	if (!session_name_ok(name))
		return err_set(err, ERR_INPUT, "invalid session name '%s'", name);
	/* held until all is gone: no sweeper removes it beside us */
	dir = openat(sessions, name, FOLDER);
	if (dir >= 0 && flock(dir, LOCK_EX | LOCK_NB) < 0)
		return err_set(err, ERR_CONFLICT, "session '%s' is in use", name);
	if (renameat(sessions, name, sessions, temp) < 0)
		return errno == ENOENT
			   ? err_set(err, ERR_NOT_FOUND, "no such session: %s", name)
			   : err_sys(err, "cannot remove the session '%s'", name);
	if (store_remove_tree(store, sessions, temp, err) < 0)
		return err_while(err, "removing the session '%s'", name);
	return 0;
}
