/*
 * usage.c - see usage.h
 */
#include "sandbox/setup/usage.h"
#include "sandbox/setup/progress.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
	const char *path, *what;
} parts[] = {
    {"store/layers", "unpacked layers of images"},
    {"store/blobs", "image configs and layers as they came"},
    {"store/cache", "build cache"},
    {"debs", "Debian packages that images and pools are made from"},
    {"apt", "Debian packages for apt without a network"},
    {"wheels", "Python packages for pip without a network"},
    {"sessions", "containers, volumes and what they wrote"},
};

enum { PARTS = ARRAY_LEN(parts), DEPTH_MAX = 256 };

struct sums {
	int home;
	int64_t bytes[PARTS]; /* shared with the child that counts */
};

/* Blocks that the tree takes; what cannot be read counts nothing. */
static int64_t
count_tree(int at, const char *name, unsigned depth)
{
	int64_t sum;
	struct dirent *e;
	struct stat st;
	cleanup_dir DIR *dir = NULL;
	int fd;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	sum = (int64_t)st.st_blocks * 512 /
	      (S_ISDIR(st.st_mode) ? 1 : (int64_t)st.st_nlink);
	if (!S_ISDIR(st.st_mode) || depth > DEPTH_MAX)
		return sum;
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || (dir = fdopendir(fd)) == NULL) {
		fd_close_p(&fd);
		return sum;
	}
	while ((e = readdir(dir)) != NULL)
		if (!str_eq(e->d_name, ".") && !str_eq(e->d_name, ".."))
			sum += count_tree(fd, e->d_name, depth + 1);
	return sum;
}

static int
count_all(void *arg, struct err *err)
{
	struct sums *s = arg;

	(void)err;
	for (size_t i = 0; i < PARTS; i++)
		s->bytes[i] = count_tree(s->home, parts[i].path, 0);
	return 0;
}

/* A user's layers belong to mapped ids and are counted inside the id map, where he is
 * root. Real root can read all, and inside the map could not list what is his own. */
static int
count(struct store *s, struct sums *sums, struct err *err)
{
	struct holder *h;

	if (geteuid() == 0)
		return count_all(sums, err);
	h = store_holder(s, err);
	return h == NULL ? -1 : holder_call(h, 0, count_all, sums, err);
}

int
usage_print(struct store *s, struct err *err)
{
	struct sums *sums = mmap(NULL, sizeof *sums, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int64_t all = 0;
	char text[24];
	int r;

	if (sums == MAP_FAILED)
		return err_sys(err, "getting memory");
	sums->home = store_home_dir(s);
	r = count(s, sums, err);
	for (size_t i = 0; r == 0 && i < PARTS; i++) {
		printf("%10s  %-14s %s\n", progress_size(sums->bytes[i], text),
		    parts[i].path, parts[i].what);
		all += sums->bytes[i];
	}
	if (r == 0)
		printf("%10s  %s\n", progress_size(all, text), store_home(s));
	munmap(sums, sizeof *sums);
	return r;
}
