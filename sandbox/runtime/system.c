/*
 * system.c - /proc, /sys, /dev and the terminal of a container
 */
#include "sandbox/runtime/plan.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static const struct {
	const char *name;
	unsigned major, minor;
} nodes[] = {{"null", 1, 3}, {"zero", 1, 5}, {"full", 1, 7}, {"random", 1, 8},
    {"urandom", 1, 9}, {"tty", 5, 0}};

static const struct {
	const char *name, *to;
} links[] = {{"fd", "/proc/self/fd"}, {"stdin", "/proc/self/fd/0"},
    {"stdout", "/proc/self/fd/1"}, {"stderr", "/proc/self/fd/2"}, {"ptmx", "pts/ptmx"},
    {"core", "/proc/kcore"}};

int
step_proc(struct plan *p, const struct step *step, struct err *err)
{
	cleanup_fd int target = root_folder(p, "proc", 0755, err);

	(void)step;
	if (target < 0)
		return -1;
	if (mount_on("proc", target, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return err_sys(err, "cannot mount /proc");
	return 0;
}

/* A network namespace that is not ours allows no sysfs of our own: show the host's. */
static int
host_sys(int target)
{
	struct mount_attr readonly = {.attr_set = MOUNT_ATTR_RDONLY};
	cleanup_fd int tree = (int)syscall(SYS_open_tree, AT_FDCWD, "/sys",
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

	if (tree < 0)
		return -1;
	syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &readonly,
	    sizeof readonly);
	return (int)syscall(SYS_move_mount, tree, "", target, "",
	    MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

int
step_sys(struct plan *p, const struct step *step, struct err *err)
{
	cleanup_fd int target = root_folder(p, "sys", 0755, err);
	unsigned long flags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;

	(void)step;
	if (target < 0)
		return -1;
	/* a host whose own /sys is read-only gives no other */
	if (p->rights->own_all && mount_on("sysfs", target, "sysfs",
				      flags & ~(unsigned long)MS_RDONLY, NULL) == 0)
		return 0;
	if (mount_on("sysfs", target, "sysfs", flags, NULL) < 0 && host_sys(target) < 0)
		return err_sys(err, "cannot mount /sys");
	return 0;
}

/* A device of the host, checked to be what its name says, bound into our /dev. */
static int
add_node(int dev, size_t i, struct err *err)
{
	char host[32], source[32];
	cleanup_fd int target = -1, from = -1;
	struct stat st;

	snprintf(host, sizeof host, "/dev/%s", nodes[i].name);
	from = open(host, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (from < 0 || fstat(from, &st) < 0 || !S_ISCHR(st.st_mode) ||
	    st.st_rdev != makedev(nodes[i].major, nodes[i].minor))
		return err_set(
		    err, ERR_UNSUPPORTED, "the host's %s is not that device", host);
	target =
	    openat(dev, nodes[i].name, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	snprintf(source, sizeof source, "/proc/self/fd/%d", from);
	if (target < 0 || mount_on(source, target, NULL, MS_BIND, NULL) < 0)
		return err_sys(err, "cannot make %s", host);
	return 0;
}

static int
mount_in_dev(int dev, const char *name, mode_t mode, const char *type,
    unsigned long flags, const char *options, struct err *err)
{
	cleanup_fd int target = -1;

	mkdirat(dev, name, mode);
	target = openat(dev, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (target < 0 || mount_on(type, target, type, flags, options) < 0)
		return err_sys(err, "cannot mount /dev/%s", name);
	return 0;
}

/* Of the container whose shared memory it is. */
static int
show_in_dev(int dev, const char *name, int tree, struct err *err)
{
	cleanup_fd int target = -1;

	mkdirat(dev, name, 01777);
	target = openat(dev, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (target < 0 || syscall(SYS_move_mount, tree, "", target, "",
			      MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return err_sys(err, "cannot mount /dev/%s", name);
	return 0;
}

static int
fill_shared(struct plan *p, int dev, struct err *err)
{
	unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
	char shm[64];

	if (p->spec->ipc != NULL)
		return (p->shm >= 0 && show_in_dev(dev, "shm", p->shm, err) < 0) ||
			       show_in_dev(dev, "mqueue", p->mqueue, err) < 0
			   ? -1
			   : 0;
	snprintf(shm, sizeof shm, "mode=1777,size=%lld",
	    p->spec->shm_size > 0 ? (long long)p->spec->shm_size : 64ll << 20);
	if (!p->spec->no_shm &&
	    mount_in_dev(dev, "shm", 01777, "tmpfs", flags, shm, err) < 0)
		return -1;
	return mount_in_dev(dev, "mqueue", 01777, "mqueue", flags, NULL, err);
}

static int
fill_dev(struct plan *p, int dev, struct err *err)
{
	unsigned long flags = MS_NOSUID | MS_NOEXEC;
	/* gid 5 is the group tty; a map of one id does not have it */
	const char *pts = p->holder->ids > 5 ? "newinstance,ptmxmode=0666,mode=0620,gid=5"
					     : "newinstance,ptmxmode=0666,mode=0620";

	for (size_t i = 0; i < ARRAY_LEN(nodes); i++)
		if (add_node(dev, i, err) < 0)
			return -1;
	for (size_t i = 0; i < ARRAY_LEN(links); i++)
		symlinkat(links[i].to, dev, links[i].name);
	if (mount_in_dev(dev, "pts", 0755, "devpts", flags, pts, err) < 0)
		return -1;
	return fill_shared(p, dev, err);
}

int
step_dev(struct plan *p, const struct step *step, struct err *err)
{
	cleanup_fd int target = root_folder(p, "dev", 0755, err), dev = -1;
	mode_t mask = umask(0);
	int rc;

	(void)step;
	if (target < 0)
		return -1;
	if (mount_on("tmpfs", target, "tmpfs", MS_NOSUID | MS_STRICTATIME,
		"mode=755,size=65536k") < 0)
		return err_sys(err, "cannot mount /dev");
	dev = openat(p->root, "dev", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	rc = fill_dev(p, dev, err);
	umask(mask);
	return rc;
}

/* The slave is opened from the master (TIOCGPTPEER), never by a path; the master goes
 * to our parent. */
int
step_console(struct plan *p, const struct step *step, struct err *err)
{
	struct winsize size = {.ws_row = p->spec->rows, .ws_col = p->spec->cols};
	cleanup_fd int master =
	    openat(p->root, "dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	cleanup_fd int file = -1;
	int zero = 0;
	char source[32];

	(void)step;
	if (master < 0 || ioctl(master, TIOCSPTLCK, &zero) < 0)
		return err_sys(err, "cannot make a terminal");
	p->console = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (p->console < 0)
		return err_sys(err, "cannot open the terminal");
	if (size.ws_row > 0 && size.ws_col > 0)
		ioctl(master, TIOCSWINSZ, &size);
	file = openat(p->root, "dev/console", O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
	snprintf(source, sizeof source, "/proc/self/fd/%d", p->console);
	if (file < 0 || mount_on(source, file, NULL, MS_BIND, NULL) < 0)
		return err_sys(err, "cannot make /dev/console");
	if (fd_send_fds(p->sync, "t", 1, &master, 1) != 1)
		return err_sys(err, "cannot hand out the terminal");
	return 0;
}
