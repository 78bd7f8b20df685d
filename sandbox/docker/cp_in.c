/*
 * cp_in.c - docker cp: into a container
 *
 * The tar is made by a child of ours, which reads the user's files, and unpacked by one
 * inside the holder, below the container's root.
 */
#include "sandbox/docker/cp.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- what is copied ---------------------------------------------------------------- */

struct source {
	int root;    /* the user's */
	char *whole; /* absolute, as written */
	char *path;  /* what is packed: clean */
	char *base;  /* its name in the tar */
	bool folder;
	uid_t owner; /* root's in the container: the user's own files */
};

static void
source_done(struct source *s)
{
	fd_close_p(&s->root);
	free(s->whole);
	free(s->path);
	free(s->base);
}

/* "lstat PATH: ..." of the first part that is not there. */
static int
missing(const struct source *s, const char *path, struct err *err)
{
	int why = errno;
	cleanup_vec struct vec parts = VEC_INIT;
	cleanup_buf struct buf at = BUF_INIT(BUF_OURS);

	vec_split(&parts, path, "/");
	for (size_t i = 0; i < parts.len; i++) {
		buf_addf(&at, "/%s", parts.v[i]);
		cleanup_fd int fd = fd_open_in_nofollow(s->root, at.s, O_PATH, 0);

		if (fd < 0) {
			why = errno;
			break;
		}
	}
	return err_set(err, ERR_NOT_FOUND, "lstat %s: %s", at.s, docker_errno_text(why));
}

static int
find_source(const struct cp *c, const char *path, struct source *s, struct err *err)
{
	cleanup_free char *clean = client_path(&c->d->client, path), *dir = NULL;
	struct stat st;
	gid_t ignored;

	client_owner(&c->d->client, &s->owner, &ignored);
	s->root = c->d->client.root >= 0 ? fcntl(c->d->client.root, F_DUPFD_CLOEXEC, 3)
					 : open("/", O_PATH | O_CLOEXEC);
	s->whole = cp_path_whole(clean, path);
	cp_path_parts(s->whole, &dir, &s->base);
	cleanup_fd int at = fd_open_in(s->root, dir, O_PATH | O_DIRECTORY, 0);
	if (at < 0 || fstatat(at, s->base, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return missing(s, clean, err);
	s->path = cp_path_is_folder(s->whole) || (c->follow && S_ISLNK(st.st_mode))
		      ? cp_path_follow(s->root, clean)
		      : xstrdup(clean);
	cleanup_fd int there = fd_open_in_nofollow(s->root, s->path, O_PATH, 0);
	if (there < 0 || fstat(there, &st) < 0)
		return missing(s, s->path, err);
	s->folder = S_ISDIR(st.st_mode);
	if (!s->folder && cp_path_is_folder(s->whole))
		return err_set(err, ERR_INPUT, "not a directory");
	return 0;
}

/* ---- putting ----------------------------------------------------------------------- */

struct putting {
	const struct cp *cp;
	struct store_scatter scatter;
	const char *user; /* whose the files become, or NULL */
	int in;
};

/* The user's line of the container's passwd(5), or his number. */
static void
find_owner(int root, const char *text, struct store_scatter *s)
{
	cleanup_buf struct buf passwd = BUF_INIT(1 << 20);
	cleanup_fd int fd = fd_open_in(root, "/etc/passwd", O_RDONLY | O_NONBLOCK, 0);
	cleanup_free char *user = xstrndup(text, strcspn(text, ":"));
	const char *group = strchr(text, ':');
	uint64_t n;

	s->chown = true;
	if (str_to_u64(user, UINT32_MAX - 1, &n))
		s->uid = (unsigned)n;
	if (fd >= 0)
		(void)fd_slurp(fd, "/etc/passwd", &passwd, NULL);
	for (char *rest = passwd.s, *line; (line = strsep(&rest, "\n")) != NULL;) {
		char *field[4] = {NULL};

		for (size_t i = 0; i < 4 && line != NULL; i++)
			field[i] = strsep(&line, ":");
		if (field[3] == NULL ||
		    (!str_eq(field[0], user) && !str_eq(field[2], user)))
			continue;
		s->uid = (unsigned)strtoul(field[2], NULL, 10);
		s->gid = (unsigned)strtoul(field[3], NULL, 10);
		break;
	}
	if (group != NULL && str_to_u64(group + 1, UINT32_MAX - 1, &n))
		s->gid = (unsigned)n;
}

static int
put(void *arg, int root, struct err *err)
{
	struct putting *p = arg;
	cleanup_fd int folder = fd_open_in(root, p->scatter.path, O_PATH, 0);
	struct stat st;

	if (folder < 0)
		return err_set(err, ERR_NOT_FOUND,
		    "Could not find the file %s in container %s", p->scatter.path,
		    p->cp->name);
	if (fstat(folder, &st) < 0 || !S_ISDIR(st.st_mode))
		return err_set(err, ERR_INPUT, "extraction point is not a directory");
	p->scatter.root = root;
	if (p->user != NULL)
		find_owner(root, p->user, &p->scatter);
	return store_scatter(&p->scatter, p->in, err);
}

/* 0, or -1 in the engine's words. */
static int
run_put(struct cp *c, struct putting *p, struct err *err)
{
	cleanup_container_config struct container_config *config = NULL;

	if (container_load(c->d->session, c->id, &config, err) < 0)
		return -1;
	if (config->readonly_root)
		return err_set(err, ERR_INPUT, "container rootfs is marked read-only");
	p->cp = c;
	p->scatter.owners = true;
	p->scatter.one_id = store_idmap(c->d->store) == IDMAP_ONE;
	if (c->archive && config->user != NULL && config->user[0] != '\0')
		p->user = config->user;
	if (container_within(c->d->session, c->id, put, p, err) < 0)
		return -1;
	container_note(c->d->session, c->id, "extract-to-dir", NULL);
	return 0;
}

/* ---- sending ----------------------------------------------------------------------- */

static int
start_packing(
    const struct source *s, int out, uint64_t *bytes, int *line, struct err *err)
{
	pid_t pid = proc_fork(line, err);

	if (pid != 0)
		return pid;
	struct err why = ERR_INIT;
	signal(SIGPIPE, SIG_IGN); /* the reader's error is the better one */
	if (store_pack(s->root, s->path, s->base, (int64_t)s->owner, out, bytes, &why) ==
	    0)
		_exit(0);
	if (!err_is_sys(&why, EPIPE))
		err_send(*line, &why);
	_exit(1);
}

static int
copy(struct cp *c, const struct source *s, struct putting *p, uint64_t *bytes,
    struct err *err)
{
	struct err packs = ERR_INIT;
	int ends[2], line = -1, rc;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, "cannot make a pipe");
	pid = start_packing(s, ends[1], bytes, &line, err);
	close(ends[1]);
	p->in = ends[0];
	rc = pid < 0 ? -1 : run_put(c, p, err);
	close(ends[0]);
	if (pid > 0) {
		int got = err_recv(line, &packs);

		fd_close_p(&line);
		(void)proc_wait(pid);
		if (got == 1) {
			*err = packs;
			rc = -1;
		}
	}
	return rc;
}

static int
finish(struct cp *c, int rc, uint64_t bytes, const char *where, const struct err *err)
{
	cleanup_free char *name = xasprintf("%s:", c->name);

	cp_say(c, bytes, name, where);
	return rc < 0 ? docker_refused(err) : 0;
}

static int
from_input(struct cp *c, const struct cp_place *dest, const char *written)
{
	struct putting p = {.scatter = {.path = dest->path}, .in = STDIN_FILENO};
	struct err err = ERR_INIT;
	int rc;

	if (!dest->folder) {
		fprintf(stderr, "destination \"%s:%s\" must be a directory\n", c->name,
		    written);
		return 1;
	}
	client_reads(&c->d->client, true);
	rc = run_put(c, &p, &err);
	return finish(c, rc, 0, dest->path, &err);
}

static int
from_files(struct cp *c, const char *written, const struct cp_place *dest)
{
	__attribute__((cleanup(source_done))) struct source s = {.root = -1};
	cleanup_free char *dir = NULL, *as = NULL;
	uint64_t *bytes = mmap(NULL, sizeof *bytes, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct err err = ERR_INIT;
	int rc;

	if (bytes == MAP_FAILED || find_source(c, written, &s, &err) < 0 ||
	    cp_rename(s.folder, dest, &dir, &as, &err) < 0)
		return docker_failed(&err);
	struct putting p = {
	    .scatter = {.path = dir, .from = as != NULL ? s.base : NULL, .to = as}};
	if (c->id[0] == '\0') {
		err_set(&err, ERR_NOT_FOUND, "No such container: %s", c->name);
		return finish(c, -1, 0, dest->path, &err);
	}
	rc = copy(c, &s, &p, bytes, &err);
	rc = finish(c, rc, *bytes, dest->path, &err);
	munmap(bytes, sizeof *bytes);
	return rc;
}

int
cp_in(struct cp *c, const char *source, const char *written)
{
	cleanup_cp_place struct cp_place dest = {0};
	struct err ignored = ERR_INIT;

	if (c->id[0] == '\0' || cp_look(c, written, &dest, &ignored) < 0) {
		if (dest.path == NULL)
			dest.path = xstrdup(written);
	}
	if (dest.link != NULL) {
		cleanup_free char *link = take_ptr(dest.link);

		cp_place_done(&dest);
		(void)cp_look(c, link, &dest, &ignored);
	}
	if (dest.exists && (S_ISBLK(dest.mode) || S_ISCHR(dest.mode))) {
		fprintf(stderr,
		    "destination \"%s:%s\" must be a directory or a regular file: got a "
		    "device\n",
		    c->name, written);
		return 1;
	}
	return str_eq(source, "-") ? from_input(c, &dest, written)
				   : from_files(c, source, &dest);
}
