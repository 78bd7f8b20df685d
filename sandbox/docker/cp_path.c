/*
 * cp_path.c - what `docker cp` reads out of a path's spelling
 */
#include "sandbox/docker/cp_path.h"
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

enum { LINKS_MAX = 40 };

const char *
cp_path_split(const char *arg, char **ret_container)
{
	const char *colon = strchr(arg, ':');

	*ret_container = NULL;
	if (arg[0] == '/' || arg[0] == '.' || colon == NULL || colon == arg)
		return arg;
	*ret_container = xstrndup(arg, (size_t)(colon - arg));
	return colon + 1;
}

bool
cp_path_is_dot(const char *path)
{
	return str_eq(path_base(path), ".");
}

bool
cp_path_is_folder(const char *path)
{
	return *path_base(path) == '\0' || cp_path_is_dot(path);
}

char *
cp_path_whole(const char *clean, const char *path)
{
	const char *slash = str_ends(clean, "/") ? "" : "/";

	if (cp_path_is_dot(path))
		return xasprintf("%s%s.", clean, slash);
	if (*path != '\0' && *path_base(path) == '\0')
		return xasprintf("%s%s", clean, slash);
	return xstrdup(clean);
}

void
cp_path_parts(const char *path, char **ret_dir, char **ret_base)
{
	cleanup_free char *clean = path_clean_root(path);

	if (cp_path_is_dot(path)) {
		*ret_base = xstrdup(".");
		*ret_dir = take_ptr(clean);
		return;
	}
	*ret_base = xstrdup(str_eq(clean, "/") ? "." : path_base(clean));
	*ret_dir = path_dir(clean);
}

char *
cp_path_follow(int root, const char *path)
{
	char *now = path_clean_root(path);

	for (int i = 0; i < LINKS_MAX; i++) {
		cleanup_free char *dir = path_dir(now);
		cleanup_fd int at = fd_open_in(root, dir, O_PATH | O_DIRECTORY, 0);
		char target[PATH_MAX];
		ssize_t n =
		    at < 0 ? -1
			   : readlinkat(at, path_base(now), target, sizeof target - 1);

		if (n <= 0)
			break;
		target[n] = '\0';
		cleanup_free char *joined = path_join(dir, target);
		free(now);
		now = path_clean_root(joined);
	}
	return now;
}
