/*
 * place.c - which file of the workspace is meant
 *
 * A relative path means the student's folder, then where the document's own commands
 * lead, then the workspace.  Nothing outside of the workspace is ever opened: links that
 * lead out stay inside.
 */
#include "src/check/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

char *
place_below(const struct check_world *w, const char *cwd)
{
	cleanup_free char *clean = NULL;
	const char *rest;

	if (cwd == NULL || cwd[0] != '/')
		return NULL;
	clean = path_clean(cwd);
	if (!path_is_inside(clean, w->workspace))
		return NULL;
	rest = clean + strlen(w->workspace);
	rest += strspn(rest, "/");
	return xstrdup(*rest != '\0' ? rest : ".");
}

int
place_open(struct check_world *w, const char *folder, const char *path, int flags)
{
	cleanup_free char *here = place_below(w, w->cwd), *inside = NULL;
	const char *const starts[] = {here, folder, "."};
	int error = ENOENT;

	if (path[0] == '/') {
		inside = place_below(w, path);
		if (inside == NULL) {
			errno = EXDEV;
			return -1;
		}
		return fd_open_in(w->folder, inside, flags, 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		cleanup_free char *at = NULL;
		int fd;

		if (starts[i] == NULL || starts[i][0] == '\0')
			continue;
		at = path_join(starts[i], path);
		fd = fd_open_in(w->folder, at, flags, 0);
		if (fd >= 0)
			return fd;
		if (errno != ENOENT && errno != ENOTDIR)
			error = errno;
	}
	errno = error;
	return -1;
}
