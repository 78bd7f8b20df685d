/*
 * write.c - new files of the store, and what killed processes leave of them
 *
 * A file is written below store/tmp, locked while it is written, and gets its name
 * by one rename.  So nothing half-written has a name, and whatever lies in store/tmp
 * without a lock belongs to nobody.
 */
#include "sandbox/store/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A file that has just been made is not locked yet. */
enum { SWEEP_AGE_S = 60 };

static int
fill(int fd, const void *data, size_t len, bool sync)
{
	if (flock(fd, LOCK_EX | LOCK_NB) < 0 || fd_write_all(fd, data, len) < 0)
		return -1;
	return sync ? fdatasync(fd) : 0;
}

int
store_write(struct store *s, const char *folder, const char *name, const void *data,
    size_t len, bool sync, struct err *err)
{
	cleanup_free char *target = xasprintf("%s/%s", folder, name);
	char temp[32] = "tmp/f-";
	cleanup_fd int fd = -1;

	str_random_hex(temp + strlen(temp), 16);
	fd = openat(s->dir, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(err, "cannot create 'store/%s'", temp);
	if (fill(fd, data, len, sync) < 0 || renameat(s->dir, temp, s->dir, target) < 0) {
		err_sys(err, "cannot write 'store/%s'", target);
		unlinkat(s->dir, temp, 0);
		return -1;
	}
	return 0;
}

int
store_write_json(struct store *s, const char *folder, const char *name, const json_t *j,
    bool sync, struct err *err)
{
	cleanup_free char *text = json_dumps(j, JSON_COMPACT);

	if (text == NULL)
		return err_set(err, ERR_CORRUPT, "cannot make JSON for '%s'", name);
	return store_write(s, folder, name, text, strlen(text), sync, err);
}

/* Nobody holds it, and it is no file of a moment ago: gives it, locked, so that nobody
 * begins to hold it before it is gone; else -1. */
static int
take_abandoned(int at, const char *name)
{
	cleanup_fd int fd =
	    openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	if (S_ISREG(st.st_mode) && st.st_mtime + SWEEP_AGE_S > time(NULL))
		return -1;
	return flock(fd, LOCK_EX | LOCK_NB) == 0 ? take_fd(&fd) : -1;
}

static void
sweep_folder(struct store *s, int folder, const char *except)
{
	int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *d = copy >= 0 ? fdopendir(copy) : NULL;
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL) {
		struct err ignored = ERR_INIT;

		if (!path_is_name(e->d_name) || strchr(except, e->d_name[0]) != NULL)
			continue;
		cleanup_fd int held = take_abandoned(folder, e->d_name);
		if (held >= 0)
			store_remove_tree(s, folder, e->d_name, &ignored);
	}
}

void
store_sweep(struct store *s, enum idmap map)
{
	static const char *const shared[] = {"tmp", "trash"};
	int drafts = store_tmp_of(s, map, NULL);

	if (drafts >= 0)
		sweep_folder(s, drafts, "");
	for (size_t i = 0; i < ARRAY_LEN(shared); i++) {
		cleanup_fd int fd =
		    openat(s->dir, shared[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd >= 0)
			sweep_folder(s, fd, "ro"); /* range and one stay */
	}
}
