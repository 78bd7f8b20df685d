/*
 * look.c - what an image is like, from its layers
 */
#include "sandbox/offline/private.h"
#include <fcntl.h>
#include <unistd.h>

enum { OS_RELEASE_MAX = 65536 };

bool
look_has(int layers_dir, const struct vec *chains, const char *path)
{
	for (size_t i = 0; i < chains->len; i++) {
		cleanup_fd int layer =
		    openat(layers_dir, chains->v[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
		cleanup_fd int there =
		    layer < 0 ? -1 : fd_open_in_nofollow(layer, path, O_PATH, 0);

		if (there >= 0)
			return true;
	}
	return false;
}

/* The topmost layer's file; links out of it (etc/os-release) are not followed. */
static int
read_os_release(int layers_dir, const struct vec *chains, struct buf *text)
{
	static const char *const paths[] = {"usr/lib/os-release", "etc/os-release"};

	for (size_t i = 0; i < chains->len; i++) {
		cleanup_fd int layer =
		    openat(layers_dir, chains->v[i], O_PATH | O_DIRECTORY | O_CLOEXEC);

		for (size_t k = 0; layer >= 0 && k < ARRAY_LEN(paths); k++) {
			/* an image may have a FIFO there: never wait for it */
			cleanup_fd int fd = fd_open_in_nofollow(
			    layer, paths[k], O_RDONLY | O_NONBLOCK, 0);

			buf_clear(text);
			if (fd >= 0 && fd_slurp(fd, paths[k], text, NULL) == 0)
				return 0;
		}
	}
	return -1;
}

void
look_suite(int layers_dir, const struct vec *chains, char suite[OFFLINE_SUITE_MAX])
{
	cleanup_buf struct buf text = BUF_INIT(OS_RELEASE_MAX);
	cleanup_vec struct vec lines = VEC_INIT;

	suite[0] = '\0';
	if (read_os_release(layers_dir, chains, &text) < 0 || text.len == 0)
		return;
	vec_split(&lines, text.s, "\n");
	for (size_t i = 0; i < lines.len; i++) {
		const char *name = str_after(lines.v[i], "VERSION_CODENAME=");
		size_t len = 0;

		if (name == NULL)
			continue;
		name += *name == '"';
		len = strspn(name, "abcdefghijklmnopqrstuvwxyz");
		if (name[len + (name[len] == '"')] == '\0' && len < OFFLINE_SUITE_MAX)
			snprintf(suite, OFFLINE_SUITE_MAX, "%.*s", (int)len, name);
	}
}
