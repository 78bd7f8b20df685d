/*
 * layer_changed.c - which file of an unpacked layer is not as it was put there
 *
 * The rename that makes a layer visible is the last thing that happens to it, and gives
 * its folder a ctime.  A file with a later one was changed behind our back.  (A disk
 * that lost bits leaves no such trace.)
 */
#include "sandbox/store/layer_tar.h"
#include "sandbox/store/private.h"
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

struct search {
	pid_t parent;
	int layers;
	const char *chain;
	char *found; /* shared, PATH_MAX */
};

static bool
is_later(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec > b->tv_sec ||
	       (a->tv_sec == b->tv_sec && a->tv_nsec > b->tv_nsec);
}

static int
search(void *arg, struct err *err)
{
	struct search *j = arg;
	char dot[] = ".", *paths[] = {dot, NULL};
	struct stat top;
	FTSENT *e;

	store_die_with(j->parent);
	cleanup_fd int root =
	    openat(j->layers, j->chain, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (root < 0 || fstat(root, &top) < 0 || fchdir(root) < 0)
		return err_sys(err, "cannot open the layer");
	FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	while (walk != NULL && (e = fts_read(walk)) != NULL) {
		if (e->fts_info == FTS_DP || e->fts_level == 0 || e->fts_statp == NULL ||
		    !is_later(&e->fts_statp->st_ctim, &top.st_ctim))
			continue;
		str_copy(j->found, PATH_MAX, e->fts_path + strlen("./"));
		if (e->fts_info != FTS_D) /* a file says more than the folder it is in */
			break;
	}
	if (walk != NULL)
		fts_close(walk);
	return 0;
}

char *
layer_changed(struct store *s, enum idmap map, const char *chain)
{
	struct err ignored = ERR_INIT;
	struct holder *h = store_holder_of(s, map, &ignored);
	struct search j = {.parent = getpid(),
	    .layers = store_layers_of(s, map, &ignored),
	    .chain = chain};
	char *ret = NULL;

	if (h == NULL || j.layers < 0)
		return NULL;
	j.found = store_shared_new(PATH_MAX);
	if (holder_call(h, 0, search, &j, &ignored) == 0 && j.found[0] != '\0')
		ret = xasprintf("/%s was changed", j.found);
	store_shared_free(j.found, PATH_MAX);
	return ret;
}
