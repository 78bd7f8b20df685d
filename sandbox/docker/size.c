/*
 * size.c - the bytes in a container's upper folder, or a volume
 *
 * The files belong to mapped ids, so a child inside the holder walks them.
 */
#include "sandbox/docker/command.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 64 };

struct job {
	int at;
	const char *path;
	int64_t *sum; /* shared with the child */
};

/* Sums regular files below the folder; takes fd. */
static void
walk(int fd, int depth, int64_t *sum)
{
	cleanup_dir DIR *dir = fdopendir(fd);
	struct dirent *e;
	struct stat st;

	if (dir == NULL) {
		fd_close_p(&fd);
		return;
	}
	while ((e = readdir(dir)) != NULL) {
		if (!path_is_name(e->d_name) ||
		    fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (S_ISREG(st.st_mode))
			*sum += st.st_size;
		if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX) {
			int below = openat(dirfd(dir), e->d_name,
			    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

			if (below >= 0)
				walk(below, depth + 1, sum);
		}
	}
}

static int
measure(void *arg, struct err *err)
{
	struct job *job = arg;
	int fd =
	    openat(job->at, job->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return err_sys(err, "cannot open the files");
	walk(fd, 0, job->sum);
	return 0;
}

int64_t
docker_tree_size(struct session *s, int at, const char *path)
{
	struct holder *h = store_holder(session_store(s), NULL);
	int64_t *sum = mmap(
	    NULL, sizeof *sum, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct job job = {at, path, sum};
	int64_t bytes = -1;

	if (sum == MAP_FAILED)
		return -1;
	if (h != NULL && holder_call(h, 0, measure, &job, NULL) == 0)
		bytes = *sum;
	munmap(sum, sizeof *sum);
	return bytes;
}

int64_t
docker_container_size(struct session *s, const char *id)
{
	cleanup_free char *path = xasprintf("%s/u", id);

	return docker_tree_size(s, session_containers_dir(s), path);
}

int64_t
docker_volume_size(struct session *s, const char *name)
{
	cleanup_free char *path = xasprintf("volumes/%s/_data", name);

	return docker_tree_size(s, session_dir(s), path);
}
