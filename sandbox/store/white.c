/*
 * white.c - whiteouts and opaque folders as overlayfs reads them (userxattr)
 */
#include "sandbox/store/white.h"
#include "sandbox/store/store.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/xattr.h>

enum { FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

bool
white_is(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == 0;
}

bool
white_is_opaque(int fd)
{
	char c = 0;

	return fgetxattr(fd, WHITE_OPAQUE, &c, 1) == 1 && c == 'y';
}

int
white_set_opaque(int fd)
{
	return fsetxattr(fd, WHITE_OPAQUE, "y", 1, 0);
}

/* In one layer: 1 decided (*ret), 0 the layers below decide. */
static int
look(int layer, const struct vec *names, enum white_below *ret)
{
	cleanup_fd int fd = layer;
	bool opaque = white_is_opaque(fd);

	*ret = WHITE_NOTHING;
	for (size_t i = 0; i < names->len; i++) {
		struct stat st;
		int next;

		if (fstatat(fd, names->v[i], &st, AT_SYMLINK_NOFOLLOW) < 0)
			return opaque;
		if (white_is(&st))
			return 1;
		if (i + 1 == names->len) {
			*ret = S_ISDIR(st.st_mode) ? WHITE_FOLDER : WHITE_OTHER;
			return 1;
		}
		next = S_ISDIR(st.st_mode) ? openat(fd, names->v[i], FOLDER) : -1;
		if (next < 0)
			return 1;
		fd_close_p(&fd);
		fd = next;
		opaque = opaque || white_is_opaque(fd);
	}
	return opaque;
}

enum white_below
white_below(int layers, const struct vec *stack, const char *path)
{
	cleanup_vec struct vec names = VEC_INIT;
	enum white_below found = WHITE_NOTHING;

	vec_split(&names, path, "/");
	for (size_t i = 0; i < stack->len; i++) {
		int layer = openat(layers, stack->v[i], FOLDER);

		if (layer >= 0 && look(layer, &names, &found))
			return found;
	}
	return WHITE_NOTHING;
}

bool
store_layers_show(int layers_dir, const struct vec *stack, const char *path)
{
	return white_below(layers_dir, stack, path) != WHITE_NOTHING;
}
