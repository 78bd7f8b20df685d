/*
 * roots.c - the layers of an image or stage as one root folder
 *
 * For processes that have mounts of their own, which die with them.
 */
#include "sandbox/build/private.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOUNT_PAGE = 4096 }; /* mount(2) takes one page of options */

static int
set_string(int fs, const char *key, const char *value)
{
	return (int)syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, key, value, 0);
}

static int
set_flag(int fs, const char *key)
{
	return (int)syscall(SYS_fsconfig, fs, FSCONFIG_SET_FLAG, key, NULL, 0);
}

/* More layers than a page of options can name: one call a layer (Linux 6.8). */
static int
mount_by_parts(
    const struct vec *chains, const char *upper, const char *work, const char *target)
{
	cleanup_fd int fs = (int)syscall(SYS_fsopen, "overlay", FSOPEN_CLOEXEC);
	int rc = fs < 0 ? -1 : set_flag(fs, "userxattr");

	for (size_t i = 0; i < chains->len && rc == 0; i++)
		rc = set_string(fs, "lowerdir+", chains->v[i]);
	if (rc == 0 && upper != NULL)
		rc = set_string(fs, "upperdir", upper) < 0 ||
			     set_string(fs, "workdir", work) < 0 ||
			     set_flag(fs, "volatile") < 0
			 ? -1
			 : 0;
	if (rc < 0 || syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	cleanup_fd int mnt = (int)syscall(
	    SYS_fsmount, fs, FSMOUNT_CLOEXEC, upper == NULL ? MOUNT_ATTR_RDONLY : 0);
	if (mnt < 0)
		return -1;
	return (int)syscall(
	    SYS_move_mount, mnt, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH);
}

static int
mount_by_page(
    const struct vec *chains, const char *upper, const char *work, const char *target)
{
	cleanup_free char *list = vec_join(chains, ":");
	cleanup_buf struct buf data = BUF_INIT(BUF_OURS);

	buf_addf(&data, "lowerdir=%s,userxattr", list);
	if (upper != NULL)
		buf_addf(&data, ",volatile,upperdir=%s,workdir=%s", upper, work);
	if (data.len >= MOUNT_PAGE)
		return mount_by_parts(chains, upper, work, target);
	return mount("overlay", target, "overlay", upper != NULL ? 0 : MS_RDONLY, data.s);
}

int
build_mount_layers(int layers, const struct vec *chains, int draft, const char *at,
    const char *upper, const char *work, struct err *err)
{
	cleanup_free char *up =
	    upper != NULL ? xasprintf("/proc/self/fd/%d/%s", draft, upper) : NULL;
	cleanup_free char *scratch =
	    upper != NULL ? xasprintf("/proc/self/fd/%d/%s", draft, work) : NULL;
	cleanup_free char *target = xasprintf("/proc/self/fd/%d/%s", draft, at);

	/* layers are named relative to here: the list must fit into one page */
	if (fchdir(layers) < 0 || mount_by_page(chains, up, scratch, target) < 0)
		return err_sys(err, "mounting %zu layers", chains->len);
	int root = openat(draft, at, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return root < 0 ? err_sys(err, "opening layers") : root;
}

int
build_open_layers(
    int layers, const struct vec *chains, int draft, const char *at, struct err *err)
{
	int fd;

	/* overlay refuses to stand on one layer alone */
	if (chains->len > 1)
		return build_mount_layers(layers, chains, draft, at, NULL, NULL, err);
	fd = chains->len == 1
		 ? openat(layers, chains->v[0], O_PATH | O_DIRECTORY | O_CLOEXEC)
		 : openat(draft, at, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? err_sys(err, "opening a layer") : fd;
}
