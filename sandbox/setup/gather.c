/*
 * gather.c - see gather.h
 */
#include "sandbox/setup/gather.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SESSION "setup-adds"

enum { FILE_MAX = 1 << 20, LOG_MAX = 16 << 20 };

extern char **environ;

static const char dockerfile[] = "FROM %s AS get\n"
				 "COPY root /\n"
				 "RUN . /tmp/env.sh && . /tmp/script.sh\n"
				 "FROM scratch\n"
				 "COPY --from=get /out /\n";

static const char *const proxies[] = {"http_proxy", "https_proxy", "ftp_proxy",
    "no_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"};

void
gather_done(struct gather *g)
{
	fd_close_p(&g->dir);
	if (g->name != NULL)
		fd_remove_tree(store_home_dir(g->store), g->name);
	free(take_ptr(g->name));
	free(take_ptr(g->path));
	buf_done(&g->env);
}

int
gather_open(struct store *s, struct gather *ret, struct err *err)
{
	char random[17];

	*ret = (struct gather){.store = s, .dir = -1, .env = BUF_INIT(FILE_MAX)};
	str_random_hex(random, 16);
	ret->name = xasprintf("added/.new-%s", random);
	ret->path = xasprintf("%s/%s", store_home(s), ret->name);
	if (fd_mkdirs(store_home_dir(s), ret->name, 0700, err) < 0)
		return -1;
	ret->dir = openat(store_home_dir(s), ret->name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (ret->dir < 0)
		return err_sys(err, "opening %s", ret->path);
	for (size_t i = 0; i < ARRAY_LEN(proxies); i++)
		gather_export(ret, proxies[i], getenv(proxies[i]));
	return gather_copy(ret, "/etc/resolv.conf", "root/etc/resolv.conf", err);
}

void
gather_export(struct gather *g, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_addf(&g->env, "export %s='", name);
	for (const char *c = value; *c != '\0'; c++)
		if (*c == '\'')
			buf_adds(&g->env, "'\\''");
		else
			buf_add(&g->env, c, 1);
	buf_adds(&g->env, "'\n");
}

int
gather_write(
    struct gather *g, const char *path, const char *data, size_t len, struct err *err)
{
	cleanup_free char *full = xasprintf("context/%s", path);
	cleanup_free char *folder = xstrdup(full);

	*strrchr(folder, '/') = '\0';
	if (fd_mkdirs(g->dir, folder, 0755, err) < 0)
		return -1;
	return fd_write_file(g->dir, full, data, len, 0644, err);
}

int
gather_copy(struct gather *g, const char *from, const char *path, struct err *err)
{
	cleanup_buf struct buf text = BUF_INIT(FILE_MAX);

	if (faccessat(AT_FDCWD, from, R_OK, 0) < 0)
		return 0;
	if (fd_read_file(AT_FDCWD, from, &text, err) < 0)
		return -1;
	return gather_write(g, path, text.s, text.len, err);
}

/* This program again, in a session of its own. */
static int
run_self(struct gather *g, const char *const *argv, int out, struct err *err)
{
	cleanup_vec struct vec env = VEC_INIT;
	struct proc_spec spec = {
	    .argv = (char *const *)argv, .in = -1, .out = out, .errfd = out};

	vec_add_all(&env, environ);
	vec_env_set(&env, "DRYDOCK_HOME", store_home(g->store));
	vec_env_set(&env, "DRYDOCK_SESSION", SESSION);
	vec_env_set(&env, "BUILDKIT_PROGRESS", "plain");
	spec.env = env.v;
	return proc_run(&spec, err);
}

static int
write_context(struct gather *g, const char *image, const char *script, struct err *err)
{
	cleanup_free char *text = xasprintf(dockerfile, image);

	if (gather_write(g, "Dockerfile", text, strlen(text), err) < 0 ||
	    gather_write(
		g, "root/tmp/env.sh", g->env.s ? g->env.s : "", g->env.len, err) < 0)
		return -1;
	return gather_write(g, "root/tmp/script.sh", script, strlen(script), err);
}

int
gather_run(struct gather *g, const char *image, const char *script, struct buf *log,
    struct err *err)
{
	cleanup_free char *folder = proc_exe_dir();
	cleanup_free char *self = xasprintf("%s/build", folder != NULL ? folder : ".");
	cleanup_free char *context = xasprintf("%s/context", g->path);
	cleanup_free char *out = xasprintf("type=local,dest=%s/out", g->path);
	const char *const build[] = {self, "docker", "build", "--no-cache",
	    "--network=host", "-o", out, context, NULL};
	const char *const forget[] = {self, "session", "rm", SESSION, NULL};
	cleanup_fd int log_fd =
	    openat(g->dir, "log", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct err ignored = ERR_INIT;

	if (log_fd < 0)
		return err_sys(err, "making a log");
	if (write_context(g, image, script, err) < 0)
		return -1;
	int code = run_self(g, build, log_fd, err);
	run_self(g, forget, -1, &ignored);
	return code < 0 || fd_read_file(g->dir, "log", log, err) < 0 ? -1 : code;
}

char *
gather_said(const struct buf *log, const char *words)
{
	const char *last = NULL;

	for (const char *at = log->len > 0 ? log->s : "";
	     (at = strstr(at, words)) != NULL; at++)
		last = at + strlen(words);
	return last == NULL ? NULL : str_trim(xstrndup(last, strcspn(last, "\n")));
}
