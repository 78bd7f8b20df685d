/*
 * offline.c - the layer that lies under an image, and the wheel folder
 *
 * The layer is made once a map and form, beside the unpacked layers, under a name that
 * is no chain id; a half-made one has another name until its rename.
 */
#include "sandbox/offline/offline.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const folders[] = {"dev", "proc", "sys", "etc"};
static const char *const files[] = {"etc/hosts", "etc/hostname", "etc/resolv.conf"};

/* No network: pip looks into the folder instead of asking an index five times. */
static const char pip_conf[] = "[global]\n"
			       "no-index = true\n"
			       "find-links = " OFFLINE_WHEELS "\n";

static int
give(int at, const char *name, uid_t owner)
{
	return owner == geteuid() ? 0
				  : fchownat(at, name, owner, owner, AT_SYMLINK_NOFOLLOW);
}

static int
put_file(int dir, const char *name, const char *text, uid_t owner)
{
	cleanup_fd int fd =
	    openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (fd < 0 || fchmod(fd, 0644) < 0 || fd_write_all(fd, text, strlen(text)) < 0)
		return -1;
	return give(dir, name, owner);
}

static int
fill(int dir, uid_t owner, bool has_wheels)
{
	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		if (mkdirat(dir, folders[i], 0755) < 0 ||
		    fchmodat(dir, folders[i], 0755, 0) < 0 ||
		    give(dir, folders[i], owner) < 0)
			return -1;
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (put_file(dir, files[i], "", owner) < 0)
			return -1;
	return has_wheels ? put_file(dir, "etc/pip.conf", pip_conf, owner) : 0;
}

static int
make(int layers_dir, const char *name, uid_t owner, bool has_wheels, struct err *err)
{
	char temp[40] = ".under-new-";
	cleanup_fd int dir = -1;

	str_random_hex(temp + strlen(temp), 16);
	if (mkdirat(layers_dir, temp, 0755) < 0 ||
	    fchmodat(layers_dir, temp, 0755, 0) < 0)
		return err_sys(err, "cannot make the layer under the images");
	dir = openat(layers_dir, temp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || fill(dir, owner, has_wheels) < 0 ||
	    give(layers_dir, temp, owner) < 0 ||
	    renameat(layers_dir, temp, layers_dir, name) < 0) {
		err_sys(err, "cannot make the layer under the images");
		fd_remove_tree(layers_dir, temp);
		/* another process may have been quicker */
		return faccessat(layers_dir, name, F_OK, AT_SYMLINK_NOFOLLOW);
	}
	return 0;
}

char *
offline_under(int layers_dir, uid_t root_uid, bool has_wheels, struct err *err)
{
	const char *name = has_wheels ? ".under-wheels" : ".under-plain";

	if (faccessat(layers_dir, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0 &&
	    make(layers_dir, name, root_uid, has_wheels, err) < 0)
		return NULL;
	return xstrdup(name);
}

int
offline_wheels(int home_dir)
{
	return openat(home_dir, "wheels", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}
