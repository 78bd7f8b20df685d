/*
 * cp_out.c - docker cp: out of a container
 *
 * A child packs below the container's root, inside the holder; we unpack where the user
 * may write.
 */
#include "sandbox/docker/cp.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct packing {
	const char *path; /* below the container's root, clean */
	const char *as;
	int out;
	uint64_t *bytes;
};

static int
pack(void *arg, int root, struct err *err)
{
	const struct packing *p = arg;

	signal(SIGPIPE, SIG_IGN);
	return store_pack(root, p->path, p->as, -1, p->out, p->bytes, err);
}

/* ---- where it goes ----------------------------------------------------------------- */

/* What the command line asks of a place before anything is read. */
static int
check_output(const struct cp *c, const char *path, struct err *err)
{
	cleanup_free char *clean = path_clean(path), *dir = path_dir(clean);
	cleanup_fd int above = client_open(&c->d->client, dir, O_PATH, 0);
	int no_folder = above < 0 ? errno : 0;
	cleanup_fd int fd = client_open(&c->d->client, path, O_PATH, 0);
	struct stat st;

	if (no_folder == ENOENT)
		return err_set(err, ERR_NOT_FOUND,
		    "invalid output path: directory \"%s\" does not exist", dir);
	if (fd >= 0 && fstat(fd, &st) == 0 &&
	    (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode)))
		return err_set(err, ERR_INPUT,
		    "invalid output path: \"%s\" must be a directory or a regular file: "
		    "got a device",
		    path);
	return 0;
}

static int
find_dest(int root, const char *whole, struct cp_place *ret, struct err *err)
{
	cleanup_free char *to = cp_path_follow(root, whole), *dir = path_dir(to);
	cleanup_fd int fd = fd_open_in_nofollow(root, to, O_PATH, 0);
	cleanup_fd int above = fd_open_in(root, dir, O_PATH, 0);
	struct stat st;

	*ret = (struct cp_place){.path = cp_path_whole(to, whole)};
	if (fd >= 0 && fstat(fd, &st) == 0) {
		ret->exists = true;
		ret->folder = S_ISDIR(st.st_mode);
		return 0;
	}
	if (above < 0 || fstat(above, &st) < 0)
		return err_sys(err, "lstat %s", dir);
	return S_ISDIR(st.st_mode) ? 0 : err_set(err, ERR_INPUT, "not a directory");
}

/* ---- copying ----------------------------------------------------------------------- */

static pid_t
start_packing(struct cp *c, struct packing *p, int *line, struct err *err)
{
	pid_t pid = proc_fork(line, err);

	if (pid != 0)
		return pid;
	struct err why = ERR_INIT;
	if (container_within(c->d->session, c->id, pack, p, &why) == 0)
		_exit(0);
	if (!err_is_sys(&why, EPIPE))
		err_send(*line, &why);
	_exit(1);
}

/* Waits for the packer; its error is the engine's.  The exit code. */
static int
end_packing(pid_t pid, int line, int rc, struct err *err)
{
	struct err why = ERR_INIT;
	int got = err_recv(line, &why);

	close(line);
	(void)proc_wait(pid);
	if (got == 1)
		return docker_refused(&why);
	return rc < 0 ? docker_failed(err) : 0;
}

static int
to_output(struct cp *c, struct packing *p)
{
	struct err err = ERR_INIT;
	int line = -1;
	pid_t pid;

	p->out = STDOUT_FILENO;
	fflush(stdout);
	pid = start_packing(c, p, &line, &err);
	return pid < 0 ? docker_failed(&err) : end_packing(pid, line, 0, &err);
}

static int
to_files(struct cp *c, struct packing *p, bool folder, const char *whole)
{
	cleanup_cp_place struct cp_place dest = {0};
	cleanup_free char *dir = NULL, *as = NULL;
	cleanup_fd int root = c->d->client.root >= 0
				  ? fcntl(c->d->client.root, F_DUPFD_CLOEXEC, 3)
				  : open("/", O_PATH | O_CLOEXEC);
	struct err err = ERR_INIT;
	int ends[2], line = -1, rc;
	pid_t pid;

	if (find_dest(root, whole, &dest, &err) < 0 ||
	    cp_rename(folder, &dest, &dir, &as, &err) < 0)
		return docker_failed(&err);
	const struct store_scatter s = {
	    .root = root, .path = dir, .from = as != NULL ? p->as : NULL, .to = as};
	if (pipe2(ends, O_CLOEXEC) < 0) {
		err_sys(&err, "cannot make a pipe");
		return docker_failed(&err);
	}
	p->out = ends[1];
	pid = start_packing(c, p, &line, &err);
	close(ends[1]);
	client_act(&c->d->client, true);
	rc = pid < 0 ? -1 : store_scatter(&s, ends[0], &err);
	client_act(&c->d->client, false);
	close(ends[0]);
	cp_say(c, *p->bytes, "", whole);
	return pid < 0 ? docker_failed(&err) : end_packing(pid, line, rc, &err);
}

/* The source's last name in the tar: of what was written, even when a link was
 * followed. */
static int
copy(struct cp *c, const char *source, const struct cp_place *from, const char *whole)
{
	cleanup_free char *dir = NULL, *base = NULL;
	cleanup_free char *path = path_clean_root(from->path);
	struct packing p = {.path = path,
	    .bytes = mmap(NULL, sizeof *p.bytes, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0)};
	int code;

	if (p.bytes == MAP_FAILED)
		return 1;
	cp_path_parts(source, &dir, &base);
	p.as = base;
	code = whole == NULL ? to_output(c, &p) : to_files(c, &p, from->folder, whole);
	if (code == 0)
		container_note(c->d->session, c->id, "archive-path", NULL);
	munmap(p.bytes, sizeof *p.bytes);
	return code;
}

int
cp_out(struct cp *c, const char *source, const char *dest)
{
	bool output = str_eq(dest, "-");
	cleanup_free char *clean = output ? NULL : client_path(&c->d->client, dest);
	cleanup_free char *whole = output ? NULL : cp_path_whole(clean, dest);
	cleanup_cp_place struct cp_place from = {0};
	struct err err = ERR_INIT;

	if (!output && check_output(c, whole, &err) < 0)
		return docker_failed(&err);
	if (c->id[0] == '\0') {
		err_set(&err, ERR_NOT_FOUND, "No such container: %s", c->name);
		return docker_refused(&err);
	}
	if (cp_look(c, source, &from, &err) < 0)
		return docker_refused(&err);
	/* "/link/." means the folder that it leads to */
	if (from.link != NULL && (c->follow || cp_path_is_folder(source))) {
		cleanup_free char *link = take_ptr(from.link);

		cp_place_done(&from);
		if (cp_look(c, link, &from, &err) < 0)
			return docker_refused(&err);
	}
	if (!from.exists) {
		err_set(&err, ERR_NOT_FOUND, "Could not find the file %s in container %s",
		    source, c->name);
		return docker_refused(&err);
	}
	if (!from.folder && cp_path_is_folder(source)) {
		err_set(&err, ERR_INPUT, "not a directory");
		return docker_refused(&err);
	}
	return copy(c, source, &from, whole);
}
