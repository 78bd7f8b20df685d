/*
 * owner_side.c - owners that the supervisor of a container noted by inode
 *
 * Beside a draft's u may lie a file `owners` (sandbox/runtime/owners.c): one line each,
 * "INODE BIRTH UID:GID:0MODE:TYPE", for links, pipes and sockets of a map of one id,
 * which carry no xattr.  A layer's side table goes by path: one walk brings them
 * together.
 */
#include "sandbox/store/owner.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OWNERS_MAX = 64 << 20 };

struct walk {
	json_t *noted, *side; /* {"INODE BIRTH": text}, {path: text} */
	struct buf path;
};

/* The last line of an inode holds. */
static json_t *
read_noted(int draft, struct err *err)
{
	cleanup_buf struct buf b = BUF_INIT(OWNERS_MAX);
	cleanup_fd int fd = openat(draft, "owners", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	cleanup_json json_t *ret = json_object();
	char *save = NULL;

	if (fd < 0)
		return take_ptr(ret);
	if (fd_slurp(fd, "owners", &b, err) < 0)
		return NULL;
	for (char *l = strtok_r(b.s, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		char *space = strchr(l, ' ');
		char *text = space != NULL ? strchr(space + 1, ' ') : NULL;

		if (text == NULL)
			continue; /* a line that a full disk cut short */
		*text = '\0';
		json_object_set_new(ret, l, json_string(text + 1));
	}
	return take_ptr(ret);
}

static void
look(struct walk *w, int at, const char *name)
{
	struct statx x;
	struct owner o;
	char key[64];

	if (statx(at, name, AT_SYMLINK_NOFOLLOW, STATX_TYPE | STATX_INO | STATX_BTIME,
		&x) < 0)
		return;
	snprintf(key, sizeof key, "%" PRIu64 " %" PRId64, (uint64_t)x.stx_ino,
	    x.stx_mask & STATX_BTIME
		? (int64_t)(x.stx_btime.tv_sec * NS_PER_S + x.stx_btime.tv_nsec)
		: (int64_t)0);
	if (!S_ISREG(x.stx_mode) && !S_ISDIR(x.stx_mode) && owner_find(w->noted, key, &o))
		owner_record(w->side, w->path.s, &o);
}

static int
walk_folder(struct walk *w, int fd, struct err *err)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *d = copy >= 0 ? fdopendir(copy) : NULL;
	size_t len = w->path.len;
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL) {
		if (!path_is_name(e->d_name))
			continue;
		buf_addf(&w->path, "%s%s", len > 0 ? "/" : "", e->d_name);
		if (w->path.failed)
			return err_set(err, ERR_LIMIT, "a path is too long");
		look(w, fd, e->d_name);
		cleanup_fd int below = openat(
		    fd, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (below >= 0 && walk_folder(w, below, err) < 0)
			return -1;
		buf_cut(&w->path, len);
	}
	return d == NULL ? err_sys(err, "cannot read the folder '%s'", w->path.s) : 0;
}

int
owner_side_look(int draft, int root, json_t **ret, struct err *err)
{
	cleanup_json json_t *noted = read_noted(draft, err);
	cleanup_json json_t *side = json_read_file(draft, "side", NULL);
	struct walk w = {.noted = noted, .path = BUF_INIT(PATH_MAX)};
	int rc;

	*ret = NULL;
	if (noted == NULL)
		return -1;
	if (side == NULL)
		side = json_object();
	w.side = side;
	rc = json_object_size(noted) == 0 ? 0 : walk_folder(&w, root, err);
	buf_done(&w.path);
	if (rc == 0 && json_object_size(side) > 0)
		*ret = take_ptr(side);
	return rc;
}

int
owner_side(int draft, int root, json_t **ret, struct err *err)
{
	if (owner_side_look(draft, root, ret, err) < 0)
		return -1;
	return *ret != NULL ? json_write_file(draft, "side", *ret, 0600, err) : 0;
}
