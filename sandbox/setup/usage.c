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
	bool stock; /* put there by setup */
} parts[] = {
    {"store/layers", "unpacked layers of images", true},
    {"store/blobs", "image configs and layers as they came", true},
    {"store/cache", "build cache", false},
    {"debs", "Debian packages that images and pools are made from", true},
    {"apt", "Debian packages for apt without a network", true},
    {"wheels", "Python packages for pip without a network", true},
    {"added", "what was added to the packages for pip and apt", true},
    {"sessions", "containers, volumes and what they wrote", false},
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

/* Counts; gives bytes by part. */
static int
measure(struct store *s, int64_t bytes[PARTS], struct err *err)
{
	struct sums *sums = mmap(NULL, sizeof *sums, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int r;

	if (sums == MAP_FAILED)
		return err_sys(err, "getting memory");
	sums->home = store_home_dir(s);
	r = count(s, sums, err);
	memcpy(bytes, sums->bytes, sizeof sums->bytes);
	munmap(sums, sizeof *sums);
	return r;
}

int
usage_print(struct store *s, struct err *err)
{
	int64_t bytes[PARTS], all = 0;
	char text[24];

	if (measure(s, bytes, err) < 0)
		return -1;
	for (size_t i = 0; i < PARTS; i++) {
		printf("%10s  %-14s %s\n", progress_size(bytes[i], text), parts[i].path,
		    parts[i].what);
		all += bytes[i];
	}
	printf("%10s  %s\n", progress_size(all, text), store_home(s));
	return 0;
}

int
usage_stock(struct store *s, int64_t *ret, struct err *err)
{
	int64_t bytes[PARTS];

	*ret = 0;
	if (measure(s, bytes, err) < 0)
		return -1;
	for (size_t i = 0; i < PARTS; i++)
		*ret += parts[i].stock ? bytes[i] : 0;
	return 0;
}
