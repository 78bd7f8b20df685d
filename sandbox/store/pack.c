/*
 * pack.c - one file or folder as a tar, for `docker cp`  [crypto]
 *
 * Docker's form: the entries' common first name is chosen by who asks, and the end is two
 * blocks, so that what is counted on the way is what Docker counts.
 */
#include "sandbox/store/store.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

int
store_pack(int root, const char *path, const char *as, int64_t root_uid, int out,
    uint64_t *ret_bytes, struct err *err)
{
	cleanup_free char *clean = path_clean_root(path), *dir = path_dir(clean);
	bool whole = str_eq(clean, "/");
	cleanup_fd int at =
	    fd_open_in(root, whole ? "/" : dir, O_RDONLY | O_DIRECTORY, 0);
	struct tar_walk w = {.root = at,
	    .epoch = -1,
	    .has_root_id = root_uid >= 0,
	    .root_id = (uint32_t)root_uid};
	const char *name = whole ? "." : path_base(clean);
	struct stat st;
	char hex[65];

	if (at < 0 || fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, "lstat %s", path);
	w.out = tar_out_new(out);
	w.out->bytes = ret_bytes;
	if (tar_walk_one(&w, name, as, err) < 0) {
		tar_out_free(w.out);
		return -1;
	}
	return tar_out_end(w.out, hex, err);
}
