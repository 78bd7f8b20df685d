/*
 * path.c - arithmetic on path strings
 */
#include "sandbox/base/path.h"
#include "sandbox/base/buf.h"
#include "sandbox/base/mem.h"
#include <string.h>

/* Cuts the last component off b, which holds "/" or "/a/b" or "a/b". */
static void
up(struct buf *b)
{
	char *slash = strrchr(b->s, '/');

	buf_cut(b, slash == NULL ? 0 : slash == b->s ? 1 : (size_t)(slash - b->s));
}

char *
path_clean(const char *path)
{
	struct buf b = BUF_INIT(BUF_OURS);
	bool rooted = *path == '/';
	size_t climbs = 0; /* bytes at the front that are "../.." and cannot be cut */

	if (rooted)
		buf_addc(&b, '/');
	while (*path != '\0') {
		size_t len = strcspn(path, "/");

		if (len == 2 && memcmp(path, "..", 2) == 0) {
			if (b.len > (rooted ? 1 : climbs)) {
				up(&b);
				if (b.len < climbs)
					buf_cut(&b, climbs);
			} else if (!rooted) {
				buf_adds(&b, b.len ? "/.." : "..");
				climbs = b.len;
			}
		} else if (len > 0 && !(len == 1 && *path == '.')) {
			if (b.len > 0 && b.s[b.len - 1] != '/')
				buf_addc(&b, '/');
			buf_add(&b, path, len);
		}
		path += len;
		path += *path == '/';
	}
	if (b.len == 0)
		buf_addc(&b, '.');
	return buf_take(&b);
}

char *
path_join(const char *a, const char *b)
{
	cleanup_free char *both = *b == '/' ? xstrdup(b) : xasprintf("%s/%s", a, b);

	return path_clean(both);
}

char *
path_clean_root(const char *path)
{
	cleanup_free char *rooted = xasprintf("/%s", path);

	return path_clean(rooted);
}

const char *
path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

char *
path_dir(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return xstrdup(".");
	return slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
}

bool
path_is_inside(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	if (strcmp(folder, "/") == 0)
		return *path == '/';
	return strncmp(path, folder, len) == 0 && (path[len] == '\0' || path[len] == '/');
}

bool
path_is_name(const char *name)
{
	return *name != '\0' && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
	       strchr(name, '/') == NULL;
}
