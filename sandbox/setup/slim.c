/*
 * slim.c - what Debian's "slim" images leave out (their dpkg.cfg.d/docker-slim)
 */
#include "sandbox/setup/dpkg.h"

/* What lies below these is left out of a slim image, but for licences. */
static const char *const left_out[] = {"/usr/share/man", "/usr/share/doc",
    "/usr/share/locale", "/usr/share/info", "/usr/share/lintian", "/usr/share/groff",
    "/usr/share/linda", "/usr/share/bug"};

bool
dpkg_is_left_out(const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(left_out); i++) {
		const char *rest = str_after(path, left_out[i]);

		if (rest == NULL || rest[0] != '/' || rest[1] == '\0')
			continue;
		if (!str_eq(left_out[i], "/usr/share/doc"))
			return true;
		/* doc/PACKAGE stays as a folder for doc/PACKAGE/copyright. */
		return strchr(rest + 1, '/') != NULL && !str_ends(rest, "/copyright");
	}
	return false;
}
