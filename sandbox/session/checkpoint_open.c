/*
 * checkpoint_open.c - the session becomes as a checkpoint has it
 *
 * What is to be opened is written down first and forgotten last: an opening that was cut
 * off is done again, from its beginning, and comes to the same end.
 */
#include "sandbox/session/private.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARK "opening"

enum { FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

struct opening {
	struct session *s;
	enum session_opening how;
	int from, workspace;
	const char *path;
	json_t *about;
};

static DIR *
open_list(int at, const char *name)
{
	int fd = openat(at, name, FOLDER);

	return fd >= 0 ? fdopendir(fd) : NULL;
}

/* Moves what the part holds to the trash. */
static int
empty_part(struct opening *o, const char *part, struct err *err)
{
	cleanup_dir DIR *d = open_list(o->s->dir, part);
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL) {
		char name[40];

		if (!path_is_name(e->d_name))
			continue;
		str_random_hex(name, 32);
		if (renameat(dirfd(d), e->d_name, o->s->trash, name) < 0)
			return err_sys(err, "cannot put '%s' aside", e->d_name);
	}
	return 0;
}

static int
fill_part(struct opening *o, const char *part, struct err *err)
{
	bool whole = str_eq(part, "volumes") || str_eq(part, "networks");
	bool add = o->how == SESSION_ADD;
	struct copy c = {.update = add && !whole, .keep = add && whole};
	cleanup_fd int source = openat(o->from, part, FOLDER);

	if (source < 0)
		return errno == ENOENT ? 0 : err_sys(err, "cannot open '%s'", part);
	if (mkdirat(o->s->dir, part, 0711) < 0 && errno != EEXIST)
		return err_sys(err, "cannot make '%s'", part);
	cleanup_fd int target = openat(o->s->dir, part, FOLDER);
	if (target < 0 || copy_tree(source, target, &c) < 0)
		return err_sys(err, "cannot copy '%s'", part);
	return 0;
}

/* ---- folders that a container was given: the workspace may be another one now ---- */

static json_t *
moved(const json_t *j, const char *from, const char *to)
{
	const char *text = json_string_value(j), *rest, *key;
	json_t *ret, *item;
	size_t i;

	if (text != NULL && (rest = str_after(text, from)) != NULL &&
	    strchr("/:", *rest) != NULL) {
		cleanup_free char *now = xasprintf("%s%s", to, rest);

		return json_string(now);
	}
	if (json_is_array(j)) {
		ret = json_array();
		json_array_foreach((json_t *)j, i, item)
		    json_array_append_new(ret, moved(item, from, to));
		return ret;
	}
	if (!json_is_object(j))
		return json_incref((json_t *)j);
	ret = json_object();
	json_object_foreach((json_t *)j, key, item)
	    json_object_set_new(ret, key, moved(item, from, to));
	return ret;
}

static int
move_folders(struct opening *o, struct err *err)
{
	const char *was = json_get_str(o->about, "workspace", "");
	cleanup_dir DIR *d = open_list(o->from, "containers");
	struct dirent *e;

	if (o->path == NULL || *was == '\0' || str_eq(was, o->path))
		return 0;
	while (d != NULL && (e = readdir(d)) != NULL) {
		cleanup_free char *file = xasprintf("%s/config.json", e->d_name);
		cleanup_json json_t *config = NULL, *now = NULL;

		if (!path_is_name(e->d_name))
			continue;
		config = json_read_file(o->s->containers, file, NULL);
		if (config == NULL)
			continue;
		now = moved(config, was, o->path);
		if (!json_equal(config, now) &&
		    json_write_file(o->s->containers, file, now, 0600, err) < 0)
			return -1;
	}
	return 0;
}

static int
fill_workspace(struct opening *o, struct err *err)
{
	struct copy c = {
	    .plain = true, .update = true, .mirror = o->how == SESSION_REPLACE};
	cleanup_fd int source = -1;

	if (o->workspace < 0 || !json_get_bool(o->about, "files", false))
		return 0;
	source = openat(o->from, "workspace", FOLDER);
	if (source < 0 || copy_tree(source, o->workspace, &c) < 0)
		return err_sys(err, "cannot bring the workspace's files back");
	return 0;
}

static int
open_inside(void *arg, struct err *err)
{
	struct opening *o = arg;

	for (const char *const *p = checkpoint_parts; *p != NULL; p++)
		if ((o->how == SESSION_REPLACE && empty_part(o, *p, err) < 0) ||
		    fill_part(o, *p, err) < 0)
			return -1;
	if (move_folders(o, err) < 0)
		return -1;
	return fill_workspace(o, err);
}

static int
empty_trash(void *arg, struct err *err)
{
	struct opening *o = arg;
	cleanup_dir DIR *d = open_list(o->s->dir, "trash");
	struct dirent *e;

	(void)err;
	while (d != NULL && (e = readdir(d)) != NULL)
		if (path_is_name(e->d_name))
			(void)fd_remove_tree(dirfd(d), e->d_name);
	return 0;
}

static int
write_mark(struct opening *o, struct session *from, const char *key, struct err *err)
{
	cleanup_json json_t *mark = json_pack("{s:s, s:s, s:b}", "key", key, "session",
	    from->name, "add", o->how == SESSION_ADD);

	return json_write_file(o->s->dir, MARK, mark, 0600, err);
}

int
session_checkpoint_open(struct session *s, struct session *from, const char *key,
    enum session_opening how, int workspace, const char *path, struct err *err)
{
	cleanup_fd int dir = checkpoint_folder(from, key, err);
	struct opening o = {
	    .s = s, .how = how, .from = dir, .workspace = workspace, .path = path};
	cleanup_json json_t *tags = NULL;

	if (dir < 0)
		return -1;
	o.about = json_read_file(dir, "about.json", err);
	tags = o.about != NULL ? json_read_file(dir, "tags.json", err) : NULL;
	if (tags == NULL || write_mark(&o, from, key, err) < 0 ||
	    session_tags_open(s, tags, how == SESSION_ADD, err) < 0 ||
	    checkpoint_inside(s, open_inside, &o, err) < 0) {
		json_decref(o.about);
		return err_while(err, "going back to '%s'", key);
	}
	json_decref(o.about);
	unlinkat(s->dir, MARK, 0);
	checkpoint_inside(s, empty_trash, &o, NULL);
	return 0;
}

json_t *
session_checkpoint_pending(struct session *s)
{
	return faccessat(s->dir, MARK, F_OK, 0) < 0 ? NULL
						    : json_read_file(s->dir, MARK, NULL);
}
