/*
 * offline.c - the layer under the image, and the folder of wheels
 */
#include "sandbox/offline/offline.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* pip never asks a network and looks among the wheels; with no-index it makes no check
 * for newer versions of itself either.  No other setting: a student shall see the
 * warnings that a Docker user sees. */
static const char pip_conf[] = "[global]\n"
			       "no-index = true\n"
			       "find-links = " OFFLINE_WHEELS "\n";

static const struct entry {
	const char *path;
	mode_t mode;
	const char *text; /* NULL: a folder */
	bool for_wheels;  /* only in the form with wheels */
} entries[] = {
    {"dev", 0755, NULL, false},
    {"proc", 0555, NULL, false},
    {"sys", 0555, NULL, false},
    {"etc", 0755, NULL, false},
    {"etc/hosts", 0644, "", false},
    {"etc/hostname", 0644, "", false},
    {"etc/resolv.conf", 0644, "", false},
    {"etc/pip.conf", 0644, pip_conf, true},
};

/* Files belong to the map's root.  Real root gives them away; who is inside the map, or
 * is that user, owns what he makes (EINVAL: an id that the map does not have). */
static int
give_away(int fd, uid_t root)
{
	if (geteuid() != 0 || fchown(fd, root, root) == 0 || errno == EINVAL)
		return 0;
	return -1;
}

/* Opens what it made, with the wanted mode whatever the umask is. */
static int
make_entry(int dir, const struct entry *e, uid_t root, struct err *err)
{
	cleanup_fd int fd = -1;

	if (e->text == NULL && mkdirat(dir, e->path, 0755) < 0)
		return err_sys(err, "making %s", e->path);
	fd = e->text == NULL
		 ? openat(dir, e->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
		 : openat(dir, e->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(err, "making %s", e->path);
	if (e->text != NULL && fd_write_all(fd, e->text, strlen(e->text)) < 0)
		return err_sys(err, "writing %s", e->path);
	if (fchmod(fd, e->mode) < 0 || give_away(fd, root) < 0)
		return err_sys(err, "making %s", e->path);
	return 0;
}

static int
fill(int layers_dir, const char *name, uid_t root, bool has_wheels, struct err *err)
{
	cleanup_fd int dir = -1;

	if (mkdirat(layers_dir, name, 0755) < 0)
		return err_sys(err, "making %s", name);
	dir = openat(layers_dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return err_sys(err, "opening %s", name);
	for (size_t i = 0; i < ARRAY_LEN(entries); i++)
		if ((has_wheels || !entries[i].for_wheels) &&
		    make_entry(dir, &entries[i], root, err) < 0)
			return -1;
	if (fchmod(dir, 0755) < 0 || give_away(dir, root) < 0)
		return err_sys(err, "making %s", name);
	return 0;
}

char *
offline_under(int layers_dir, uid_t root_uid, bool has_wheels, struct err *err)
{
	const char *name = has_wheels ? ".under-wheels" : ".under-plain";
	cleanup_free char *unfinished = NULL;
	char random[17];

	if (faccessat(layers_dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return xstrdup(name);
	str_random_hex(random, 16);
	unfinished = xasprintf(".new-%s", random);
	if (fill(layers_dir, unfinished, root_uid, has_wheels, err) < 0) {
		fd_remove_tree(layers_dir, unfinished);
		err_while(err, "preparing the layer under images");
		return NULL;
	}
	if (renameat(layers_dir, unfinished, layers_dir, name) < 0) {
		bool other_was_faster = errno == EEXIST || errno == ENOTEMPTY;

		if (!other_was_faster)
			err_sys(err, "preparing the layer under images");
		fd_remove_tree(layers_dir, unfinished);
		return other_was_faster ? xstrdup(name) : NULL;
	}
	return xstrdup(name);
}

int
offline_wheels(int home_dir)
{
	return openat(home_dir, "wheels", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}
