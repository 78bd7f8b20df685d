/*
 * fill.c - an empty volume begins with what the image has at its place
 *
 * Done by init, as the container's root, with the new root already there.
 */
#include "sandbox/runtime/plan.h"
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

static bool
is_empty(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (path_is_name(e->d_name))
			return false;
	return d != NULL;
}

int
root_fill(struct plan *p, const struct runtime_mount *m, struct err *err)
{
	cleanup_fd int from = fd_open_in(p->root, m->target, O_RDONLY | O_DIRECTORY, 0);
	cleanup_fd int to = openat(m->source, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct copy c = {.top = true};

	if (to < 0)
		return err_sys(err, "cannot open the volume for '%s'", m->target);
	if (from < 0 || !is_empty(to))
		return 0;
	if (copy_tree(from, to, &c) < 0)
		return err_sys(err, "cannot copy '%s' to its volume", m->target);
	return 0;
}
