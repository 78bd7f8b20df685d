/*
 * checkpoint.c - how a session was once: making, listing, dropping
 *
 * Made below a name that begins with '.', then renamed.  Real root reads and writes all
 * files itself; for everybody else copying happens inside the id map.
 */
#include "sandbox/session/private.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

/* More than this is no student's work but a folder that was taken for one. */
enum { ENTRIES_MAX = 30000 };
static const uint64_t bytes_max = 512 << 20;

const char *const checkpoint_parts[] = {
    "containers", "names", "volumes", "networks", NULL};

int
checkpoint_inside(
    struct session *s, int (*fn)(void *arg, struct err *err), void *arg, struct err *err)
{
	struct holder *h;

	if (geteuid() == 0)
		return fn(arg, err);
	h = store_holder(s->store, err);
	return h == NULL ? -1 : holder_call(h, 0, fn, arg, err);
}

/* Gives the folder of all checkpoints, locked. */
static int
lock_all(struct session *s, struct err *err)
{
	if (mkdirat(s->dir, "checkpoints", 0700) < 0 && errno != EEXIST)
		return err_sys(err, "cannot make the checkpoints' folder");
	cleanup_fd int all = openat(s->dir, "checkpoints", FOLDER);
	if (all < 0 || flock(all, LOCK_EX) < 0)
		return err_sys(err, "cannot open the checkpoints");
	return take_fd(&all);
}

int
checkpoint_folder(struct session *s, const char *key, struct err *err)
{
	cleanup_fd int all = openat(s->dir, "checkpoints", FOLDER);
	int fd = all < 0 || !session_name_ok(key) ? -1 : openat(all, key, FOLDER);

	return fd < 0 ? err_set(err, ERR_NOT_FOUND, "no such checkpoint: %s", key) : fd;
}

/* ---- making ---- */

struct draft {
	struct session *s;
	int to, workspace;
	bool files; /* the workspace is not too big */
};

static int
copy_part(int from, int to, const char *part, struct copy *c, struct err *err)
{
	cleanup_fd int source = openat(from, part, FOLDER);

	if (source < 0)
		return errno == ENOENT ? 0 : err_sys(err, "cannot open '%s'", part);
	if (mkdirat(to, part, 0700) < 0)
		return err_sys(err, "cannot make '%s'", part);
	cleanup_fd int target = openat(to, part, FOLDER);
	if (target >= 0 && copy_tree(source, target, c) == 0)
		return 0;
	if (errno == EFBIG)
		return err_set(err, ERR_LIMIT,
		    "containers and volumes have more files than are kept at each step");
	return err_sys(err, "cannot copy '%s'", part);
}

static int
copy_workspace(struct draft *d, struct err *err)
{
	struct copy c = {.plain = true};

	if (!d->files)
		return 0;
	if (mkdirat(d->to, "workspace", 0700) < 0)
		return err_sys(err, "cannot make 'workspace'");
	cleanup_fd int target = openat(d->to, "workspace", FOLDER);
	if (target < 0 || copy_tree(d->workspace, target, &c) < 0)
		return err_sys(err, "cannot copy the workspace");
	return 0;
}

static int
fill_inside(void *arg, struct err *err)
{
	struct draft *d = arg;
	struct copy c = {.max_entries = ENTRIES_MAX, .max_bytes = bytes_max};

	for (const char *const *p = checkpoint_parts; *p != NULL; p++)
		if (copy_part(d->s->dir, d->to, *p, &c, err) < 0)
			return -1;
	return copy_workspace(d, err);
}

static int
write_facts(struct draft *d, const char *path, json_t *note, struct err *err)
{
	cleanup_json json_t *about = json_object();
	cleanup_json json_t *tags = json_read_file(d->s->dir, "tags.json", err);

	if (tags == NULL || json_write_file(d->to, "tags.json", tags, 0600, err) < 0)
		return -1;
	json_object_set_new(about, "made", json_integer(clock_now()));
	json_object_set_new(about, "workspace", json_string(path != NULL ? path : ""));
	json_object_set_new(about, "files", json_boolean(d->files));
	json_object_set(about, "note", note != NULL ? note : json_null());
	return json_write_file(d->to, "about.json", about, 0600, err);
}

/* What a process that was killed has left; under the lock. */
static void
sweep(struct session *s, int all)
{
	int copy = openat(all, ".", FOLDER);
	cleanup_dir DIR *d = copy >= 0 ? fdopendir(copy) : NULL;
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (e->d_name[0] == '.' && path_is_name(e->d_name))
			store_remove_tree(s->store, all, e->d_name, NULL);
}

/* The draft gets its name; what had it goes. */
static int
put_in_place(
    struct session *s, int all, const char *draft, const char *key, struct err *err)
{
	if (renameat2(all, draft, all, key, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EEXIST || renameat2(all, draft, all, key, RENAME_EXCHANGE) < 0)
		return err_sys(err, "cannot name the checkpoint");
	return store_remove_tree(s->store, all, draft, err);
}

int
session_checkpoint_make(struct session *s, const char *key, int workspace,
    const char *path, json_t *note, struct err *err)
{
	struct copy size = {.max_entries = ENTRIES_MAX, .max_bytes = bytes_max};
	struct draft d = {.s = s, .workspace = workspace};
	char draft[32] = ".new-";
	int rc;

	if (!session_name_ok(key))
		return err_set(err, ERR_INPUT, "invalid name of a checkpoint: '%s'", key);
	cleanup_fd int all = lock_all(s, err);
	if (all < 0)
		return -1;
	sweep(s, all);
	str_random_hex(draft + strlen(draft), 16);
	if (mkdirat(all, draft, 0700) < 0)
		return err_sys(err, "cannot make a checkpoint");
	cleanup_fd int to = openat(all, draft, FOLDER);
	d.to = to;
	d.files = workspace >= 0 && copy_measure(workspace, &size) == 0;
	rc = checkpoint_inside(s, fill_inside, &d, err);
	if (rc == 0)
		rc = write_facts(&d, path, note, err);
	if (rc == 0)
		rc = put_in_place(s, all, draft, key, err);
	if (rc < 0)
		store_remove_tree(s->store, all, draft, NULL);
	return rc < 0 ? err_while(err, "keeping the state as '%s'", key) : 0;
}

/* ---- looking, dropping ---- */

json_t *
session_checkpoint_about(struct session *s, const char *key)
{
	cleanup_fd int dir = checkpoint_folder(s, key, NULL);

	return dir < 0 ? NULL : json_read_file(dir, "about.json", NULL);
}

void
session_checkpoint_list(struct session *s, struct vec *keys)
{
	int all = openat(s->dir, "checkpoints", FOLDER);
	cleanup_dir DIR *d = all >= 0 ? fdopendir(all) : NULL;
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (session_name_ok(e->d_name))
			vec_add(keys, e->d_name);
	vec_sort(keys);
}

char *
session_checkpoint_files(struct session *s, const char *key)
{
	return xasprintf("%s/sessions/%s/checkpoints/%s/workspace", store_home(s->store),
	    s->name, key);
}

int
session_checkpoint_drop(struct session *s, const char *key, struct err *err)
{
	cleanup_fd int all = lock_all(s, err);
	char old[32] = ".old-";

	if (all < 0)
		return -1;
	str_random_hex(old + strlen(old), 16);
	if (!session_name_ok(key) || renameat(all, key, all, old) < 0)
		return errno == ENOENT ? 0 : err_sys(err, "cannot drop '%s'", key);
	return store_remove_tree(s->store, all, old, err);
}
