/*
 * remove.c - removing trees whose files belong to ids of a map
 *
 * Real root, and whoever owns all of a tree, removes it without help.  What is left
 * then belongs to subordinate ids: it is removed inside this map, then inside the other.
 */
#include "sandbox/store/private.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct removal {
	int at;
	const char *name;
};

static int
remove_inside(void *arg, struct err *err)
{
	struct removal *r = arg;

	if (fd_remove_tree(r->at, r->name) < 0)
		return err_sys(err, "cannot remove '%s'", r->name);
	return 0;
}

int
store_remove_tree(struct store *s, int at, const char *name, struct err *err)
{
	struct removal r = {.at = at, .name = name};
	enum idmap map;

	if (fd_remove_tree(at, name) == 0)
		return 0;
	if (geteuid() == 0)
		return err_sys(err, "cannot remove '%s'", name);
	map = store_idmap(s);
	for (int i = 0; i < MAPS; i++, map = store_other_map(map)) {
		struct err mine = ERR_INIT;
		struct holder *h = store_holder_of(s, map, &mine);

		if (h != NULL && holder_call(h, 0, remove_inside, &r, &mine) == 0)
			return 0;
		if (i == 0 && err != NULL)
			*err = mine;
		/* the other map may have removed all but what is ours alone */
		if (fd_remove_tree(at, name) == 0) {
			err_clear(err);
			return 0;
		}
	}
	return -1;
}

/* A home folder or the root folder is nobody's DRYDOCK_HOME to delete. */
static bool
is_precious(const char *home)
{
	const char *user = getenv("HOME");
	cleanup_free char *real = realpath(home, NULL);
	cleanup_free char *theirs = user != NULL ? realpath(user, NULL) : NULL;

	if (real == NULL || str_eq(real, "/"))
		return true;
	return theirs != NULL && path_is_inside(theirs, real);
}

static int
remove_all_below(struct store *s, struct err *err)
{
	int copy = openat(s->home_dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *d = copy >= 0 ? fdopendir(copy) : NULL;
	struct dirent *e;

	if (d == NULL)
		return err_sys(err, "cannot read '%s'", s->home);
	while ((e = readdir(d)) != NULL) {
		/* the holders' lock files last: without them the holders leave */
		if (!path_is_name(e->d_name) || str_starts(e->d_name, "holder."))
			continue;
		if (store_remove_tree(s, s->home_dir, e->d_name, err) < 0)
			return -1;
	}
	return 0;
}

int
store_remove_home(struct store *s, struct err *err)
{
	if (is_precious(s->home))
		return err_set(err, ERR_INPUT,
		    "'%s' is or holds a home folder: it is not removed", s->home);
	store_end_containers(s);
	if (remove_all_below(s, err) < 0)
		return err_while(err, "removing '%s'", s->home);
	for (int map = 0; map < MAPS; map++) {
		holder_free(take_ptr(s->holders[map]));
		holder_stop(s->home_dir, map);
	}
	if (fd_remove_tree(AT_FDCWD, s->home) < 0)
		return err_sys(err, "cannot remove '%s'", s->home);
	return 0;
}
