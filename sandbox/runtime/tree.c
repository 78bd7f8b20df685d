/*
 * tree.c - folders of the caller's that are shown in a container
 *
 * For real root the container's root is another id (1879048192), and folders on the
 * way may be closed to it: root makes the mount itself, beforehand, and where the
 * files are to be the container root's own, maps their owner with an idmapped mount
 * (mount_setattr(2)) by the holder's user namespace.
 */
#include "sandbox/runtime/holder.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static int
shift_owner(const struct holder *h, int tree, struct err *err)
{
	char path[64];
	cleanup_fd int ns = -1;
	struct mount_attr attr = {.attr_set = MOUNT_ATTR_IDMAP};

	snprintf(path, sizeof path, "/proc/%d/ns/user", (int)h->pid);
	ns = open(path, O_RDONLY | O_CLOEXEC);
	if (ns < 0)
		return err_sys(err, "cannot open the holder's user namespace");
	attr.userns_fd = (uint64_t)ns;
	if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attr, sizeof attr) < 0)
		return err_sys(err, "this file system allows no idmapped mounts");
	return 0;
}

int
runtime_tree(const struct holder *h, int fd, bool own, bool *detached, struct err *err)
{
	*detached = geteuid() == 0 && h->map == IDMAP_RANGE;
	if (!*detached)
		return fcntl(fd, F_DUPFD_CLOEXEC, 3);
	cleanup_fd int tree = (int)syscall(SYS_open_tree, fd, "",
	    AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
		(own ? 0 : AT_RECURSIVE));
	if (tree < 0)
		return err_sys(err, "cannot make a mount of the folder");
	if (own && shift_owner(h, tree, err) < 0)
		return -1;
	return take_fd(&tree);
}
