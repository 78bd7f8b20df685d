/*
 * root.c - the file systems of a new root: overlay, binds, masks, pivot_root
 *
 * An image decides what its paths mean, so nothing here follows one by its text: a
 * target is opened below the root's descriptor (openat2) and mounted on by that
 * descriptor.
 */
#include "sandbox/runtime/plan.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { DATA_MAX = 4096 }; /* mount(2) takes one page of options */

static void
fd_path(int fd, char out[32])
{
	snprintf(out, 32, "/proc/self/fd/%d", fd);
}

int
mount_on(const char *source, int target, const char *type, unsigned long flags,
    const char *data)
{
	char path[32];

	fd_path(target, path);
	return mount(source, path, type, flags, data);
}

int
root_folder(struct plan *p, const char *name, mode_t mode, struct err *err)
{
	int flags = O_PATH | O_DIRECTORY;
	int fd = fd_open_in_nofollow(p->root, name, flags, 0);

	if (fd >= 0)
		return fd;
	if (errno == ELOOP || errno == ENOTDIR)
		unlinkat(p->root, name, 0);
	mkdirat(p->root, name, mode);
	fd = fd_open_in_nofollow(p->root, name, flags, 0);
	if (fd < 0)
		err_sys(err, "cannot make /%s in the container", name);
	return fd;
}

/* ---- overlay -------------------------------------------------------------------------
 */

/* One string for mount(2): names are short because we stand in the layers' folder. */
static void
overlay_data(const struct runtime_spec *s, enum runtime_look how, struct buf *data)
{
	buf_adds(data, "lowerdir=");
	if (how == LOOK_FIXED)
		buf_addf(data, "/proc/self/fd/%d/u%s", s->dir, s->nlowers ? ":" : "");
	for (size_t i = 0; i < s->nlowers; i++)
		buf_addf(data, "%s%s", i ? ":" : "", s->lowers[i]);
	if (s->under != NULL)
		buf_addf(
		    data, "%s%s", s->nlowers || how == LOOK_FIXED ? ":" : "", s->under);
	if (how != LOOK_WRITE) {
		buf_adds(data, ",userxattr");
		return;
	}
	buf_addf(data, ",upperdir=/proc/self/fd/%d/u,workdir=/proc/self/fd/%d/w", s->dir,
	    s->dir);
	buf_adds(data, ",userxattr,volatile");
}

static int
config_string(int fs, const char *key, const char *value)
{
	return (int)syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, key, value, 0);
}

/* More layers than a page of options can name: one call a layer (Linux 6.8). */
static int
overlay_by_parts(const struct runtime_spec *s, enum runtime_look how, int target)
{
	cleanup_fd int fs = (int)syscall(SYS_fsopen, "overlay", FSOPEN_CLOEXEC), mnt = -1;
	char path[64];
	int rc = 0;

	snprintf(path, sizeof path, "/proc/self/fd/%d/u", s->dir);
	if (how == LOOK_FIXED)
		rc = config_string(fs, "lowerdir+", path);
	for (size_t i = 0; i < s->nlowers && rc == 0; i++)
		rc = config_string(fs, "lowerdir+", s->lowers[i]);
	if (rc == 0 && s->under != NULL)
		rc = config_string(fs, "lowerdir+", s->under);
	if (rc == 0 && how == LOOK_WRITE)
		rc = config_string(fs, "upperdir", path);
	snprintf(path, sizeof path, "/proc/self/fd/%d/w", s->dir);
	if (rc == 0 && how == LOOK_WRITE)
		rc = config_string(fs, "workdir", path);
	if (rc < 0 ||
	    syscall(SYS_fsconfig, fs, FSCONFIG_SET_FLAG, "userxattr", NULL, 0) < 0 ||
	    (how == LOOK_WRITE &&
		syscall(SYS_fsconfig, fs, FSCONFIG_SET_FLAG, "volatile", NULL, 0) < 0) ||
	    syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	mnt = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
	if (mnt < 0)
		return -1;
	return (int)syscall(SYS_move_mount, mnt, "", target, "",
	    MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

/* Mounts it at dir/m and opens that. */
static int
overlay_root(const struct runtime_spec *s, enum runtime_look how, struct err *err)
{
	cleanup_buf struct buf data = BUF_INIT(1 << 20);
	cleanup_fd int target = openat(s->dir, "m", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int rc, root;

	if (target < 0 || fchdir(s->lowers_at) < 0)
		return err_sys(err, "cannot enter the container's folder");
	overlay_data(s, how, &data);
	rc = data.len < DATA_MAX ? mount_on("overlay", target, "overlay", 0, data.s)
				 : overlay_by_parts(s, how, target);
	if (rc < 0)
		return err_sys(err, "cannot mount the image's layers");
	root = openat(s->dir, "m", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return root < 0 ? err_sys(err, "cannot open the new root") : root;
}

/* What an earlier start left in the work folder of a volatile overlay forbids the next:
 * it says that a crash may have lost data, which a container accepts. */
static void
forgive_crash(const struct runtime_spec *s)
{
	cleanup_fd int work = openat(s->dir, "w/work", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (work >= 0)
		(void)fd_remove_tree(work, "incompat");
}

int
step_overlay(struct plan *p, const struct step *step, struct err *err)
{
	(void)step;
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return err_sys(err, "cannot separate the container's mounts");
	forgive_crash(p->spec);
	p->root = overlay_root(p->spec, LOOK_WRITE, err);
	return p->root < 0 ? -1 : 0;
}

/* ---- what is shown from outside
 * --------------------------------------------------------- */

/* The target as an O_PATH descriptor, made as a file or folder (like the source) below
 * the root when it is missing. */
static int
bind_target(struct plan *p, const char *path, bool folder, struct err *err)
{
	cleanup_free char *clean = path_clean_root(path);
	int fd = fd_open_in(p->root, clean, O_PATH, 0);

	if (fd >= 0 || errno != ENOENT) {
		if (fd < 0)
			err_sys(err, "cannot mount at '%s'", clean);
		return fd;
	}
	cleanup_fd int at = fcntl(p->root, F_DUPFD_CLOEXEC, 3);
	cleanup_vec struct vec parts = VEC_INIT;
	vec_split(&parts, clean, "/");
	for (size_t i = 0; i + 1 < parts.len + folder; i++) {
		mkdirat(at, parts.v[i], 0755);
		int next = fd_open_in(at, parts.v[i], O_PATH | O_DIRECTORY, 0);
		fd_close_p(&at);
		at = next;
	}
	if (!folder && at >= 0) {
		cleanup_fd int file = fd_open_in(
		    at, parts.v[parts.len - 1], O_WRONLY | O_CREAT | O_EXCL, 0644);
		fd = openat(at, parts.v[parts.len - 1], O_PATH | O_NOFOLLOW | O_CLOEXEC);
	} else {
		fd = take_fd(&at);
	}
	if (fd < 0)
		err_sys(err, "cannot make the mount point '%s'", clean);
	return fd;
}

/* Flags that came with the source's mount are locked for us: a remount must repeat them.
 */
static unsigned long
locked_flags(int fd)
{
	static const struct {
		unsigned long st, ms;
	} same[] = {{ST_RDONLY, MS_RDONLY}, {ST_NOSUID, MS_NOSUID}, {ST_NODEV, MS_NODEV},
	    {ST_NOEXEC, MS_NOEXEC}, {ST_NOATIME, MS_NOATIME},
	    {ST_NODIRATIME, MS_NODIRATIME}, {ST_RELATIME, MS_RELATIME}};
	unsigned long flags = 0;
	struct statvfs v;

	if (fstatvfs(fd, &v) < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(same); i++)
		if (v.f_flag & same[i].st)
			flags |= same[i].ms;
	return flags;
}

/* The mount that now lies on `target` is another object than the descriptor opened
 * before: reach it by opening the path again. */
static int
make_readonly(struct plan *p, const char *path)
{
	cleanup_fd int top = fd_open_in(p->root, path, O_PATH, 0);
	char self[32];

	if (top < 0)
		return -1;
	fd_path(top, self);
	return mount(
	    NULL, self, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | locked_flags(top), NULL);
}

int
step_bind(struct plan *p, const struct step *step, struct err *err)
{
	const struct runtime_mount *m = step->mount;
	struct stat st;
	int clone, rc;

	if (fstat(m->source, &st) < 0)
		return err_sys(err, "cannot look at the source of '%s'", m->target);
	if (m->fill && root_fill(p, m, err) < 0)
		return -1;
	cleanup_fd int target = bind_target(p, m->target, S_ISDIR(st.st_mode), err);
	if (target < 0)
		return -1;
	clone =
	    m->detached
		? fcntl(m->source, F_DUPFD_CLOEXEC, 3)
		: (int)syscall(SYS_open_tree, m->source, "",
		      AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
	cleanup_fd int tree = clone;
	if (clone < 0)
		return err_sys(err, "cannot show '%s' in the container", m->target);
	rc = (int)syscall(SYS_move_mount, tree, "", target, "",
	    MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
	if (rc < 0)
		return err_sys(err, "cannot mount at '%s'", m->target);
	if (m->readonly && make_readonly(p, m->target) < 0)
		return err_sys(err, "cannot make '%s' read-only", m->target);
	return 0;
}

int
step_tmpfs(struct plan *p, const struct step *step, struct err *err)
{
	cleanup_fd int target = bind_target(p, step->target, true, err);

	if (target < 0)
		return -1;
	if (mount_on("tmpfs", target, "tmpfs",
		MS_NOSUID | MS_NODEV | (step->mount->exec ? 0 : MS_NOEXEC) |
		    (step->mount->readonly ? MS_RDONLY : 0),
		step->mount->options) < 0)
		return err_sys(err, "cannot mount a tmpfs at '%s'", step->target);
	return 0;
}

/* ---- without a program ------------------------------------------------------------ */

/* Overlay refuses to stand on one layer alone: that is opened as it is.  -2: there are
 * more. */
static int
open_alone(const struct runtime_spec *s, enum runtime_look how, struct err *err)
{
	size_t n = s->nlowers + (s->under != NULL) + (how == LOOK_FIXED);
	const char *lower = s->nlowers > 0 ? s->lowers[0] : s->under;
	int fd;

	if (how == LOOK_WRITE || n > 1)
		return -2;
	if (how == LOOK_FIXED)
		fd = openat(s->dir, "u", O_PATH | O_DIRECTORY | O_CLOEXEC);
	else if (lower != NULL)
		fd = openat(s->lowers_at, lower, O_PATH | O_DIRECTORY | O_CLOEXEC);
	else
		fd = openat(s->dir, "m", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? err_sys(err, "cannot open the container's files") : fd;
}

int
runtime_look(const struct runtime_spec *spec, enum runtime_look how, struct err *err)
{
	struct plan p = {.spec = spec, .root = open_alone(spec, how, err)};
	int rc = 0;

	if (p.root != -2)
		return p.root;
	if (how == LOOK_WRITE)
		forgive_crash(spec);
	p.root = overlay_root(spec, how, err);
	for (size_t i = 0; i < spec->nmounts && p.root >= 0 && rc == 0; i++) {
		struct step step = {.mount = &spec->mounts[i]};

		if (spec->mounts[i].kind == MOUNT_BIND)
			rc = step_bind(&p, &step, err);
	}
	if (rc < 0)
		fd_close_p(&p.root);
	return p.root;
}

/* ---- masks
 * ------------------------------------------------------------------------------ */

static int
open_masked(struct plan *p, const char *path)
{
	return openat(p->root, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

int
step_hide_file(struct plan *p, const struct step *step, struct err *err)
{
	cleanup_fd int target = open_masked(p, step->target);

	if (target >= 0 && mount_on("/dev/null", target, NULL, MS_BIND, NULL) < 0)
		return err_sys(err, "cannot mask /%s", step->target);
	return 0;
}

int
step_hide_folder(struct plan *p, const struct step *step, struct err *err)
{
	cleanup_fd int target = open_masked(p, step->target);

	if (target >= 0 && mount_on("tmpfs", target, "tmpfs", MS_RDONLY, "size=0k") < 0)
		return err_sys(err, "cannot mask /%s", step->target);
	return 0;
}

int
step_readonly(struct plan *p, const struct step *step, struct err *err)
{
	cleanup_fd int target = open_masked(p, step->target);
	char self[32];

	if (target < 0)
		return 0;
	fd_path(target, self);
	if (mount(self, self, NULL, MS_BIND | MS_REC, NULL) < 0)
		return err_sys(err, "cannot protect /%s", step->target);
	cleanup_fd int top = open_masked(p, step->target);
	fd_path(top, self);
	if (mount(NULL, self, NULL,
		MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
		NULL) < 0)
		return err_sys(err, "cannot protect /%s", step->target);
	return 0;
}

int
step_readonly_root(struct plan *p, const struct step *step, struct err *err)
{
	(void)p;
	(void)step;
	if (mount(NULL, "/", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) < 0)
		return err_sys(err, "cannot make the root read-only");
	return 0;
}

int
step_pivot(struct plan *p, const struct step *step, struct err *err)
{
	(void)step;
	if (fchdir(p->root) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
	    umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return err_sys(err, "cannot change the root");
	return 0;
}
