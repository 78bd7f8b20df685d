/*
 * shelf.c - the package index and the archive that a RUN finds on its 127.0.0.1
 *
 * Who asks is the RUN: names are single names of files, opened in the one folder that
 * they may be in.
 */
#include "sandbox/base/hash.h"
#include "sandbox/offline/private.h"
#include "sandbox/web/web.h"
#include <ctype.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- files --------------------------------------------------------------------------
 */

/* Opens a file of the folder `in` below dir, when its name is one. */
static int
open_file(int dir, const char *in, const char *name)
{
	cleanup_free char *path = xasprintf("%s/%s", in, name);
	cleanup_fd int fd = -1;
	struct stat st;

	if (dir < 0 || *name == '\0' || *name == '.' || strchr(name, '/') != NULL)
		return -1;
	fd = fd_open_in_nofollow(dir, path, O_RDONLY | O_NONBLOCK, 0);
	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? take_fd(&fd) : -1;
}

static void
reply_file(struct web_reply *reply, int fd, const char *type)
{
	if (fd < 0)
		return;
	reply->status = 200;
	reply->type = type;
	reply->fd = fd;
}

/* ---- wheels -------------------------------------------------------------------------
 */

/* A project's name as pip compares it (PEP 503), of a wheel's file name or a path. */
static char *
normal_name(const char *from, size_t len)
{
	char *name = xstrndup(from, len);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		bool dash = from[i] == '_' || from[i] == '.' || from[i] == '-';

		if (!dash)
			name[n++] = (char)tolower((unsigned char)from[i]);
		else if (n == 0 || name[n - 1] != '-')
			name[n++] = '-';
	}
	name[n] = '\0';
	return name;
}

static void
list_wheels(int wheels, struct vec *names)
{
	int fd =
	    wheels < 0 ? -1 : openat(wheels, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	while (dir != NULL && (e = readdir(dir)) != NULL)
		if (str_ends(e->d_name, ".whl"))
			vec_add(names, e->d_name);
	vec_sort(names);
}

static void
add_link(const struct offline *o, const char *wheel, struct buf *page)
{
	cleanup_fd int fd = open_file(o->wheels, ".", wheel);
	char sum[HASH_HEX + 1];

	if (fd >= 0 && hash_fd(fd, sum, NULL) == 0)
		buf_addf(page, "<a href=\"/wheels/%s#sha256=%s\">%s</a><br>\n", wheel,
		    sum, wheel);
}

/* The page of a project, or, with "", that of all projects. */
static void
reply_index(const struct offline *o, const char *wanted, struct web_reply *reply)
{
	cleanup_vec struct vec wheels = VEC_INIT;
	cleanup_free char *last = xstrdup("");

	list_wheels(o->wheels, &wheels);
	buf_adds(&reply->text, "<!DOCTYPE html>\n");
	for (size_t i = 0; i < wheels.len; i++) {
		cleanup_free char *name =
		    normal_name(wheels.v[i], strcspn(wheels.v[i], "-"));

		if (str_eq(name, wanted)) {
			add_link(o, wheels.v[i], &reply->text);
			reply->status = 200;
		} else if (*wanted == '\0' && !str_eq(name, last)) {
			buf_addf(&reply->text, "<a href=\"/simple/%s/\">%s</a><br>\n",
			    name, name);
			free(last);
			last = take_ptr(name);
			reply->status = 200;
		}
	}
	reply->type = "text/html";
	if (reply->status != 200)
		buf_clear(&reply->text);
}

static void
get_simple(const struct offline *o, const char *rest, struct web_reply *reply)
{
	size_t len = strcspn(rest, "/");
	cleanup_free char *name = normal_name(rest, len);

	if (len > 0 && !str_eq(rest + len, "/")) {
		if (rest[len] == '\0') {
			reply->status = 301;
			buf_addf(&reply->text, "/simple/%s/", name);
		}
		return;
	}
	reply_index(o, name, reply);
}

static void
get_wheel(const struct offline *o, const char *rest, struct web_reply *reply)
{
	reply_file(reply, open_file(o->wheels, ".", rest), "application/octet-stream");
}

/* ---- the archive ---------------------------------------------------------------------
 */

static void
get_dists(const struct offline *o, const char *rest, struct web_reply *reply)
{
	static const char *const files[][2] = {
	    {"/Release", "Release"}, {"/main/binary-amd64/Packages", "Packages"}};
	const char *name = o->apt < 0 ? NULL : str_after(rest, o->suite);

	for (size_t i = 0; name != NULL && i < ARRAY_LEN(files); i++)
		if (str_eq(name, files[i][0]))
			reply_file(reply, open_file(o->apt, o->suite, files[i][1]),
			    "text/plain");
}

static void
get_deb(const struct offline *o, const char *rest, struct web_reply *reply)
{
	cleanup_free char *folder = xasprintf("%s/p", o->suite);

	reply_file(reply, open_file(o->apt, folder, rest),
	    "application/vnd.debian.binary-package");
}

static const struct {
	const char *prefix;
	void (*get)(const struct offline *o, const char *rest, struct web_reply *reply);
} shelves[] = {{"/simple/", get_simple}, {"/wheels/", get_wheel},
    {"/debian/dists/", get_dists}, {"/debian/p/", get_deb}, {"/debian/./p/", get_deb}};

void
shelf_get(void *arg, const char *path, struct web_reply *reply)
{
	for (size_t i = 0; i < ARRAY_LEN(shelves); i++) {
		const char *rest = str_after(path, shelves[i].prefix);

		if (rest != NULL) {
			shelves[i].get(arg, rest, reply);
			return;
		}
	}
}
