/*
 * online.c - see online.h
 */
#include "sandbox/setup/online.h"
#include "sandbox/setup/pool.h"
#include "sandbox/setup/sources.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define FOLDER "online"

enum { FILE_MAX = 1 << 16 };

/* pip's options, also as PIP_INDEX_URL and so on. */
static const char *const options[] = {
    "index-url", "extra-index-url", "trusted-host", "timeout", "retries", "pre"};

static const char *
option_of(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (strlen(options[i]) == len && strncmp(options[i], name, len) == 0)
			return options[i];
	return NULL;
}

static void
set_line(struct vec *lines, const char *option, const char *value)
{
	for (size_t i = 0; i < lines->len; i++)
		if (str_starts(lines->v[i], option) &&
		    lines->v[i][strlen(option)] == ' ') {
			free(lines->v[i]);
			lines->v[i] = xasprintf("%s = %s", option, value);
			return;
		}
	vec_addf(lines, "%s = %s", option, value);
}

static void
continue_line(struct vec *lines, const char *option, const char *more)
{
	for (size_t i = 0; i < lines->len; i++)
		if (str_starts(lines->v[i], option) &&
		    lines->v[i][strlen(option)] == ' ') {
			char *old = lines->v[i];

			lines->v[i] = xasprintf("%s\n  %s", old, more);
			free(old);
		}
}

void
online_parse_pip(const char *text, struct vec *lines)
{
	cleanup_vec struct vec all = VEC_INIT;
	const char *last = NULL;

	vec_split(&all, text, "\n");
	for (size_t i = 0; i < all.len; i++) {
		bool more = all.v[i][0] == ' ' || all.v[i][0] == '\t';
		char *line = str_trim(all.v[i]);
		size_t len = strcspn(line, "=: \t");
		char *value = line + len + strspn(line + len, " \t");

		if (*line == '\0' || *line == '#' || *line == ';')
			continue;
		if (more) {
			if (last != NULL)
				continue_line(lines, last, line);
			continue;
		}
		last = option_of(line, len);
		if (last != NULL && (*value == '=' || *value == ':'))
			set_line(lines, last, value + 1 + strspn(value + 1, " \t"));
	}
}

static void
parse_file(const char *path, struct vec *lines)
{
	cleanup_buf struct buf text = BUF_INIT(FILE_MAX);

	if (path != NULL && fd_read_file(AT_FDCWD, path, &text, NULL) == 0 &&
	    text.len > 0)
		online_parse_pip(text.s, lines);
}

/* In pip's order: the machine's, the user's, the environment's. */
static void
pip_settings(struct vec *lines)
{
	const char *home = getenv("HOME"), *xdg = getenv("XDG_CONFIG_HOME");
	cleanup_free char *config =
	    xdg != NULL ? xstrdup(xdg) : xasprintf("%s/.config", home ? home : "");
	cleanup_free char *user = xasprintf("%s/pip/pip.conf", config);
	cleanup_free char *old = xasprintf("%s/.pip/pip.conf", home ? home : "");
	const char *const files[] = {"/etc/xdg/pip/pip.conf", "/etc/pip.conf", old, user,
	    getenv("PIP_CONFIG_FILE")};

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		parse_file(files[i], lines);
	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		cleanup_free char *name = xasprintf("PIP_%s", options[i]);

		for (char *c = name; *c != '\0'; c++)
			*c = *c == '-' ? '_' : (char)(*c >= 'a' ? *c - 'a' + 'A' : *c);
		if (getenv(name) != NULL)
			set_line(lines, options[i], getenv(name));
	}
}

static int
write_list(int dir, const char *suite, const struct mirrors *m, struct err *err)
{
	cleanup_buf struct buf list = BUF_INIT(BUF_OURS);
	cleanup_free char *name = xasprintf("%s.list", suite);

	for (size_t i = 0; i < m->main.len; i++)
		buf_addf(&list, "deb %s %s main\n", m->main.v[i], suite);
	for (size_t i = 0; i < m->security.len; i++)
		buf_addf(&list, "deb %s %s-security main\n", m->security.v[i], suite);
	return fd_write_file(dir, name, list.s, list.len, 0644, err);
}

int
online_write(int home, struct err *err)
{
	cleanup_mirrors struct mirrors m = MIRRORS_INIT;
	cleanup_vec struct vec lines = VEC_INIT;
	cleanup_free char *text = NULL, *conf = NULL;
	cleanup_fd int dir = -1;

	if (mirrors_find(&m, err) < 0 || online_remove(home, err) < 0 ||
	    fd_mkdirs(home, FOLDER, 0755, err) < 0)
		return -1;
	dir = openat(home, FOLDER, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return err_sys(err, "opening %s", FOLDER);
	pip_settings(&lines);
	text = vec_join(&lines, "\n");
	conf = xasprintf("[global]\n%s%s", text, lines.len > 0 ? "\n" : "");
	for (size_t i = 0; i < pool_suites_count; i++)
		if (write_list(dir, pool_suites[i], &m, err) < 0)
			return -1;
	return fd_write_file(dir, "pip.conf", conf, strlen(conf), 0644, err);
}

int
online_remove(int home, struct err *err)
{
	return fd_remove_tree(home, FOLDER) < 0 && errno != ENOENT
		   ? err_sys(err, "removing %s", FOLDER)
		   : 0;
}
