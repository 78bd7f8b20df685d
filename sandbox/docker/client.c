/*
 * client.c - whose files a command means
 */
#include "sandbox/docker/client.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
is_folder(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

static int
init_folders(struct client *c, const char *text, struct err *err)
{
	char *end;
	long root = strtol(text, &end, 10), cwd;

	cwd = *end == ':' ? strtol(end + 1, &end, 10) : -1;
	if (*end != ':' || end[1] != '/' || root < 0 || root > INT_MAX || cwd < 0 ||
	    cwd > INT_MAX || !is_folder((int)root) || !is_folder((int)cwd))
		return err_set(err, ERR_INPUT, "DRYDOCK_CLIENT is malformed");
	c->root = (int)root;
	c->cwd = (int)cwd;
	c->dir = path_clean_root(end + 1);
	fcntl(c->root, F_SETFD, FD_CLOEXEC);
	fcntl(c->cwd, F_SETFD, FD_CLOEXEC);
	return 0;
}

static int
init_env(struct client *c, const char *text, struct err *err)
{
	uint64_t number;

	if (!str_to_u64(text, INT_MAX, &number))
		return err_set(err, ERR_INPUT, "DRYDOCK_CLIENT_ENV is malformed");
	cleanup_fd int fd = (int)number;
	c->has_env = true;
	return fd_slurp(fd, "the client's environment", &c->env, err);
}

int
client_init(struct client *c, struct err *err)
{
	const char *folders = getenv("DRYDOCK_CLIENT"),
		   *env = getenv("DRYDOCK_CLIENT_ENV"),
		   *input = getenv("DRYDOCK_CLIENT_INPUT");
	uint64_t number;

	*c = (struct client)CLIENT_INIT;
	if (folders != NULL && init_folders(c, folders, err) < 0)
		return -1;
	if (env != NULL && init_env(c, env, err) < 0)
		return -1;
	if (input != NULL) {
		if (!str_to_u64(input, INT_MAX, &number) ||
		    fcntl((int)number, F_SETFD, FD_CLOEXEC) < 0)
			return err_set(
			    err, ERR_INPUT, "DRYDOCK_CLIENT_INPUT is malformed");
		c->input = (int)number;
	}
	unsetenv("DRYDOCK_CLIENT");
	unsetenv("DRYDOCK_CLIENT_ENV");
	unsetenv("DRYDOCK_CLIENT_INPUT");
	return 0;
}

void
client_done(struct client *c)
{
	fd_close_p(&c->root);
	fd_close_p(&c->cwd);
	fd_close_p(&c->input);
	free(c->dir);
	c->dir = NULL;
	buf_done(&c->env);
}

/* What a program that acts for the user reads of the user's environment. */
static const char *const passed_on[] = {"HOME", "DOCKER_CONFIG", "DOCKER_AUTH_CONFIG"};

void
client_pass(const struct client *c, struct vec *env, int keep[2], size_t *nkeep)
{
	vec_add_all(env, environ);
	for (size_t i = 0; i < ARRAY_LEN(passed_on); i++) {
		const char *value = client_getenv(c, passed_on[i]);

		if (value != NULL)
			vec_env_set(env, passed_on[i], value);
	}
	*nkeep = 0;
	if (c->root < 0)
		return;
	vec_addf(env, "DRYDOCK_CLIENT=%d:%d:%s", c->root, c->cwd, c->dir);
	keep[(*nkeep)++] = c->root;
	keep[(*nkeep)++] = c->cwd;
}

const char *
client_getenv(const struct client *c, const char *name)
{
	size_t len = strlen(name);

	if (!c->has_env)
		return getenv(name);
	for (const char *p = c->env.s; p < c->env.s + c->env.len; p += strlen(p) + 1)
		if (strncmp(p, name, len) == 0 && p[len] == '=')
			return p + len + 1;
	return NULL;
}

bool
client_is_tty(const struct client *c, char stream)
{
	static const char letters[] = "ioe";

	(void)c;
	return isatty((int)(strchr(letters, stream) - letters));
}

void
client_size(unsigned short *rows, unsigned short *cols)
{
	struct winsize size = {0};

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	*rows = size.ws_row;
	*cols = size.ws_col;
}

void
client_reads(const struct client *c, bool all)
{
	if (c->input >= 0)
		(void)fd_write_all(c->input, all ? "*" : "1", 1);
}

void
client_owner(const struct client *c, uid_t *ret_uid, gid_t *ret_gid)
{
	struct stat st;
	bool theirs = c->root >= 0 && fstat(c->root, &st) == 0;

	*ret_uid = theirs ? st.st_uid : geteuid();
	*ret_gid = theirs ? st.st_gid : getegid();
}

void
client_act(const struct client *c, bool begin)
{
	int saved = errno;
	uid_t uid = 0;
	gid_t gid = 0;

	if (c->root < 0 || geteuid() != 0)
		return;
	if (begin)
		client_owner(c, &uid, &gid);
	setfsgid(gid);
	setfsuid(uid);
	errno = saved;
}

int
client_open(const struct client *c, const char *path, int flags, mode_t mode)
{
	cleanup_free char *full = NULL;
	int fd;

	if (c->root < 0)
		return open(path, flags | O_CLOEXEC, mode);
	if (path[0] == '\0') {
		errno = ENOENT;
		return -1;
	}
	/* Joined by hand: path_join would resolve ".." behind a link wrongly. */
	full = path[0] == '/' ? xstrdup(path) : xasprintf("%s/%s", c->dir, path);
	if ((flags & O_CREAT) == 0)
		return fd_open_in(c->root, full, flags, mode);
	client_act(c, true);
	fd = fd_open_in(c->root, full, flags, mode);
	client_act(c, false);
	return fd;
}

char *
client_path(const struct client *c, const char *path)
{
	cleanup_free char *cwd = NULL;

	if (path[0] == '/')
		return path_clean(path);
	if (c->dir != NULL)
		return path_join(c->dir, path);
	cwd = getcwd(NULL, 0);
	return path_join(cwd != NULL ? cwd : "/", path);
}

/* A descriptor of the user's as a path of the host's, if it is one; else NULL. */
static char *
host_name_of(int fd)
{
	char self[32], path[PATH_MAX];
	struct stat here, there;
	ssize_t n;

	snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
	n = readlink(self, path, sizeof path - 1);
	if (n <= 0)
		return NULL;
	path[n] = '\0';
	if (fstat(fd, &here) < 0 || stat(path, &there) < 0 ||
	    here.st_dev != there.st_dev || here.st_ino != there.st_ino)
		return NULL;
	return xstrdup(path);
}

char *
client_host_path(const struct client *c, const char *path, bool *ret_exists)
{
	cleanup_free char *full = client_path(c, path), *tail = xstrdup("");

	if (c->root < 0) {
		*ret_exists = access(full, F_OK) == 0;
		return take_ptr(full);
	}
	for (;;) {
		cleanup_fd int fd = client_open(c, full, O_PATH, 0);

		if (fd >= 0) {
			cleanup_free char *host = host_name_of(fd);

			*ret_exists = tail[0] == '\0';
			return host != NULL ? xasprintf("%s%s", host, tail) : NULL;
		}
		if (errno != ENOENT || str_eq(full, "/"))
			return NULL;
		char *longer = xasprintf("/%s%s", path_base(full), tail);
		char *shorter = path_dir(full);
		free(tail);
		free(full);
		tail = longer;
		full = shorter;
	}
}
