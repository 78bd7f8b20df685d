/*
 * store.c - the folders of a DRYDOCK_HOME and the holders that reach into them
 *
 * Opening makes folders and nothing else.  Whatever belongs to an id map is opened
 * when first asked for: most commands need one map and few folders.
 */
#include "sandbox/store/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* "sessions" comes last: where it is, all are. */
static const struct {
	const char *name;
	mode_t mode;
} folders[] = {
    {"store", 0711},
    {"store/blobs", 0700},
    {"store/layers", 0711},
    {"store/layers/meta", 0700},
    {"store/cache", 0700},
    {"store/run", 0700},
    {"store/trash", 0700},
    {"store/tmp", 0711},
    {"sessions", 0711},
};

static char *
default_home(void)
{
	const char *home = getenv("DRYDOCK_HOME"), *data = getenv("XDG_DATA_HOME"),
		   *user = getenv("HOME");

	if (home != NULL && *home != '\0')
		return xstrdup(home);
	if (geteuid() == 0)
		return xstrdup("/var/lib/drydock");
	if (data != NULL && *data == '/')
		return path_join(data, "drydock");
	return user != NULL && *user == '/' ? path_join(user, ".local/share/drydock")
					    : NULL;
}

int
store_make_dir(int at, const char *name, mode_t mode, struct err *err)
{
	if (mkdirat(at, name, mode) < 0)
		return errno == EEXIST ? 0
				       : err_sys(err, "cannot create folder '%s'", name);
	/* the umask has cut something off */
	if (fchmodat(at, name, mode, 0) < 0)
		return err_sys(err, "cannot set the mode of '%s'", name);
	return 0;
}

/* A root's home must let the mapped root pass; a user's is nobody else's business. */
static int
open_home(const char *path, struct err *err)
{
	int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	int fd = open(path, flags);

	if (fd >= 0 || errno != ENOENT)
		return fd >= 0 ? fd : err_sys(err, "cannot open '%s'", path);
	if (fd_mkdirs(AT_FDCWD, path, 0700, err) < 0)
		return -1;
	fd = open(path, flags);
	if (fd < 0)
		return err_sys(err, "cannot open '%s'", path);
	if (geteuid() == 0)
		fchmod(fd, 0711);
	return fd;
}

static int
make_folders(int home, struct err *err)
{
	if (faccessat(home, "sessions", F_OK, 0) == 0)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		if (store_make_dir(home, folders[i].name, folders[i].mode, err) < 0)
			return -1;
	return 0;
}

static int
open_folders(struct store *s, struct err *err)
{
	s->home_dir = open_home(s->home, err);
	if (s->home_dir < 0 || make_folders(s->home_dir, err) < 0)
		return -1;
	s->dir = openat(s->home_dir, "store", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return s->dir < 0 ? err_sys(err, "cannot open '%s/store'", s->home) : 0;
}

int
store_open(const char *home, struct store **ret, struct err *err)
{
	cleanup_store struct store *s = xcalloc(1, sizeof *s);

	s->home_dir = s->dir = s->hold = -1;
	for (int i = 0; i < MAPS; i++)
		s->layers[i] = s->tmp[i] = -1;
	s->home = home != NULL ? xstrdup(home) : default_home();
	if (s->home == NULL)
		return err_set(err, ERR_INPUT, "neither DRYDOCK_HOME nor HOME is set");
	if (open_folders(s, err) < 0)
		return err_while(err, "opening the store in '%s'", s->home);
	*ret = take_ptr(s);
	return 0;
}

void
store_free(struct store *s)
{
	if (s == NULL)
		return;
	fd_close_p(&s->hold);
	for (int i = 0; i < MAPS; i++) {
		fd_close_p(&s->layers[i]);
		fd_close_p(&s->tmp[i]);
		holder_free(s->holders[i]);
	}
	fd_close_p(&s->dir);
	fd_close_p(&s->home_dir);
	free(s->home);
	free(s);
}

void
store_free_p(struct store **s)
{
	store_free(*s);
	*s = NULL;
}

const char *
store_home(const struct store *s)
{
	return s->home;
}

int
store_home_dir(const struct store *s)
{
	return s->home_dir;
}

enum idmap
store_idmap(const struct store *s)
{
	struct store *cache = (struct store *)s;

	if (!s->map_known) {
		cache->map = idmap_choose(s->home_dir);
		cache->map_known = true;
	}
	return s->map;
}

enum idmap
store_other_map(enum idmap map)
{
	return map == IDMAP_RANGE ? IDMAP_ONE : IDMAP_RANGE;
}

/* holder_open() takes the map from the environment: say which one we mean. */
static int
open_forced(int home, enum idmap map, struct holder **ret, struct err *err)
{
	const char *now = getenv("DRYDOCK_IDMAP");
	cleanup_free char *before = now != NULL ? xstrdup(now) : NULL;
	int rc;

	setenv("DRYDOCK_IDMAP", idmap_name(map), 1);
	rc = holder_open(home, ret, err);
	if (before != NULL)
		setenv("DRYDOCK_IDMAP", before, 1);
	else
		unsetenv("DRYDOCK_IDMAP");
	return rc;
}

struct holder *
store_holder_of(struct store *s, enum idmap map, struct err *err)
{
	if (s->holders[map] == NULL) {
		struct holder *h = NULL;

		if (open_forced(s->home_dir, map, &h, err) < 0)
			return NULL;
		if (holder_idmap(h) != map) {
			holder_free(h);
			err_set(err, ERR_UNSUPPORTED,
			    "this machine does not allow the id map '%s'",
			    idmap_name(map));
			return NULL;
		}
		s->holders[map] = h;
	}
	return s->holders[map];
}

struct holder *
store_holder(struct store *s, struct err *err)
{
	return store_holder_of(s, store_idmap(s), err);
}

/* Only real root can and must give the folder away: a user's own id is the map's root. */
static int
open_map_dir(struct store *s, const char *what, enum idmap map, struct err *err)
{
	cleanup_free char *path = xasprintf("%s/%s", what, idmap_name(map));
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	cleanup_fd int fd = openat(s->dir, path, flags);
	uid_t root = idmap_root_uid(map);
	struct stat st;

	if (fd < 0) {
		if (store_make_dir(s->dir, path, 0700, err) < 0)
			return -1;
		fd = openat(s->dir, path, flags);
	}
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(err, "cannot open 'store/%s'", path);
	if (st.st_uid != root && geteuid() == 0 && fchown(fd, root, root) < 0)
		return err_sys(err, "cannot give away 'store/%s'", path);
	return take_fd(&fd);
}

int
store_layers_of(struct store *s, enum idmap map, struct err *err)
{
	if (s->layers[map] < 0)
		s->layers[map] = open_map_dir(s, "layers", map, err);
	return s->layers[map];
}

int
store_tmp_of(struct store *s, enum idmap map, struct err *err)
{
	if (s->tmp[map] < 0)
		s->tmp[map] = open_map_dir(s, "tmp", map, err);
	return s->tmp[map];
}

int
store_layers_dir(struct store *s, struct err *err)
{
	return store_layers_of(s, store_idmap(s), err);
}
